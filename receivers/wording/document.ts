/**
 * What a notification says, before any markup: every channel that speaks to people puts this same document into its own
 * clothes, so that a page on IRC, a mail and a phone tell the same story in the same words and order. Pure. All texts are
 * clean (clean-text.ts), but not escaped for any markup.
 */
import { type Labels, labelNames, labelValue } from '../../src/model/labels.ts';
import type { AlertStatus, Notification, NotificationReason, NotifiedAlert } from '../../src/model/notification.ts';
import { cleanLine, cleanLines } from './clean-text.ts';

export interface Document {
  /**
   * One line. Alertmanager's subject: `[FIRING:2] DiskFull db1 (urgent)`; a test message begins with `TEST: `.
   */
  readonly subject: string;
  readonly status: AlertStatus;
  readonly isTest: boolean;
  /** Firing first, then resolved; an empty section is left out. */
  readonly sections: readonly DocumentSection[];
  /** One line: why this goes out and to whom, such as `New alerts added. Told to ops-team.` */
  readonly why: string;
}

export interface DocumentSection {
  readonly status: AlertStatus;
  /** `2 firing`, `1 resolved`. */
  readonly heading: string;
  readonly alerts: readonly DocumentAlert[];
}

export interface DocumentAlert {
  readonly status: AlertStatus;
  /** One line: the alert's name and what tells it apart from the others of its group, such as `DiskFull db1`. */
  readonly title: string;
  /** The `summary` annotation, else `message`, else undefined. May hold line ends. */
  readonly summary: string | undefined;
  /** The `description` annotation if it says more than the summary. May hold line ends. */
  readonly description: string | undefined;
  /** When it began, and when it ended if it has; instant.ts writes them for people. */
  readonly startsAtMs: number;
  readonly endsAtMs: number | undefined;
  /** Every label but the name, sorted. One line each. */
  readonly labels: readonly Pair[];
  /** The annotations not already told as summary, description or link, sorted. A value may hold line ends. */
  readonly annotations: readonly Pair[];
  /** Only http and https. `Source` is the generatorURL; an annotation that is a URL goes by its name: `Runbook`, `Dashboard`. */
  readonly links: readonly Link[];
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

export interface Link {
  readonly text: string;
  readonly url: string;
}

const ALERT_NAME = 'alertname';
/** More would make the title longer than what it is the title of; all labels follow it anyway. */
const MAX_TITLE_VALUES = 3;
const MAX_TITLE_VALUE_CHARACTERS = 60;

const REASONS: Readonly<Record<NotificationReason, string>> = {
  'first notification': 'First notification. ',
  'new alerts added': 'New alerts added. ',
  'some alerts resolved': 'Some alerts resolved. ',
  'all alerts resolved': 'All alerts resolved. ',
  'repeat interval elapsed': 'Still firing after the repeat interval. ',
  unknown: '',
};

export function documentOf(notification: Notification): Document {
  const { status, isTest, alerts, receiver } = notification;
  const told = alerts.map((alert) => documentAlert(alert, notification.commonLabels));
  const sections = (['firing', 'resolved'] as const).map((section): DocumentSection => {
    const ofStatus = told.filter((alert) => alert.status === section);
    return { status: section, heading: `${ofStatus.length} ${section}`, alerts: ofStatus };
  });
  const reason = isTest ? 'This is a test, sent by hand: nothing is wrong. ' : REASONS[notification.reason];
  return {
    subject: subjectOf(notification),
    status,
    isTest,
    sections: sections.filter((section) => section.alerts.length > 0),
    why: `${reason}Told to ${cleanLine(receiver)}.`,
  };
}

/**
 * What `{{ template "__subject" . }}` gives, spaces included, but for the one at the end: status, values of the group's
 * labels, and in parentheses those of the other common labels, if there are more common labels than the group has.
 */
function subjectOf({ status, isTest, alerts, groupLabels, commonLabels }: Notification): string {
  const firing = alerts.filter((alert) => alert.status === 'firing').length;
  const state = status === 'firing' ? `FIRING:${firing}` : 'RESOLVED';
  const groupNames = subjectOrder(groupLabels);
  const commonNames = subjectOrder(commonLabels);
  const group = groupNames.map((name) => labelValue(groupLabels, name)).join(' ');
  const others = commonNames
    .filter((name) => !Object.hasOwn(groupLabels, name))
    .map((name) => labelValue(commonLabels, name))
    .join(' ');
  const rest = commonNames.length > groupNames.length ? `(${others})` : '';
  return cleanLine(`${isTest ? 'TEST: ' : ''}[${state}] ${group} ${rest}`);
}

/** The name of the alert first, then all others in order: how Alertmanager sorts the pairs of a template. */
function subjectOrder(labels: Labels): readonly string[] {
  const names = labelNames(labels);
  return names.includes(ALERT_NAME) ? [ALERT_NAME, ...names.filter((name) => name !== ALERT_NAME)] : names;
}

function documentAlert(alert: NotifiedAlert, commonLabels: Labels): DocumentAlert {
  const { status, startsAtMs, endsAtMs } = alert;
  const { summary, description, links, rest } = sortAnnotations(alert.annotations);
  const source = webAddress(alert.generatorURL);
  return {
    status,
    title: titleOf(alert.labels, commonLabels),
    summary,
    description,
    startsAtMs,
    endsAtMs,
    labels: labelNames(alert.labels)
      .filter((name) => name !== ALERT_NAME)
      .map((name) => ({ name: cleanLine(name), value: cleanLine(labelValue(alert.labels, name)) })),
    annotations: rest,
    links: source === undefined ? links : [{ text: 'Source', url: source }, ...links],
  };
}

/** Where it is comes first, since that is what people look for, also in an alert that came alone. */
function titleOf(labels: Labels, commonLabels: Labels): string {
  const isTelling = (name: string) => labelValue(commonLabels, name) !== labelValue(labels, name);
  const telling = labelNames(labels).filter(
    (name) => name !== ALERT_NAME && name !== 'instance' && labelValue(labels, name) !== '' && isTelling(name),
  );
  const values = ['instance', ...telling]
    .map((name) => cleanLine(labelValue(labels, name)))
    .filter((value) => value !== '')
    .slice(0, MAX_TITLE_VALUES)
    .map(shortened);
  const name = cleanLine(labelValue(labels, ALERT_NAME)) || 'Unnamed alert';
  return [name, ...values].join(' ');
}

function shortened(value: string): string {
  // Two units a character at most: enough to see whether there is one too many, without looking through all of it.
  const characters = [...value.slice(0, (MAX_TITLE_VALUE_CHARACTERS + 1) * 2)];
  if (characters.length <= MAX_TITLE_VALUE_CHARACTERS) return value;
  return `${characters.slice(0, MAX_TITLE_VALUE_CHARACTERS - 1).join('')}…`;
}

interface SortedAnnotations {
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly links: readonly Link[];
  readonly rest: readonly Pair[];
}

function sortAnnotations(annotations: Labels): SortedAnnotations {
  const cleaned = (name: string) => cleanLines(labelValue(annotations, name)) || undefined;
  const isSummarized = cleaned('summary') !== undefined;
  const summary = cleaned('summary') ?? cleaned('message');
  const description = cleaned('description');
  const links: Link[] = [];
  const rest: Pair[] = [];
  for (const name of labelNames(annotations)) {
    if (name === 'summary' || name === 'description' || (name === 'message' && !isSummarized)) continue;
    const value = labelValue(annotations, name);
    const url = webAddress(value);
    if (url !== undefined) links.push({ text: linkText(name), url });
    else if (value !== '') rest.push({ name: cleanLine(name), value: cleanLines(value) });
  }
  const saysMore = description !== undefined && !summary?.includes(description);
  return { summary, description: saysMore ? description : undefined, links, rest };
}

/**
 * The address as every program reads it, in ASCII, if the text is nothing but an http or https one. Any other scheme could
 * run something at a click.
 */
function webAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^https?:\/\/\S+$/i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  return new URL(trimmed).href;
}

/** `runbook_url` and `runbook` are `Runbook`. */
function linkText(name: string): string {
  const words = cleanLine(name.replace(/[_-]+/g, ' ')).replace(/ (?:url|uri|link)$/i, '') || 'Link';
  return words.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
