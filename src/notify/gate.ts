/**
 * Bounds how many sends to one receiver are under way at once, and keeps all of them away while it has asked to be left
 * alone. A receiver that is slow or flooded makes only its own sends wait: the urgent ones least, none of them for ever,
 * those of one urgency in the order they came.
 */
import type { Urgency } from '../model/urgency.ts';
import type { System, Timer } from '../system.ts';

/** A receiver that asks for longer is asked again all the same: a mistaken number must not silence it for good. */
const LONGEST_CLOSED_MS = 600_000;

/** The part of the places that only urgent sends get: slow ones that nobody waits for must not hold all of them. */
const KEPT_FOR_URGENT = 1 / 4;

/** So many of higher urgency may go first in a row; then it is the turn of one that waits behind them. */
const MOST_OVERTAKING = 7;

interface Queue {
  readonly isUrgent: boolean;
  readonly waiting: (() => void)[];
  /** How many places in a row went to others, that could have gone to whoever waits here. */
  overtaken: number;
}

export class Gate {
  readonly #system: System;
  readonly #limit: number;
  readonly #limitOfOthers: number;
  /** By urgency. */
  readonly #queues: readonly [Queue, Queue, Queue] = [emptyQueue(true), emptyQueue(false), emptyQueue(false)];
  #inside = 0;
  /** Of those inside, the ones that are not urgent. */
  #others = 0;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  /** Set while it is closed and somebody waits. */
  #opening: Timer | undefined;

  constructor(dependencies: { system: System }, limit: number) {
    this.#system = dependencies.system;
    this.#limit = limit;
    this.#limitOfOthers = limit - Math.floor(limit * KEPT_FOR_URGENT);
  }

  /** Nobody enters for so long; those inside go on. A shorter time does not open it earlier. */
  closeFor(durationMs: number): void {
    const untilMs = this.#system.now().monotonicMs + Math.min(durationMs, LONGEST_CLOSED_MS);
    this.#closedUntilMs = Math.max(this.#closedUntilMs, untilMs);
  }

  get underWay(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#queues.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** At most 0 if it is open. */
  get closedForMs(): number {
    return this.#closedForMs();
  }

  /** For whoever could not enter in time. */
  whyClosed(): string {
    const seconds = Math.ceil(this.#closedForMs() / 1000);
    return seconds > 0
      ? `the receiver asked to be left alone for another ${seconds} s`
      : 'too many sends to this receiver are under way';
  }

  /** Resolves with the way out, once it is open and has room. Rejects with the signal's reason if that aborts first. */
  enter(signal: AbortSignal, urgency: Urgency): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const { waiting, isUrgent } = this.#queues[urgency];
      const onAbort = () => {
        waiting.splice(waiting.indexOf(admit), 1);
        // Where it leaves nobody waiting, nobody has to be let in later.
        this.#admit();
        reject(signal.reason);
      };
      const admit = () => {
        signal.removeEventListener('abort', onAbort);
        resolve(this.#wayOut(isUrgent));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(admit);
      this.#admit();
    });
  }

  #wayOut(isUrgent: boolean): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside--;
      if (!isUrgent) this.#others--;
      this.#admit();
    };
  }

  /** Lets in as many as may enter now. To be called when more may than before. */
  #admit(): void {
    this.#opening?.cancel();
    this.#opening = undefined;
    const closedForMs = this.#closedForMs();
    if (closedForMs > 0) {
      const isAwaited = this.#queues.some(({ waiting }) => waiting.length > 0);
      if (isAwaited) this.#opening = this.#system.setTimer(closedForMs, () => this.#admit());
      return;
    }
    for (let queue = this.#next(); queue !== undefined; queue = this.#next()) {
      this.#inside++;
      if (!queue.isUrgent) this.#others++;
      queue.waiting.shift()?.();
    }
  }

  /** Whose turn it is, if anybody may enter. */
  #next(): Queue | undefined {
    const able = this.#queues.filter((queue) => queue.waiting.length > 0 && this.#hasRoomFor(queue));
    const next = able.find(({ overtaken }) => overtaken >= MOST_OVERTAKING) ?? able[0];
    for (const queue of able) queue.overtaken = queue === next ? 0 : queue.overtaken + 1;
    return next;
  }

  #hasRoomFor({ isUrgent }: Queue): boolean {
    return this.#inside < this.#limit && (isUrgent || this.#others < this.#limitOfOthers);
  }

  #closedForMs(): number {
    return this.#closedUntilMs - this.#system.now().monotonicMs;
  }
}

function emptyQueue(isUrgent: boolean): Queue {
  return { isUrgent, waiting: [], overtaken: 0 };
}
