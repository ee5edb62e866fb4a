/**
 * Finds the label by which the alerts of a Prometheus pair differ though they mean the same, so that every page goes out
 * twice. Pure, and rather silent than wrong: what is an ordinary label to somebody must never be called a replica's.
 */
import { type Alert, compareForNotification } from '../model/alert.ts';
import { compareText, type Labels, labelValue } from '../model/labels.ts';

/** Work that may be long stands aside. */
export interface Pace {
  isDue(): boolean;
  pause(): Promise<void>;
}

export interface SuspectedReplicaLabel {
  readonly label: string;
  /** Those seen, two to {@link MOST_REPLICAS}. */
  readonly values: readonly string[];
  /** Alerts that fire under more than one of the values and are otherwise the same. */
  readonly twins: number;
  /** The first of them, without the label. */
  readonly example: Labels;
}

type Posted = Pick<Alert, 'labels' | 'generatorURL' | 'startsAtMs'>;

/** A set of replicas is small; a label with more values than that tells targets apart. */
const MOST_REPLICAS = 4;
const MOST_CANDIDATES = 8;

/** Nobody calls anything else so: who sent it does not matter. */
const REPLICA_OF_A_CHECKER = /^(__replica__|(prometheus|prom|thanos|vmalert|rule|ruler|ha)_replica)$/;
/** May also be that of a database, whose alerts one and the same checker sends. */
const REPLICA = /(^|_)replica(_id)?$/;

/** What tells targets, places or kinds apart. Two places may well have targets of the same names. */
const ORDINARY = new Set(
  'alertname severity instance job cluster region zone az datacenter dc site env environment stage tenant namespace service team'.split(
    ' ',
  ),
);

/** What a label of any other name must show: that the same targets are watched under each of its values. */
const LEAST_TWINS = 10;
const LEAST_TARGETS = 3;
const LEAST_SHARE_OF_TWINS = 0.9;
/** Of a label that is called replica: one of the checkers may have come up later. */
const LEAST_SHARE_OF_REPLICAS = 0.5;
const STARTED_WITHIN_MS = 60_000;

export async function suspectReplicaLabels(
  firing: readonly Posted[],
  pace: Pace,
): Promise<readonly SuspectedReplicaLabel[]> {
  const suspected: SuspectedReplicaLabel[] = [];
  for (const label of await candidates(firing, pace)) {
    const evidence = await evidenceFor(label, firing, pace);
    if (!isConvincing(label, evidence)) continue;
    const { values, twins, example } = evidence;
    suspected.push({ label, values: [...values.keys()].toSorted(compareText), twins, example });
  }
  return suspected;
}

async function candidates(firing: readonly Posted[], pace: Pace): Promise<readonly string[]> {
  const valuesOf = new Map<string, Set<string>>();
  for (const { labels } of firing) {
    if (pace.isDue()) await pace.pause();
    for (const name in labels) {
      if (ORDINARY.has(name)) continue;
      const values = valuesOf.get(name);
      if (!values) valuesOf.set(name, new Set([labelValue(labels, name)]));
      else if (values.size <= MOST_REPLICAS) values.add(labelValue(labels, name));
    }
  }
  const few = [...valuesOf].filter(([, { size }]) => size >= 2 && size <= MOST_REPLICAS).map(([name]) => name);
  const [replicas, others] = [few.filter(isCalledReplica), few.filter((name) => !isCalledReplica(name))];
  return [...replicas, ...others].slice(0, MOST_CANDIDATES);
}

interface Evidence {
  /** Whence what carries the value was sent: host and port of each generatorURL. */
  readonly values: Map<string, Set<string>>;
  carriers: number;
  /** Carriers with a twin. */
  twinned: number;
  twins: number;
  /** Twins that all started within a minute. */
  startedTogether: number;
  /** Values of `instance` of twins. */
  readonly targets: Set<string>;
  example: Labels;
}

async function evidenceFor(label: string, firing: readonly Posted[], pace: Pace): Promise<Evidence> {
  const evidence: Evidence = {
    ...{ values: new Map(), carriers: 0, twinned: 0, twins: 0, startedTogether: 0, targets: new Set(), example: {} },
  };
  const siblings = new Map<string, Posted[]>();
  for (const alert of firing) {
    if (pace.isDue()) await pace.pause();
    const value = labelValue(alert.labels, label);
    if (value === '') continue;
    evidence.carriers++;
    const senders = evidence.values.get(value) ?? new Set();
    evidence.values.set(value, senders.add(senderOf(alert)));
    const rest = textWithout(alert.labels, label);
    const known = siblings.get(rest);
    if (known) known.push(alert);
    else siblings.set(rest, [alert]);
  }
  let first: Posted | undefined;
  for (const twins of siblings.values()) {
    if (pace.isDue()) await pace.pause();
    const [one] = twins;
    if (!one || twins.length < 2) continue;
    evidence.twinned += twins.length;
    evidence.twins++;
    const starts = twins.map(({ startsAtMs }) => startsAtMs);
    if (Math.max(...starts) - Math.min(...starts) <= STARTED_WITHIN_MS) evidence.startedTogether++;
    const target = labelValue(one.labels, 'instance');
    if (target !== '') evidence.targets.add(target);
    if (!first || compareForNotification(one, first) < 0) first = one;
  }
  if (first) evidence.example = withoutLabel(first.labels, label);
  return evidence;
}

function isConvincing(label: string, evidence: Evidence): boolean {
  const { values, carriers, twinned, twins, startedTogether, targets } = evidence;
  if (twins === 0) return false;
  const senders = howSendersDiffer(values);
  if (isCalledReplica(label)) {
    if (twinned < carriers * LEAST_SHARE_OF_REPLICAS) return false;
    return REPLICA_OF_A_CHECKER.test(label) || senders !== 'shared';
  }
  return (
    senders === 'different' &&
    twins >= LEAST_TWINS &&
    targets.size >= LEAST_TARGETS &&
    twinned >= carriers * LEAST_SHARE_OF_TWINS &&
    startedTogether >= twins * LEAST_SHARE_OF_TWINS
  );
}

function isCalledReplica(label: string): boolean {
  return REPLICA.test(label) || REPLICA_OF_A_CHECKER.test(label);
}

/** Whether each value comes from senders of its own; who posts by hand names none. */
function howSendersDiffer(values: Evidence['values']): 'different' | 'unknown' | 'shared' {
  const all = [...values.values()].flatMap((senders) => [...senders]);
  if (all.every((sender) => sender === '')) return 'unknown';
  return new Set(all).size === all.length ? 'different' : 'shared';
}

function senderOf({ generatorURL }: Posted): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(generatorURL)?.[1] ?? '';
}

/** Labels are sorted, so equal ones give equal texts. */
function textWithout(labels: Labels, left: string): string {
  let text = '';
  for (const name in labels) if (name !== left) text += `${name}\u0000${labelValue(labels, name)}\u0000`;
  return text;
}

function withoutLabel(labels: Labels, left: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== left));
}
