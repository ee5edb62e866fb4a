/** Who is let in to a receiver, and when. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { Urgency } from '../model/urgency.ts';
import { Gate } from './gate.ts';

const URGENT = 0;
const ORDINARY = 1;
const QUIET = 2;
const { signal } = new AbortController();

class Fixture {
  readonly system = new VirtualSystem();
  readonly gate: Gate;
  /** In the order in which they were let in. */
  readonly entered: string[] = [];
  readonly #waysOut = new Map<string, () => void>();

  constructor(limit: number) {
    this.gate = new Gate({ system: this.system }, limit);
  }

  async comes(name: string, urgency: Urgency = ORDINARY): Promise<void> {
    void this.gate.enter(signal, urgency).then((leave) => {
      this.entered.push(name);
      this.#waysOut.set(name, leave);
    });
    await this.system.settle();
  }

  /** As many, named `quiet 1`, `quiet 2` … */
  async come(count: number, name: string, urgency: Urgency): Promise<void> {
    for (let number = 1; number <= count; number++) await this.comes(`${name} ${number}`, urgency);
  }

  async leaves(name: string): Promise<void> {
    this.#waysOut.get(name)?.();
    await this.system.settle();
  }
}

test('lets in as many as the limit, the rest in the order they came', async () => {
  const fixture = new Fixture(1);
  for (const name of ['first', 'second', 'third']) await fixture.comes(name);
  expect(fixture.entered).toEqual(['first']);
  await fixture.leaves('first');
  expect(fixture.entered).toEqual(['first', 'second']);
  await fixture.leaves('second');
  expect(fixture.entered).toEqual(['first', 'second', 'third']);
});

test('who gives up waiting takes no place', async () => {
  const { gate } = new Fixture(1);
  const leave = await gate.enter(signal, ORDINARY);
  const impatient = new AbortController();
  const waiting = gate.enter(impatient.signal, ORDINARY);
  impatient.abort(new Error('no time left'));
  await expect(waiting).rejects.toThrow('no time left');
  await expect(gate.enter(impatient.signal, ORDINARY)).rejects.toThrow('no time left');
  leave();
  await gate.enter(signal, ORDINARY);
});

test('leaving twice frees one place only', async () => {
  const fixture = new Fixture(1);
  await fixture.comes('first');
  for (const name of ['second', 'third']) await fixture.comes(name);
  await fixture.leaves('first');
  await fixture.leaves('first');
  expect(fixture.entered).toEqual(['first', 'second']);
});

describe('what is urgent', () => {
  test('goes before all that wait, and then what is less quiet', async () => {
    const fixture = new Fixture(1);
    await fixture.comes('slow');
    await fixture.comes('quiet', QUIET);
    await fixture.comes('ordinary', ORDINARY);
    await fixture.comes('urgent', URGENT);
    for (const name of ['slow', 'urgent', 'ordinary']) await fixture.leaves(name);
    expect(fixture.entered).toEqual(['slow', 'urgent', 'ordinary', 'quiet']);
  });

  test('finds room while any number of slow sends that are not are under way', async () => {
    const fixture = new Fixture(32);
    await fixture.come(50, 'quiet', QUIET);
    await fixture.come(50, 'ordinary', ORDINARY);
    await fixture.come(8, 'urgent', URGENT);
    expect(fixture.entered.filter((name) => name.startsWith('urgent'))).toHaveLength(8);
    expect(fixture.entered).toHaveLength(32);
  });

  test('may take all places, and no more', async () => {
    const fixture = new Fixture(32);
    await fixture.come(40, 'urgent', URGENT);
    expect(fixture.entered).toHaveLength(32);
  });

  test('lets one that waits behind it go after seven', async () => {
    const fixture = new Fixture(1);
    await fixture.comes('slow');
    await fixture.comes('quiet', QUIET);
    await fixture.come(20, 'urgent', URGENT);
    for (let left = 0; left < 9; left++) await fixture.leaves(fixture.entered.at(-1) ?? '');
    expect(fixture.entered).toEqual([
      'slow',
      ...Array.from({ length: 7 }, (_, index) => `urgent ${index + 1}`),
      'quiet',
      'urgent 8',
    ]);
  });
});

