/**
 * An event in plain words: one line that says what happened, a word and a tone for its kind, and the details for who wants
 * them. Everything is text; nothing of it is trusted to be anything else.
 */
import type { EventKind, HappenedEvent } from '../../../../src/shapes/events.ts';
import { capitalised, countOf, enumerated } from '../../words/counted.ts';

type Labels = Readonly<Record<string, string>>;
/** How much it matters to who reads at night; shown as a shape too, never by colour alone. */
export type Tone = 'bad' | 'warning' | 'good' | 'plain' | 'quiet';

export interface EventWords {
  readonly tone: Tone;
  /** One or two words: what kind of thing happened. */
  readonly word: string;
  readonly line: string;
  /** Where more about it is found, as a path of the UI. */
  readonly path: string | undefined;
  readonly details: readonly (readonly [name: string, text: string])[];
}

export const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  alert: 'Alerts',
  group: 'Groups',
  mute: 'Muted',
  turn: 'Turns',
  notification: 'Notifications',
  silence: 'Silences',
  configuration: 'Configuration',
  member: 'Members',
  node: 'Nodes',
  gap: 'Gaps',
  count: 'Counts',
};

/** `DiskFull {instance=db1}`: what an alert is called first, as people do. */
export function shortLabels(labels: Labels): string {
  const { alertname, ...rest } = labels;
  const others = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  const inBraces = others.length > 0 ? `{${others.join(', ')}}` : '';
  return [alertname, inBraces].filter(Boolean).join(' ') || 'no labels';
}

const groupWords = (labels: Labels) =>
  Object.keys(labels).length === 0 ? 'the group of everything' : `the group ${shortLabels(labels)}`;
const groupPath = (id: string) => `/groups/${encodeURIComponent(id)}`;
/** A node whose name is not known yet goes by its id, which fills a line. */
const shortName = (name: string) => (/^[1-9A-HJ-NP-Za-km-z]{40,}$/.test(name) ? `…${name.slice(-8)}` : name);
const quoted = (text: string) => (text === '' ? '' : `: ${text}`);

