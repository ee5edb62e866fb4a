/** The paths of the web UI. Each is a page that says the essential by itself; the script, if there is one, takes it over. */
import { BUILD_INFO } from '../build-info.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { Methods } from '../resource.ts';
import { type BuiltUi, readBuiltUi, UI_DIRECTORY } from './built-ui.ts';
import { getAsset } from './get-asset.ts';
import { markup } from './markup.ts';
import { nodeSummary } from './node-summary.ts';
import { baseFrom, pageOf } from './page.ts';

export interface WebUiOptions {
  readonly nodeName: string;
  /** Where the built UI lies, unless where it belongs. */
  readonly directory?: string | undefined;
}

const PAGES = [
  '/',
  '/wall',
  '/silences',
  '/silences/new',
  '/silences/:id',
  '/alerts/:fingerprint',
  '/groups/:id',
  '/history',
  '/receivers',
  '/cluster',
  '/routing',
  '/status',
];

/** `add` registers below the route prefix. */
export function addWebUi(
  add: (path: string, methods: Methods) => void,
  parts: ApiParts,
  { nodeName, directory = UI_DIRECTORY }: WebUiOptions,
): void {
  const ui = readBuiltUi(directory);
  add('/assets/:name', { GET: (context) => getAsset(context, ui) });
  for (const path of PAGES) {
    add(path, { GET: (context) => getPage(context, parts, { ui, nodeName, base: baseFrom(path) }) });
  }
}

interface PageOptions {
  readonly ui: BuiltUi | undefined;
  readonly nodeName: string;
  readonly base: string;
}

async function getPage(context: ApiContext, parts: ApiParts, { ui, nodeName, base }: PageOptions): Promise<Response> {
  const { node, readSlices, system } = parts;
  const report = await node.clusterReport(readSlices.pacer(answerWanted(context)));
  return pageOf({
    ...{ ui, nodeName, base },
    title: `Tocsin ${nodeName}`,
    version: BUILD_INFO.version,
    nowMs: system.now().wallMs,
    content: markup`<h1>Tocsin</h1>
${nodeSummary(report?.members, { nodeName, base })}`,
  });
}
