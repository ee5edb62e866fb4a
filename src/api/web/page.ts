/**
 * What every page of the UI is wrapped in. All addresses in it are relative by the depth of its path: a proxy may serve it
 * under any prefix. Nothing in it is script or style, since the security policy forbids both.
 */
import { html } from '../answers.ts';
import type { BuiltUi } from './built-ui.ts';
import { type Markup, markup } from './markup.ts';

export interface PageParts {
  readonly ui: BuiltUi | undefined;
  readonly title: string;
  readonly nodeName: string;
  readonly version: string;
  readonly nowMs: number;
  /** From the page to the root of the UI: `./`, `../` and so on. */
  readonly base: string;
  readonly content: Markup;
}

/** The script changes it with what fires. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231b2330'/%3E%3Cpath d='M16 5a7 7 0 0 0-7 7v6l-3 4h20l-3-4v-6a7 7 0 0 0-7-7z' fill='%23fff'/%3E%3Ccircle cx='16' cy='25.500' r='2.500' fill='%23fff'/%3E%3C/svg%3E";

export function pageOf({ ui, title, nodeName, version, nowMs, base, content }: PageParts): Response {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="tocsin-node" content="${nodeName}">
<meta name="tocsin-version" content="${version}">
<meta name="tocsin-now" content="${new Date(nowMs).toISOString()}">
<title>${title}</title>
<link rel="icon" href="${ICON}">
${ui && linksOf(ui, base)}</head>
<body>
<div id="app">
${content}
${ui ? undefined : NOT_BUILT}</div>
</body>
</html>
`;
  return html(200, page.html);
}

const NOT_BUILT = markup`<p>This node was started without its web UI. To have it: <code>npm run build</code>, then start the node again.</p>
`;

function linksOf({ script, theme, styles, preloads }: BuiltUi, base: string): Markup {
  return markup`<script src="${base}${theme}"></script>
${styles.map((path) => markup`<link rel="stylesheet" href="${base}${path}">\n`)}${preloads.map(
  (path) => markup`<link rel="modulepreload" href="${base}${path}">\n`,
)}<script type="module" src="${base}${script}"></script>
`;
}

/** From a path below the prefix, such as `/silences/new`, to the root: `../`. */
export function baseFrom(path: string): string {
  const depth = path.split('/').length - 2;
  return depth <= 0 ? './' : '../'.repeat(depth);
}