/** Of the event's own time, `instantWords` says it in the reader's zone. */
export function eventWords(event: HappenedEvent, instantWords: (instant: string) => string): EventWords {
  switch (event.kind) {
    case 'alert':
      return {
        tone: event.change === 'ended' ? 'good' : 'warning',
        word: { new: 'Fires', ended: 'Ended', 'firing again': 'Fires again' }[event.change],
        line: shortLabels(event.labels),
        path: `/alerts/${encodeURIComponent(event.fingerprint)}`,
        details: [...Object.entries(event.labels), ['Said by', event.from]],
      };
    case 'group':
      return {
        tone: 'quiet',
        word: event.change === 'begun' ? 'Group begun' : 'Group ended',
        line: `${capitalised(groupWords(event.groupLabels))}, for ${event.receiver}`,
        path: groupPath(event.groupId),
        details: [
          ...Object.entries(event.groupLabels),
          ['Receiver', event.receiver],
          ...(event.firstFlushAt ? [['First told about', instantWords(event.firstFlushAt)] as const] : []),
        ],
      };
    case 'mute':
      return {
        tone: 'plain',
        word: 'Muted',
        line: `${countOf(event.alerts, 'alert')} of ${groupWords(event.groupLabels)} not told to ${event.receiver}: ${MUTE_WORDS[event.reason]}`,
        path: groupPath(event.groupId),
        details: [
          ['Receiver', event.receiver],
          ['Because of', enumerated(event.by) || 'not said'],
          alertsDetail(event),
        ],
      };
    case 'turn':
      return {
        tone: 'quiet',
        word: 'Turn',
        line: `${event.node} ${event.decision} (${event.integration} to ${event.receiver})${quoted(event.reason)}`,
        path: groupPath(event.groupId),
        details: [
          ['Group', shortLabels(event.groupLabels)],
          ['Receiver', event.receiver],
          ['Integration', event.integration],
          ['Reason', event.reason],
        ],
      };
    case 'notification':
      return notificationWords(event);
    case 'silence':
      return {
        tone: 'plain',
        word: `Silence ${event.change}`,
        line: [`${enumerated(event.matchers)} by ${event.by || 'nobody named'}`, event.comment]
          .filter(Boolean)
          .join(': '),
        path: `/silences/${encodeURIComponent(event.silenceId)}`,
        details: [
          ['Matchers', event.matchers.join(', ')],
          ['By', event.by],
          ['Comment', event.comment],
          ['Starts', instantWords(event.startsAt)],
          ['Ends', instantWords(event.endsAt)],
        ],
      };
    case 'configuration':
      return {
        tone: event.change === 'loaded' ? 'plain' : 'bad',
        word: event.change === 'loaded' ? 'Config loaded' : 'Config refused',
        line:
          event.change === 'loaded'
            ? `${event.node} runs configuration ${event.hash.slice(0, 12)}${quoted(event.message)}`
            : `${event.node} keeps the one it has${quoted(event.message)}`,
        path: '/status',
        details: [
          ['Hash', event.hash],
          ['Message', event.message],
        ],
      };
    case 'member':
      return {
        tone: event.change === 'lost' ? 'warning' : event.change === 'joined' ? 'good' : 'plain',
        word: `Peer ${event.change}`,
        line: `${shortName(event.member)}, as ${event.node} sees it${quoted(event.reason)}`,
        path: '/cluster',
        details: [
          ['Member', event.member],
          ['Reason', event.reason],
        ],
      };
    case 'node':
      return {
        tone: event.change === 'started' ? 'plain' : event.change === 'stopping' ? 'plain' : 'warning',
        word: { started: 'Started', stopping: 'Stopping', 'stood still': 'Stood still', 'clock set': 'Clock set' }[
          event.change
        ],
        line: `${event.node}${quoted(event.message)}`,
        path: '/cluster',
        details: [['Message', event.message]],
      };
    case 'gap':
      return {
        tone: 'warning',
        word: 'Not kept',
        line: `${countOf(event.events, 'event')} on ${event.node}${quoted(event.message)}`,
        path: undefined,
        details: [['Message', event.message]],
      };
    case 'count': {
      const { urgent, important, interesting, other } = event.firing;
      return {
        tone: 'quiet',
        word: 'Count',
        line: `${urgent + important + interesting + other} fired on ${event.node}, ${event.suppressed} of them held back`,
        path: undefined,
        details: Object.entries(event.firing).map(([name, count]) => [name, String(count)] as const),
      };
    }
  }
}

const MUTE_WORDS = {
  inhibition: 'another alert inhibits them',
  silence: 'silenced',
  mute_time_interval: 'a mute time interval is on',
  active_time_interval: 'outside the active time intervals',
} as const;

function notificationWords(event: Extract<HappenedEvent, { kind: 'notification' }>): EventWords {
  const what = [
    event.firing > 0 ? `${event.firing} firing` : '',
    event.resolved > 0 ? `${event.resolved} resolved` : '',
  ].filter(Boolean);
  const whereTo = `${event.integration} to ${event.receiver}: ${what.join(', ') || 'nothing'}`;
  const goesOn = event.willRetry ? 'it is tried again' : 'it is not tried again';
  const about = groupWords(event.groupLabels);
  const tellings = {
    sent: { tone: 'good', word: 'Sent', line: `${whereTo} of ${about} (${event.reason})` },
    refused: { tone: 'bad', word: 'Failed', line: `${whereTo} of ${about}; ${goesOn}${quoted(event.message)}` },
    unknown: {
      tone: 'warning',
      word: 'Unknown',
      line: `${whereTo} of ${about}; no answer, ${goesOn}${quoted(event.message)}`,
    },
  } as const;
  return {
    ...tellings[event.outcome],
    path: groupPath(event.groupId),
    details: [
      ['Receiver', event.receiver],
      ['Integration', `${event.integration}, channel ${event.index + 1} of the receiver`],
      ['Why', event.reason],
      ...(event.message ? [['Error', event.message] as const] : []),
      ['Attempt', `${event.attempt}, took ${event.durationMs} ms`],
      alertsDetail(event),
    ],
  };
}

function alertsDetail({ fingerprints }: { fingerprints: readonly string[] }): readonly [string, string] {
  return ['Alerts', fingerprints.length === 0 ? 'none named' : fingerprints.join(', ')];
}