describe('a receiver that asked to be left alone', () => {
  test('is, by all who come meanwhile', async () => {
    const fixture = new Fixture(2);
    fixture.gate.closeFor(60_000);
    fixture.gate.closeFor(1_000);
    await fixture.comes('first');
    await fixture.comes('second', URGENT);
    await fixture.system.advance(59_999);
    expect(fixture.entered).toEqual([]);
    await fixture.system.advance(1);
    expect(fixture.entered).toEqual(['second', 'first']);
  });

  test('is, by those who wait for a place already', async () => {
    const fixture = new Fixture(1);
    await fixture.comes('first');
    await fixture.comes('second');
    fixture.gate.closeFor(60_000);
    await fixture.leaves('first');
    await fixture.system.advance(30_000);
    fixture.gate.closeFor(60_000);
    await fixture.system.advance(59_999);
    expect(fixture.entered).toEqual(['first']);
    await fixture.system.advance(1);
    expect(fixture.entered).toEqual(['first', 'second']);
  });

  test('is not waited for once nobody wants in', async () => {
    const { gate, system } = new Fixture(1);
    gate.closeFor(60_000);
    const impatient = new AbortController();
    const waiting = gate.enter(impatient.signal, ORDINARY);
    impatient.abort(new Error('no time left'));
    await expect(waiting).rejects.toThrow('no time left');
    expect(gate.whyClosed()).toBe('the receiver asked to be left alone for another 60 s');
    expect(system.pendingTimers).toBe(0);
  });
});

/** What happens at a gate: somebody comes, or one of those inside leaves, or one of those waiting gives up. */
const event = fc.oneof(
  fc.record({ kind: fc.constant('comes' as const), urgency: fc.constantFrom<Urgency>(0, 1, 2) }),
  fc.record({ kind: fc.constantFrom('leaves' as const, 'gives up' as const), which: fc.nat(100) }),
);

test('whoever comes and goes: never too many inside, never a free place that somebody could have, nobody is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.array(event, { maxLength: 80 }), async (limit, events) => {
      const gate = new Gate({ system: new VirtualSystem() }, limit);
      const limitOfOthers = limit - Math.floor(limit / 4);
      const inside: { urgency: Urgency; leave: () => void }[] = [];
      const waiting: { urgency: Urgency; impatience: AbortController }[] = [];
      const check = async () => {
        // A promise and what hangs on it.
        for (let turn = 0; turn < 4; turn++) await Promise.resolve();
        const others = inside.filter(({ urgency }) => urgency !== URGENT).length;
        expect(inside.length).toBeLessThanOrEqual(limit);
        expect(others).toBeLessThanOrEqual(limitOfOthers);
        const couldEnter = (urgency: Urgency) =>
          inside.length < limit && (urgency === URGENT || others < limitOfOthers);
        expect(waiting.filter(({ urgency }) => couldEnter(urgency))).toEqual([]);
      };
      for (const next of events) {
        if (next.kind === 'comes') {
          const comer = { urgency: next.urgency, impatience: new AbortController() };
          waiting.push(comer);
          const gone = () => void waiting.splice(waiting.indexOf(comer), 1);
          gate.enter(comer.impatience.signal, comer.urgency).then((leave) => {
            gone();
            inside.push({ urgency: comer.urgency, leave });
          }, gone);
        } else if (next.kind === 'leaves') {
          inside.splice(next.which % Math.max(1, inside.length), 1)[0]?.leave();
        } else waiting[next.which % Math.max(1, waiting.length)]?.impatience.abort(new Error('no time left'));
        await check();
      }
      for (let left = inside.shift(); left !== undefined; left = inside.shift()) {
        left.leave();
        await check();
      }
      expect(waiting).toEqual([]);
    }),
  );
});

test('nobody waits for ever behind a stream of urgent ones', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }), async (limit, quiet) => {
      const gate = new Gate({ system: new VirtualSystem() }, limit);
      const waysOut: (() => void)[] = [];
      let quietEntered = 0;
      const urgentComes = () => void gate.enter(signal, URGENT).then((leave) => waysOut.push(leave));
      for (let count = 0; count < 2 * limit; count++) urgentComes();
      for (let count = 0; count < quiet; count++) {
        void gate.enter(signal, QUIET).then((leave) => {
          quietEntered++;
          waysOut.push(leave);
        });
      }
      // More urgent ones wait at any time than have room.
      for (let places = 0; places < 8 * quiet; places++) {
        urgentComes();
        for (let turn = 0; turn < 4; turn++) await Promise.resolve();
        waysOut.shift()?.();
      }
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
      expect(quietEntered).toBe(quiet);
    }),
    { numRuns: 50 },
  );
});
