/**
 * The HTML part of a mail: the shared document in one narrow column that reads well on a phone, in light and dark, and
 * loads nothing. Styles stand on the elements, since many mail programs drop all others; the style sheet only darkens.
 */
import type { AlertStatus } from '../../src/model/notification.ts';
import type { DocumentAlert, DocumentSection } from '../wording/document.ts';
import { formatSpan } from '../wording/instant.ts';
import type { BoundedDocument } from './bounded-document.ts';
import { lines, Markup, markup } from './markup.ts';

/** White on these is readable (WCAG 2.2 AA). */
const COLOURS: Readonly<Record<AlertStatus | 'test', string>> = {
  firing: '#b3261e',
  resolved: '#1a6b3c',
  test: '#1d4f91',
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const BREAK = 'overflow-wrap:anywhere;word-break:break-word';

const DARK = new Markup(`<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #0d1117 !important; }
  .card { background: #161b22 !important; color: #e6edf3 !important; }
  .card { border-top-color: #3d444d !important; border-right-color: #3d444d !important; border-bottom-color: #3d444d !important; }
  .muted { color: #9da7b3 !important; }
  .label { background: #262c36 !important; color: #e6edf3 !important; }
  .link { color: #6cb0ff !important; border-color: #3d444d !important; }
}
</style>`);

export function mailHtml({ document, omitted }: BoundedDocument): string {
  const { subject, sections, why, isTest } = document;
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
${DARK}
</head>
<body class="page" style="margin:0;padding:0;background:#f3f5f7">
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f5f7">
<tr><td align="center" style="padding:12px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;${FONT};text-align:left">
${isTest ? [banner('This is a test, sent by hand: nothing is wrong.', 'test')] : []}
${sections.map(section)}
${omitted.count > 0 ? [omittedAlerts(omitted)] : []}
<tr><td class="muted" style="padding:16px 4px 4px;font-size:13px;line-height:1.5;color:#59636e;${BREAK}">
${why}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
  return page.html;
}

function banner(text: string, status: AlertStatus | 'test'): Markup {
  return markup`<tr><td style="padding:10px 16px;background:${COLOURS[status]};color:#ffffff;font-size:17px;line-height:1.4;font-weight:bold;border-radius:8px">${text}</td></tr>
<tr><td height="8" style="font-size:0;line-height:8px">&nbsp;</td></tr>
`;
}

function section({ heading, status, alerts }: DocumentSection): Markup {
  return markup`${banner(heading, status)}${alerts.map(card)}`;
}

function card(alert: DocumentAlert): Markup {
  const { title, summary, description, labels, annotations, links, status } = alert;
  return markup`<tr><td class="card" style="padding:14px 16px;background:#ffffff;color:#1f2328;border:1px solid #d1d9e0;border-left:5px solid ${COLOURS[status]};border-radius:8px;${BREAK}">
<div style="font-size:17px;line-height:1.35;font-weight:bold">${title}</div>
${summary === undefined ? [] : [paragraph(summary, '16px')]}
${description === undefined ? [] : [paragraph(description, '15px')]}
<div class="muted" style="margin-top:6px;font-size:13px;line-height:1.5;color:#59636e">${formatSpan(alert)}</div>
${annotations.map(({ name, value }) => paragraph(`${name}: ${value}`, '14px'))}
${labels.length === 0 ? [] : [markup`<div style="margin-top:8px;font-size:0">${labels.map(label)}</div>`]}
${links.length === 0 ? [] : [markup`<div style="margin-top:4px">${links.map(link)}</div>`]}
</td></tr>
<tr><td height="8" style="font-size:0;line-height:8px">&nbsp;</td></tr>
`;
}

function paragraph(text: string, fontSize: string): Markup {
  return markup`<div style="margin-top:6px;font-size:${fontSize};line-height:1.45">${lines(text)}</div>
`;
}

function label({ name, value }: DocumentAlert['labels'][number]): Markup {
  return markup`<span class="label" style="display:inline-block;margin:0 6px 6px 0;padding:2px 7px;background:#eaeef2;color:#1f2328;border-radius:5px;font-size:13px;line-height:1.5;${BREAK}"><span class="muted" style="color:#59636e">${name}</span>&nbsp;= ${value}</span> `;
}

/** As high as a finger is broad. */
function link({ text, url }: DocumentAlert['links'][number]): Markup {
  return markup`<a class="link" href="${url}" style="display:inline-block;margin:4px 8px 0 0;padding:8px 14px;border:1px solid #d1d9e0;border-radius:6px;font-size:14px;line-height:1.3;color:#0b57d0;text-decoration:none">${text}</a> `;
}

function omittedAlerts({ count, titles }: BoundedDocument['omitted']): Markup {
  return markup`<tr><td class="card" style="padding:14px 16px;background:#ffffff;color:#1f2328;border:1px solid #d1d9e0;border-radius:8px;font-size:14px;line-height:1.6;${BREAK}">
<b>and ${count} more</b><br>
${titles.map((title) => markup`${title}<br>`)}
</td></tr>
`;
}
