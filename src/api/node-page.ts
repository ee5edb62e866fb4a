/** The page at the root of a node: who it is, who is with it, and where to look. Words of peers are text, never markup. */
import { html } from './answers.ts';
import { BUILD_INFO } from './build-info.ts';
import type { ReportedMember } from './cluster-report.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, answerWanted } from './request-body.ts';

const PATHS = ['api/v2/alerts', 'api/v2/alerts/groups', 'api/v2/silences', 'api/v2/status', 'metrics', '-/ready'];

export async function getPage(
  context: ApiContext,
  { node, readSlices }: Pick<ApiParts, 'node' | 'readSlices'>,
  { nodeName, routePrefix }: { readonly nodeName: string; readonly routePrefix: string },
): Promise<Response> {
  const report = await node.clusterReport(readSlices.pacer(answerWanted(context)));
  const name = escapeHtml(nodeName);
  const paths = report ? [...PATHS, 'api/v3/cluster'] : PATHS;
  const links = paths.map((path) => `<li><a href="${escapeHtml(`${routePrefix}/${path}`)}">${path}</a></li>`);
  return html(
    200,
    `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tocsin ${name}</title>
<style>:root { color-scheme: light dark } body { font-family: system-ui, sans-serif } th, td { padding: 0.1em 1em 0.1em 0; text-align: left }</style>
<h1>Tocsin</h1>
<p>This is node <b>${name}</b>, version ${escapeHtml(BUILD_INFO.version)}.</p>
${report ? membersTable(report.members) : ''}<ul>
${links.join('\n')}
</ul>
</html>
`,
  );
}

function membersTable(members: readonly ReportedMember[]): string {
  const inOrder = members.toSorted((a, b) => (shownName(a) < shownName(b) ? -1 : 1));
  const rows = inOrder.map((member) => {
    const cells = [shownName(member), member.address ?? '', stateOf(member)];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<table>
<tr><th>Member</th><th>Address</th><th>State</th></tr>
${rows.join('\n')}
</table>
`;
}

function shownName({ id, name }: ReportedMember): string {
  return name ?? id;
}

function stateOf({ self, alive, left, settled }: ReportedMember): string {
  if (self) return settled ? 'alive, this node' : 'settling, this node';
  if (alive) return settled ? 'alive' : 'settling';
  return left ? 'left' : 'dead';
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
