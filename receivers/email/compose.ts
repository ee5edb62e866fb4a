/**
 * From a notification to a mail, before anything is sent. What a template of the configuration gets wrong costs its own part
 * only: that part is then ours, since a page must not fail on a typing error in its looks.
 */
import type { Notification } from '../../src/model/notification.ts';
import { describeError } from '../http-outcome.ts';
import type { ReceiverDependencies } from '../kind.ts';
import { cleanLine } from '../wording/clean-text.ts';
import { type Document, documentOf } from '../wording/document.ts';
import { plainText } from '../wording/plain-text.ts';
import { domainOf, parseAddresses } from './addresses.ts';
import { type BoundedDocument, boundDocument } from './bounded-document.ts';
import type { EmailSettings } from './config.ts';
import { OWN_FIELDS } from './header-name.ts';
import { mailHtml } from './mail-html.ts';
import type { Mail } from './smtp-relay.ts';
import { threadIdentifiers } from './thread.ts';

export type ComposeDependencies = Pick<
  ReceiverDependencies,
  'system' | 'version' | 'renderTemplate' | 'renderHtml' | 'definesTemplate' | 'log'
>;

export type Composed =
  | { readonly ok: true; readonly messageId: string; readonly mail: Mail }
  | { readonly ok: false; readonly problem: string };

/** What the templates of Alertmanager's defaults are called; whoever defines one anew means our mails as well. */
const DEFAULT_HTML = 'email.default.html';
const DEFAULT_SUBJECTS = ['email.default.subject', '__subject'];

/** Severities that people get up for: ours, and what most rules call it. */
const URGENT = ['urgent', 'critical', 'page'];

/** Gmail cuts a mail after some hundred kilobytes, and relays refuse ten megabytes. */
const MOST_ALERTS = 100;
const LARGEST_PART_CHARACTERS = 1_000_000;
const LONGEST_HEADER_CHARACTERS = 1000;
const ADDRESS_FIELDS = ['From', 'Sender', 'To', 'Cc', 'Reply-To'];
/** RFC 5322, 2.1.1: what fits a terminal. */
const TEXT_WIDTH = 76;

export function compose(
  dependencies: ComposeDependencies,
  settings: EmailSettings,
  notification: Notification,
): Composed {
  const { renderTemplate } = dependencies;
  let rendered: { readonly to: string; readonly from: string };
  try {
    const render = (template: string) => renderTemplate(template, notification).trim();
    rendered = { to: render(settings.to), from: render(settings.from ?? '') };
  } catch (error) {
    return { ok: false, problem: `cannot render the addresses: ${describeError(error)}` };
  }
  const to = parseAddresses(rendered.to);
  if (!to.ok) return { ok: false, problem: `to: ${to.problem}` };
  const from = parseAddresses(rendered.from);
  if (!from.ok) return { ok: false, problem: `from: ${from.problem}` };
  const [sender = '', ...others] = from.addresses;
  if (others.length > 0) {
    return { ok: false, problem: `from: must be exactly one from address (got: ${from.addresses.length})` };
  }
  const told: Told = { notification, document: once(() => documentOf(notification)) };
  const thread = threadIdentifiers(notification, { settings, domain: domainOf(sender), to: to.addresses });
  const configured = new Map(configuredHeaders(dependencies, settings, notification));
  const headers = new Map<string, string>([
    ['From', rendered.from],
    ['To', rendered.to],
    ['Message-Id', thread.messageId],
    ...(thread.root === undefined
      ? []
      : ([
          ['In-Reply-To', thread.root],
          ['References', thread.root],
        ] as const)),
    ['Date', new Date(dependencies.system.now().wallMs).toUTCString().replace('GMT', '+0000')],
    ...ownHeaders(notification),
    ['Subject', configured.get('Subject') ?? told.document().subject],
    ...configured,
  ]);
  return {
    ok: true,
    messageId: thread.messageId,
    mail: {
      envelope: { from: sender, to: to.addresses },
      headers: [...headers].map(([key, value]) => ({ key, value: headerValue(key, value) })),
      xMailer: `Tocsin/${dependencies.version}`,
      ...parts(dependencies, settings, told),
      textEncoding: 'quoted-printable',
    },
  };
}

