/** What is noted: an event of src/shapes/events.ts before it has an id, an instant and the name of this node. */
import type { EventKind, HappenedEvent, Topic } from '../shapes/events.ts';

type Without<Event, Keys extends PropertyKey> = Event extends unknown ? Omit<Event, Keys> : never;

export type Fact = Without<HappenedEvent, 'id' | 'at' | 'node'>;
export type FactOf<Kind extends EventKind> = Omit<Extract<HappenedEvent, { kind: Kind }>, 'id' | 'at' | 'node'>;

/** Who notes; it harms nobody whatever becomes of it. */
export interface Notes {
  /** `build` is called only if there is room for one more of its kind. Never throws. */
  note(kind: EventKind, build: () => Fact): void;
  /** What answers about these show may be different now. Cheap enough for every alert of a burst. */
  changed(...topics: Topic[]): void;
}

/** More fingerprints than this are counted by their event, not named. */
const MOST_FINGERPRINTS = 100;
const LONGEST_TEXT = 2_000;

export function someFingerprints(alerts: readonly { readonly fingerprint: string }[]): string[] {
  return alerts.slice(0, MOST_FINGERPRINTS).map(({ fingerprint }) => fingerprint);
}

/** A foreign text, cut to what an event may hold. */
export function shortened(text: string, length = LONGEST_TEXT): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
