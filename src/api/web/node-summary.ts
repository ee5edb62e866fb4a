/** The end of a page that the node wrote: which node this is, who is with it, and where to look further. */
import { BUILD_INFO } from '../build-info.ts';
import type { ReportedMember } from '../cluster-report.ts';
import { type Markup, markup } from './markup.ts';
import { instantText } from './words.ts';

const PATHS = [
  'api/v2/alerts',
  'api/v2/alerts/groups',
  'api/v2/silences',
  'api/v2/status',
  'api/v3/cluster',
  'metrics',
  '-/ready',
];

/** `base` leads from the page to the root of the UI. */
export function nodeSummary(
  members: readonly ReportedMember[] | undefined,
  { nodeName, base, nowMs }: { readonly nodeName: string; readonly base: string; readonly nowMs: number },
): Markup {
  return markup`<footer class="summary-node">
<p>This is node <b>${nodeName}</b>, version ${BUILD_INFO.version}.${members && aliveOf(members)} It was written at ${instantText(nowMs)}.</p>
${members && membersTable(members)}<ul class="summary-links">
${PATHS.map((path) => markup`<li><a href="${base}${path}">${path}</a></li>\n`)}</ul>
</footer>`;
}

function aliveOf(members: readonly ReportedMember[]): string {
  const expected = members.filter(({ left }) => !left);
  return ` ${expected.filter(({ alive }) => alive).length} of ${expected.length} members are alive.`;
}

function membersTable(members: readonly ReportedMember[]): Markup {
  const inOrder = members.toSorted((a, b) => (shownName(a) < shownName(b) ? -1 : 1));
  const rows = inOrder.map((member) => {
    const cells = [shownName(member), member.address ?? '', stateOf(member)];
    return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`;
  });
  return markup`<table>
<tr><th>Member</th><th>Address</th><th>State</th></tr>
${rows}</table>
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
