/**
 * What the node says by itself, over one stream for the whole page: which answers may be different now, and what happened.
 * While a node has no stream it is asked every few seconds instead. A node that is not heard is tried again for as long as
 * the page is open, and everything is asked for anew when it is back.
 */
import { effect, type Signal, signal } from '@preact/signals';
import type { HappenedEvent, Topic } from '../../../src/shapes/events.ts';
import { base } from '../base.ts';
import { after, every, jitter, localNow, noteServerTime, serverNow, within } from '../clock.ts';

export type Connection = 'connecting' | 'live' | 'lost';

export const connection = signal<Connection>('connecting');
/** By the node's clock; 0 before the first word. */
export const lastHeardMs = signal(0);
/** What it calls itself. */
export const node = signal(metaContent('tocsin-node'));
/** Each counts up when what answers on the topic show may be different. */
export const topicVersions: Readonly<Record<Topic, Signal<number>>> = {
  alerts: signal(0),
  notifications: signal(0),
  silences: signal(0),
  cluster: signal(0),
  configuration: signal(0),
  receivers: signal(0),
};
const TOPICS = Object.keys(topicVersions) as readonly Topic[];

/** A beat comes every 5 s; one may be missed. */
const LOST_AFTER_MS = 12_000;
const POLL_MS = 5_000;
const SOON_MS = 1_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
/** A browser has six connections for a node, and each page takes one: who looks at none of them for so long gives it back. */
const HIDDEN_FOR_MS = 300_000;

type Listener = (event: HappenedEvent) => void;
const listeners = new Set<Listener>();

/** Gives what ends it. */
export function onHappened(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let source: EventSource | undefined;
let cancelRetry: (() => void) | undefined;
let failures = 0;
let heardAtMs = localNow();
/** When the stream there is was asked for. */
let attemptedAtMs = localNow();
let boot: string | undefined;
/** Whether something may have happened that was not heard. */
let hasMissed = false;
let isPaused = false;
/** Whether the last stream was one. */
let hasGreeted = false;
/** Of the last thing heard: where the node goes on from, if it still knows. */
let lastEventId = '';

/** Once, for the life of the page. */
export function startLive(): void {
  noteServerTime(metaContent('tocsin-now'));
  connect();
  every(1_000, () => {
    if (!isPaused && localNow() - heardAtMs > LOST_AFTER_MS) lose();
  });
  // A phone that was asleep, or changed its network, need not wait for its turn.
  for (const name of ['online', 'pageshow'] as const) window.addEventListener(name, retryNow);
  let cancelPause: (() => void) | undefined;
  document.addEventListener('visibilitychange', () => {
    cancelPause?.();
    cancelPause = undefined;
    if (document.visibilityState === 'hidden') cancelPause = after(HIDDEN_FOR_MS, pause);
    else if (isPaused) resume();
    else if (connection.value === 'lost') retryNow();
  });
}

function pause(): void {
  isPaused = true;
  hasMissed = true;
  cancelRetry?.();
  cancelRetry = undefined;
  source?.close();
  source = undefined;
}

function resume(): void {
  isPaused = false;
  heardAtMs = localNow();
  connection.value = 'connecting';
  connect();
}

function connect(): void {
  source?.close();
  const address = new URL('api/v3/events', base);
  if (lastEventId !== '') address.searchParams.set('lastEventId', lastEventId);
  attemptedAtMs = localNow();
  const opened = new EventSource(address);
  source = opened;
  const on = (name: string, then: (data: unknown) => void) =>
    opened.addEventListener(name, (event: MessageEvent<string>) => {
      const data = parsed(event.data);
      if (event.lastEventId !== '') lastEventId = event.lastEventId;
      hear((data as { now?: unknown } | undefined)?.now);
      then(data);
    });
  on('hello', (data) => greet(data as { readonly node?: string; readonly boot?: string }));
  on('changed', (data) => change((data as { readonly topics?: readonly Topic[] } | undefined)?.topics ?? TOPICS));
  on('reset', () => change(TOPICS));
  on('beat', () => undefined);
  on('happened', (data) => {
    if (data !== undefined) for (const listener of listeners) listener(data as HappenedEvent);
  });
  opened.addEventListener('error', () => {
    if (source !== opened) return;
    opened.close();
    source = undefined;
    hasMissed = true;
    void askInstead();
  });
}

function greet(said: { readonly node?: string; readonly boot?: string } | undefined): void {
  hasGreeted = true;
  if (typeof said?.node === 'string') node.value = said.node;
  if (hasMissed || (boot !== undefined && boot !== said?.boot)) change(TOPICS);
  boot = said?.boot;
  hasMissed = false;
}

/** The stream is gone, or there is none: whether the node answers at all tells which. */
async function askInstead(): Promise<void> {
  try {
    const response = await fetch(new URL('-/healthy', base), { cache: 'no-store', signal: within(POLL_MS) });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    hear(undefined);
    change(TOPICS);
    // A node that had a stream has one again in a moment, or is just stopping.
    retryIn(hasGreeted ? SOON_MS : POLL_MS);
    // Not at once a second time: it may be full.
    hasGreeted = false;
  } catch {
    failures += 1;
    // One failure may be a connection that was cut; two are a node that does not answer.
    if (failures >= 2) lose();
    retryIn(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + jitter() / 2));
  }
}

function retryIn(waitMs: number): void {
  cancelRetry?.();
  cancelRetry = after(waitMs, () => {
    cancelRetry = undefined;
    connect();
  });
}

function retryNow(): void {
  if (isPaused || (source !== undefined && connection.value === 'live')) return;
  cancelRetry?.();
  cancelRetry = undefined;
  connect();
}

function hear(now: unknown): void {
  if (typeof now === 'string') noteServerTime(now);
  failures = 0;
  heardAtMs = localNow();
  lastHeardMs.value = serverNow();
  connection.value = 'live';
}

function lose(): void {
  connection.value = 'lost';
  hasMissed = true;
  // A stream that is silent may be open for hours after the node is gone; one that is being opened gets its time, since over
  // a bad network that takes long.
  if (source !== undefined && localNow() - attemptedAtMs > LOST_AFTER_MS) {
    source.close();
    source = undefined;
    retryIn(FIRST_RETRY_MS);
  }
}

function change(topics: readonly Topic[]): void {
  for (const topic of topics) {
    const version = topicVersions[topic];
    // A newer node may speak of topics that this page does not know.
    if (version !== undefined) version.value += 1;
  }
}

/** Calls `then` whenever one of the topics changes, not at first. Gives what ends it. */
export function onTopics(topics: readonly Topic[], then: () => void): () => void {
  let isFirst = true;
  return effect(() => {
    for (const topic of topics) topicVersions[topic].value;
    if (!isFirst) then();
    isFirst = false;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function metaContent(name: string): string {
  if (typeof document === 'undefined') return '';
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}