/** For programs that answer, sort or wake. */
function ownHeaders({ receiver, status, alerts, isTest }: Notification): (readonly [name: string, value: string])[] {
  const isUrgent = alerts.some(
    ({ status: state, labels }) => state === 'firing' && URGENT.includes((labels.severity ?? '').toLowerCase()),
  );
  return [
    // RFC 3834: nobody's holiday answers to this, and lists do not take it for a command.
    ['Auto-Submitted', 'auto-generated'],
    // The same for Exchange. Bounces are wanted, so it is not All.
    ['X-Auto-Response-Suppress', 'OOF, AutoReply, DR, RN, NRN'],
    ['X-Tocsin-Receiver', cleanLine(receiver)],
    ['X-Tocsin-Status', status],
    ...(isTest ? ([['X-Tocsin-Test', 'true']] as const) : []),
    ...(isUrgent && !isTest
      ? ([
          ['X-Priority', '1 (Highest)'],
          ['Importance', 'high'],
        ] as const)
      : []),
  ];
}

interface Told {
  readonly notification: Notification;
  /** Made when asked for: of a large group it costs more than all else, and templates say it in their own words. */
  readonly document: () => Document;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function configuredHeaders(
  dependencies: ComposeDependencies,
  settings: EmailSettings,
  notification: Notification,
): (readonly [name: string, value: string])[] {
  const defined = DEFAULT_SUBJECTS.find(dependencies.definesTemplate);
  const templates = new Map(settings.headers);
  if (!templates.has('Subject') && defined !== undefined) templates.set('Subject', `{{ template "${defined}" . }}`);
  return [...templates]
    .filter(([name]) => !OWN_FIELDS.includes(name))
    .flatMap(([name, template]) => {
      const value = renderedOr(dependencies, `header ${name}`, () =>
        dependencies.renderTemplate(template, notification),
      );
      if (value === undefined) return [];
      const isUnmarked = name === 'Subject' && notification.isTest && !/^TEST\b/.test(value);
      return [[name, isUnmarked ? `TEST: ${value}` : value] as const];
    });
}

/** Every kind of line end and control character is a space: a value is one line, and cannot begin another field. */
function headerValue(name: string, value: string): string {
  const line = cleanLine(value);
  // Half a list of addresses would be a wrong one.
  if (ADDRESS_FIELDS.includes(name)) return line;
  return line.length > LONGEST_HEADER_CHARACTERS ? `${line.slice(0, LONGEST_HEADER_CHARACTERS - 1)}…` : line;
}

function parts(
  dependencies: ComposeDependencies,
  settings: EmailSettings,
  { notification, document }: Told,
): { html?: string; text?: string } {
  const { renderTemplate, renderHtml, definesTemplate } = dependencies;
  const ours = {
    html: () => bounded(document(), (told) => mailHtml(told)),
    text: () => bounded(document(), (told) => mailText(told)),
  };
  const configured = isDefaultHtml(settings.html) ? undefined : settings.html;
  const template = configured ?? (definesTemplate(DEFAULT_HTML) ? `{{ template "${DEFAULT_HTML}" . }}` : undefined);
  const html =
    template === undefined
      ? ours.html()
      : (renderedOr(dependencies, 'html', () => renderHtml(template, notification)) ?? ours.html());
  const { text: textTemplate } = settings;
  const text =
    textTemplate === undefined
      ? ours.text()
      : (renderedOr(dependencies, 'text', () => renderTemplate(textTemplate, notification)) ?? ours.text());
  return { ...(html !== '' && { html }), ...(text !== '' && { text }) };
}

/** Alertmanager's default, as configurations copy it. */
function isDefaultHtml(html: string | undefined): boolean {
  return html === undefined || /^\s*\{\{-?\s*template\s+"email\.default\.html"\s+\.\s*-?\}\}\s*$/.test(html);
}

function renderedOr(dependencies: ComposeDependencies, part: string, render: () => string): string | undefined {
  try {
    return render();
  } catch (error) {
    dependencies.log.warn({ part, error: describeError(error) }, 'A mail goes out without a template that failed');
    return undefined;
  }
}

function bounded(document: Document, write: (told: BoundedDocument) => string): string {
  for (let most = MOST_ALERTS; ; most >>= 1) {
    const written = write(boundDocument(document, most));
    if (written.length <= LARGEST_PART_CHARACTERS || most === 0) return written;
  }
}

function mailText({ document, omitted }: BoundedDocument): string {
  const parts = [plainText(document, { width: TEXT_WIDTH })];
  if (omitted.count > 0)
    parts.push(`and ${omitted.count} more:\n${omitted.titles.map((title) => `  ${title}\n`).join('')}`);
  return parts.join('\n');
}
