/**
 * What fires, written by the node itself: for curl, a terminal's browser, one whose script does not run, and for the moment
 * before it does. It takes the query of the page's address. Class names are those of web/src/pages/now, whose look it has.
 */
import { labelNames, labelValue } from '../../model/labels.ts';
import type { Now } from '../../model/now.ts';
import { SEVERITIES, type Severity, severityWord } from '../../model/severity.ts';
import type { GroupNotification, GroupSummary, ListedAlert } from '../../shapes/groups.ts';
import { pacedSort } from '../paced-sort.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiContext } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { type Found, findFiring } from '../v3/firing.ts';
import { listMembers, summaryOf } from '../v3/group-summary.ts';
import { gravestFirst, readFiringQuery } from '../v3/groups.ts';
import { type Markup, markup } from './markup.ts';
import { ageText, instantText } from './words.ts';

const MOST_GROUPS = 200;
/** Of each group, and of all. */
const MOST_ALERTS = { ofGroup: 10, ofPage: 500 };
const LONGEST_VALUE = 200;
const NARROWING = ['filter', 'severity', 'state', 'receiver'] as const;

export interface FiringSummary {
  readonly title: string;
  readonly content: Markup;
}

interface Showing {
  readonly queryOptions: MatcherQueryOptions;
  readonly now: Now;
  readonly pacer: Pacer;
}

export async function firingSummary(
  context: ApiContext,
  parts: ApiParts,
  { queryOptions, now, pacer }: Showing,
): Promise<FiringSummary> {
  const query = readFiringQuery(context, queryOptions);
  if (query instanceof Response) {
    const { detail } = (await query.json()) as { readonly detail: string };
    const content = markup`<p class="notice notice-error">This view cannot be shown: ${detail}. <a href="./?">Show everything</a></p>`;
    return { title: 'What fires', content };
  }
  const { firing } = parts;
  const found = await findFiring(parts, query, { now, pacer });
  const first = (await pacedSort(found.groups, gravestFirst, pacer)).slice(0, MOST_GROUPS);
  const shown: Markup[] = [];
  let alertsLeft = MOST_ALERTS.ofPage;
  for (const group of first) {
    if (pacer.isDue()) await pacer.pause();
    const count = Math.min(MOST_ALERTS.ofGroup, alertsLeft);
    const alerts = await listMembers(group, { offset: 0, count }, { now, pacer });
    alertsLeft -= alerts.length;
    const summary = await summaryOf(group, { firing, now, pacer });
    shown.push(groupMarkup(summary, { alerts, nowMs: now.wallMs }));
  }
  const left = found.groups.length - first.length;
  return {
    title: `${found.alerts} firing`,
    content: markup`<h2 class="off-screen">What fires now</h2>
${severityCounts(found)}
<p class="now-total">${counted(found.alerts, 'alert')} in ${counted(found.groups.length, 'group')}${narrowedBy(context)}</p>
<form class="summary-filter" action="./" method="get"><label>Filter <input name="filter" placeholder="job=&quot;db&quot;" autocomplete="off"></label> <button class="button">Show</button></form>
${found.groups.length === 0 ? nothing(firing.quietSinceMs(now), now.wallMs) : shown}
${left > 0 ? markup`<p>and ${left} more; narrow them down, as with <code>?filter=severity="urgent"</code></p>` : undefined}`,
  };
}

function severityCounts({ severities }: Found): Markup {
  const each = (severity: Severity) => markup`<a class="severity-count severity-count-${severity}${
    severities[severity] === 0 ? ' severity-count-none' : ''
  }" href="./?severity=${severity}"><span class="severity-count-number">${severities[severity]}</span> <span class="severity-count-word">${severity}</span></a>
`;
  return markup`<nav class="severity-counts" aria-label="Alerts by severity">
${SEVERITIES.map(each)}</nav>`;
}

function narrowedBy(context: ApiContext): Markup | undefined {
  const words = NARROWING.flatMap((name) =>
    (context.req.queries(name) ?? [])
      .filter((text) => text !== '')
      .map((text) => (name === 'filter' ? text : `${name} ${text}`)),
  );
  if (words.length === 0) return undefined;
  return markup`, of those with ${words.map((word, index) => markup`${index > 0 ? ' and ' : ''}<code>${word}</code>`)}. <a href="./?">Show everything</a>`;
}

function nothing(quietSinceMs: number | undefined, nowMs: number): Markup {
  if (quietSinceMs === undefined)
    return markup`<p class="quiet-words">Nothing fits this view, but something fires.</p>`;
  return markup`<div class="quiet"><p class="quiet-words">All is quiet</p>
<p>Nothing has fired for ${ageText(nowMs - quietSinceMs)}, since ${instantText(quietSinceMs)}.</p></div>`;
}

