/**
 * The paths of the web UI. Each is a page whose node answers by itself what it can be asked without a script, and that is
 * taken over by the script where there is one.
 */
import { BUILD_INFO } from '../build-info.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { Methods } from '../resource.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { type BuiltUi, readBuiltUi, UI_DIRECTORY } from './built-ui.ts';
import { firingSummary } from './firing-summary.ts';
import { getAsset } from './get-asset.ts';
import { markup } from './markup.ts';
import { nodeSummary } from './node-summary.ts';
import { baseFrom, pageOf } from './page.ts';

export interface WebUiOptions extends MatcherQueryOptions {
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
  { nodeName, directory = UI_DIRECTORY, ...queryOptions }: WebUiOptions,
): void {
  const ui = readBuiltUi(directory);
  add('/assets/:name', { GET: (context) => getAsset(context, ui) });
  for (const path of PAGES) {
    const options = { ui, nodeName, base: baseFrom(path), queryOptions };
    add(path, { GET: (context) => getPage(context, parts, { ...options, isNow: path === '/' }) });
  }
}

interface PageOptions {
  readonly ui: BuiltUi | undefined;
  readonly nodeName: string;
  readonly base: string;
  readonly queryOptions: MatcherQueryOptions;
  /** Of what fires; the others leave all to their script. */
  readonly isNow: boolean;
}

async function getPage(
  context: ApiContext,
  parts: ApiParts,
  { ui, nodeName, base, queryOptions, isNow }: PageOptions,
): Promise<Response> {
  const { node, readSlices, system } = parts;
  const pacer = readSlices.pacer(answerWanted(context));
  const now = system.now();
  const firing = isNow ? await firingSummary(context, parts, { queryOptions, now, pacer }) : undefined;
  const report = await node.clusterReport(pacer);
  return pageOf({
    ...{ ui, nodeName, base },
    title: firing === undefined ? `Tocsin ${nodeName}` : `${firing.title} · Tocsin ${nodeName}`,
    version: BUILD_INFO.version,
    nowMs: now.wallMs,
    content: markup`<header class="frame-header">
<h1><a class="frame-name" href="${base}">Tocsin <span class="frame-node">${nodeName}</span></a></h1>
</header>
<main class="frame-page now-page">
${firing?.content ?? markup`<p>This page needs a script. Without one there is <a href="${base}">what fires now</a>.</p>`}
${nodeSummary(report?.members, { nodeName, base, nowMs: now.wallMs })}
</main>`,
  });
}
