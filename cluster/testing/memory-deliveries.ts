/**
 * Everything on its way in a memory network, in the order it is due. One timer of the world serves the whole network, and
 * what is due in the same millisecond arrives by one firing: virtual time pays for every firing, not for every message.
 */
import type { System, Timer } from '../../src/system.ts';

export interface Delivery {
  /** Called once, at its instant. */
  arrive(): void;
  /** Whether arriving would change nothing any more, at whatever instant; then no timer is spent on it. */
  isMoot?(): boolean;
}

interface Entry {
  readonly dueMs: number;
  /** Of two that are due together the one sent first arrives first. */
  readonly order: number;
  readonly delivery: Delivery;
}

export class MemoryDeliveries {
  readonly #system: System;
  /** A binary heap, earliest first. */
  readonly #heap: Entry[] = [];
  #nextOrder = 0;
  #timer: { readonly dueMs: number; readonly timer: Timer } | undefined;

  constructor(dependencies: { system: System }) {
    this.#system = dependencies.system;
  }

  nowMs(): number {
    return this.#system.now().monotonicMs;
  }

  /** `dueMs` as {@link nowMs} counts; rounded up to a whole millisecond, so that close ones share a firing. */
  add(dueMs: number, delivery: Delivery): void {
    const entry = { dueMs: Math.ceil(dueMs), order: this.#nextOrder++, delivery };
    this.#push(entry);
    if (this.#heap[0] === entry) this.#arm();
  }

  #arm(): void {
    for (let next = this.#heap[0]; next?.delivery.isMoot?.(); next = this.#heap[0]) {
      this.#pop();
      next.delivery.arrive();
    }
    const dueMs = this.#heap[0]?.dueMs;
    if (this.#timer?.dueMs === dueMs) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (dueMs === undefined) return;
    const timer = this.#system.setTimer(dueMs - this.nowMs(), () => this.#deliver());
    this.#timer = { dueMs, timer };
  }

  #deliver(): void {
    this.#timer = undefined;
    const nowMs = this.nowMs();
    // What arrivals send without delay waits for the next firing, so that promises come to rest in between.
    const sentBefore = this.#nextOrder;
    try {
      for (let next = this.#heap[0]; next && next.dueMs <= nowMs && next.order < sentBefore; next = this.#heap[0]) {
        this.#pop();
        next.delivery.arrive();
      }
    } finally {
      this.#arm();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child && right && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