function groupMarkup(
  group: GroupSummary,
  { alerts: listed, nowMs }: { readonly alerts: readonly ListedAlert[]; readonly nowMs: number },
): Markup {
  const { labels, commonLabels, commonAnnotations, alerts, severity, receiver } = group;
  const name = labelValue(labels, 'alertname') || labelValue(commonLabels, 'alertname');
  const rest = labelNames(labels).filter((label) => label !== 'alertname');
  const firing = alerts.active + alerts.silenced + alerts.inhibited + alerts.muted;
  const summary = commonAnnotations.summary ?? commonAnnotations.description;
  const sinceMs = Date.parse(group.since);
  return markup`<article class="group-row group-row-${severity}">
<div class="group-row-head">
<div class="group-row-what"><h2 class="group-row-title">${name || 'Alerts'}</h2>
<strong class="severity severity-${severity}">${severityWord(severity, { ...commonLabels, ...labels })}</strong>
<span class="group-row-count">${counted(firing, 'alert')}</span>
${rest.map((label) => markup`<span class="label-chip"><span class="label-value">${label}=${labelValue(labels, label)}</span></span>\n`)}</div>
<div class="group-row-since">for ${ageText(nowMs - sinceMs)}</div>
</div>
<div class="group-row-body">
<div class="group-row-words">${summary === undefined ? undefined : markup`<p class="group-row-summary">${summary}</p>`}
<p class="group-row-quiet">since ${instantText(sinceMs)}${quietedBy(group)}</p>
${alertsMarkup(group, { listed, firing, nowMs })}</div>
<div class="group-row-told"><b class="group-row-receiver">${receiver}</b><span class="off-screen">:</span>
<ul class="told-list">${group.notifications.map((each, index) => told(each, { before: group.notifications.slice(0, index), nowMs }))}</ul></div>
</div>
</article>
`;
}

/** What each alert has of its own: which machine it is, above all. Of an only one all is said. */
function alertsMarkup(
  { labels, commonLabels, commonAnnotations }: GroupSummary,
  {
    listed,
    firing,
    nowMs,
  }: { readonly listed: readonly ListedAlert[]; readonly firing: number; readonly nowMs: number },
): Markup | undefined {
  const isOnly = firing === 1;
  const known = isOnly ? labels : { ...commonLabels, ...labels };
  const each = listed.flatMap((alert) => {
    const own = labelNames(alert.labels)
      .filter((name) => known[name] !== alert.labels[name] && !SAID_ABOVE.has(name))
      .map((name) => `${name}=${shortened(labelValue(alert.labels, name))}`);
    const { summary = '' } = alert.annotations;
    const said = summary === '' || summary === commonAnnotations.summary ? '' : `: ${shortened(summary)}`;
    const state = alert.state === 'active' || isOnly ? '' : ` (${alert.state})`;
    const age = isOnly ? '' : `, for ${ageText(nowMs - Date.parse(alert.startsAt))}`;
    const words = `${own.join(' ')}${state}${said}${age}`;
    return words === '' ? [] : markup`<li>${words}</li>\n`;
  });
  if (each.length === 0) return undefined;
  const left = firing - listed.length;
  return markup`<ul class="summary-alerts">
${each}${left > 0 ? markup`<li>and ${left} more</li>` : undefined}</ul>`;
}

/** By the group's name and its badge. */
const SAID_ABOVE: ReadonlySet<string> = new Set(['alertname', 'severity']);

function shortened(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function quietedBy({ alerts, silencedBy, mutedBy }: GroupSummary): Markup[] {
  const silences = silencedBy.map((id) => markup` <a href="./silences/${encodeURIComponent(id)}">${id}</a>`);
  return [
    ...(alerts.silenced > 0 ? [markup`; ${alerts.silenced} silenced by${silences}`] : []),
    ...(alerts.inhibited > 0 ? [markup`; ${alerts.inhibited} inhibited by other alerts`] : []),
    ...(mutedBy.length > 0 ? [markup`; muted now by ${mutedBy.join(', ')}`] : []),
  ];
}

const WORDS: Readonly<Record<GroupNotification['state'], string>> = {
  sent: 'told',
  telling: 'being told',
  'not yet': 'not told yet',
  refused: 'refused',
  unknown: 'no answer, asked again',
};

interface ToldAmong {
  /** The receiver's places before it: a second one of its kind is numbered. */
  readonly before: readonly GroupNotification[];
  readonly nowMs: number;
}

function told({ integration, state, at, node, message }: GroupNotification, { before, nowMs }: ToldAmong): Markup {
  const number = before.filter((each) => each.integration === integration).length + 1;
  const when = at === null ? '' : ` ${ageText(nowMs - Date.parse(at))} ago, at ${instantText(Date.parse(at))}`;
  const words = `${WORDS[state]}${when}${node === null ? '' : ` by ${node}`}${message === '' ? '' : `: ${message}`}`;
  return markup`<li>${integration}${number > 1 ? ` ${number}` : ''} ${words}</li>\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
