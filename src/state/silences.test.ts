/** What mutes an alert is what a look at every silence would say, at every moment; the rules for changing one are kept. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HybridClock } from '../../cluster/version.ts';
import { MemoryDisk, silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { Alert } from '../model/alert.ts';
import { fingerprint, type Labels } from '../model/labels.ts';
import { Matcher, matchesAll } from '../model/matcher.ts';
import { type Silence, silenceState } from '../model/silence.ts';
import { SilenceError, Silences } from './silences.ts';

const MINUTE_MS = 60_000;

class Fixture {
  readonly system = new VirtualSystem();
  memory = new MemoryDisk(this.system);
  silences: Silences;
  readonly #options: { retentionMs: number; maxSilences: number; maxSilenceSizeBytes: number };

  constructor(options: Partial<ConstructorParameters<typeof Silences>[1]> = {}) {
    this.#options = { retentionMs: 10 * MINUTE_MS, maxSilences: 0, maxSilenceSizeBytes: 0, ...options };
    this.silences = this.#create();
  }

  #create(): Silences {
    const dependencies = {
      disk: this.memory.disk,
      system: this.system,
      logger: silentLogger,
      versions: new HybridClock('a.1'),
    };
    return new Silences(dependencies, this.#options);
  }

  async restart(): Promise<void> {
    this.memory = await this.memory.afterKill();
    this.silences = this.#create();
    await this.silences.load();
  }

  now() {
    return this.system.now();
  }

  /** Of the values of `a`, from now for ten minutes. */
  wanted(fields: Partial<Silence> = {}): Omit<Silence, 'updatedAtMs'> {
    const { wallMs } = this.now();
    return {
      id: '',
      matchers: [new Matcher('=', 'a', '1')],
      startsAtMs: wallMs,
      endsAtMs: wallMs + 10 * MINUTE_MS,
      createdBy: 'me',
      comment: 'why',
      annotations: {},
      ...fields,
    };
  }

  set(fields: Partial<Silence> = {}): Promise<string> {
    return this.silences.set(this.wanted(fields), this.now());
  }
}

function alert(labels: Labels): Alert {
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations: {},
    generatorURL: '',
    startsAtMs: 0,
    endsAtMs: 1,
    timeout: false,
    updatedAtMs: 0,
    receivedAtMs: 0,
  };
}

describe('what silences an alert', () => {
  test('is every silence that matches and is active', async () => {
    const fixture = new Fixture();
    const first = await fixture.set();
    const second = await fixture.set({ matchers: [new Matcher('=~', 'a', '1|2')] });
    await fixture.set({ matchers: [new Matcher('=', 'a', '2')] });
    expect(fixture.silences.silencedBy(alert({ a: '1' }), fixture.now()).toSorted()).toEqual(
      [first, second].toSorted(),
    );
  });

  test('is over a millisecond after its end, and not before', async () => {
    const fixture = new Fixture();
    const id = await fixture.set();
    const { wallMs, monotonicMs } = fixture.now();
    const at = (ms: number) => fixture.silences.silencedBy(alert({ a: '1' }), { wallMs: wallMs + ms, monotonicMs });
    expect(at(10 * MINUTE_MS)).toEqual([id]);
    expect(at(10 * MINUTE_MS + 1)).toEqual([]);
  });

  test('is over in the instant in which somebody ends it', async () => {
    const fixture = new Fixture();
    const id = await fixture.set();
    await fixture.silences.expire(id, fixture.now());
    expect(fixture.silences.silencedBy(alert({ a: '1' }), fixture.now())).toEqual([]);
  });

  /** Everything that can happen to silences, in any order, with questions in between. */
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      name: fc.constantFrom('a', 'b'),
      type: fc.constantFrom('=' as const, '!=' as const, '=~' as const),
      value: fc.constantFrom('1', '2', '3'),
      startsInMinutes: fc.integer({ min: 0, max: 5 }),
      lastsMinutes: fc.integer({ min: 1, max: 10 }),
    }),
    fc.record({
      kind: fc.constant('update' as const),
      which: fc.nat(20),
      value: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }),
      lastsMinutes: fc.integer({ min: 1, max: 10 }),
    }),
    fc.record({ kind: fc.constant('expire' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 0, max: 6 }) }),
    fc.record({ kind: fc.constant('collect' as const) }),
    fc.record({ kind: fc.constant('restart' as const) }),
    fc.record({
      kind: fc.constant('ask' as const),
      labels: fc.record({ a: fc.constantFrom('1', '2'), b: fc.constantFrom('1', '3') }),
    }),
    fc.record({ kind: fc.constant('forget' as const), a: fc.constantFrom('1', '2') }),
  );

  test('is what a look at every silence would say, whatever has happened to them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const fixture = new Fixture();
        for (const action of steps) {
          const all = [...fixture.silences.values()];
          switch (action.kind) {
            case 'set': {
              const startsAtMs = fixture.now().wallMs + action.startsInMinutes * MINUTE_MS;
              const endsAtMs = startsAtMs + action.lastsMinutes * MINUTE_MS;
              await fixture.set({
                matchers: [new Matcher(action.type, action.name, action.value)],
                startsAtMs,
                endsAtMs,
              });
              break;
            }
            case 'update': {
              const old = all[action.which % Math.max(1, all.length)];
              if (!old) break;
              const endsAtMs = Math.max(fixture.now().wallMs, old.startsAtMs) + action.lastsMinutes * MINUTE_MS;
              const matchers = action.value === undefined ? old.matchers : [new Matcher('=', 'a', action.value)];
              await fixture.silences.set({ ...old, matchers, endsAtMs }, fixture.now());
              break;
            }
            case 'expire': {
              const old = all[action.which % Math.max(1, all.length)];
              if (old) await fixture.silences.expire(old.id, fixture.now());
              break;
            }
            case 'pass':
              await fixture.system.advance(action.minutes * MINUTE_MS);
              break;
            case 'collect':
              await fixture.silences.collectGarbage(fixture.now());
              break;
            case 'restart':
              await fixture.restart();
              break;
            case 'forget':
              fixture.silences.forgetAlert(fingerprint({ a: action.a, b: '1' }));
              break;
            case 'ask': {
              const asked = alert(action.labels);
              const { wallMs } = fixture.now();
              const naive = all
                .filter((silence) => silenceState(silence, wallMs) === 'active')
                .filter(({ matchers }) => matchesAll(matchers, asked.labels))
                .map(({ id }) => id);
              expect(fixture.silences.silencedBy(asked, fixture.now()).toSorted()).toEqual(naive.toSorted());
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('stays right while one silence is changed many times', async () => {
    const fixture = new Fixture();
    const id = await fixture.set();
    const kept = await fixture.set({ matchers: [new Matcher('=', 'a', '2')] });
    fixture.silences.silencedBy(alert({ a: '2' }), fixture.now());
    for (let change = 0; change < 300; change++) {
      await fixture.silences.set(fixture.wanted({ id, comment: `${change}` }), fixture.now());
    }
    expect(fixture.silences.silencedBy(alert({ a: '1' }), fixture.now())).toEqual([id]);
    expect(fixture.silences.silencedBy(alert({ a: '2' }), fixture.now())).toEqual([kept]);
  });
});

describe('setting a silence', () => {
  test('an unknown id is refused', async () => {
    const fixture = new Fixture();
    await expect(fixture.set({ id: 'unknown' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('one that is not valid is refused with what is wrong', async () => {
    const fixture = new Fixture();
    await expect(fixture.set({ matchers: [] })).rejects.toThrow(
      new SilenceError('INVALID', 'invalid silence: at least one matcher required'),
    );
  });

  test('a new one that would have begun in the past begins now', async () => {
    const fixture = new Fixture();
    const { wallMs } = fixture.now();
    const id = await fixture.set({ startsAtMs: wallMs - MINUTE_MS });
    expect(fixture.silences.get(id)).toMatchObject({ startsAtMs: wallMs, updatedAtMs: wallMs });
  });

  test('an update of an active one keeps the start it had', async () => {
    const fixture = new Fixture();
    const { wallMs } = fixture.now();
    const id = await fixture.set();
    await fixture.system.advance(MINUTE_MS);
    await fixture.silences.set({ ...fixture.wanted(), id, startsAtMs: wallMs, comment: 'longer' }, fixture.now());
    expect(fixture.silences.get(id)).toMatchObject({ startsAtMs: wallMs, comment: 'longer' });
  });

  test('a refused replacement changes nothing', async () => {
    const fixture = new Fixture({ maxSilenceSizeBytes: 400 });
    const id = await fixture.set();
    const larger = { id, matchers: [new Matcher('=', 'a', 'x'.repeat(400))] };
    await expect(fixture.set(larger)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(silenceState(fixture.silences.get(id) as Silence, fixture.now().wallMs)).toBe('active');
    expect([...fixture.silences.values()]).toHaveLength(1);
  });

  test('is on disk, synced, when the promise resolves', async () => {
    const fixture = new Fixture();
    const id = await fixture.set();
    await fixture.restart();
    expect(fixture.silences.get(id)).toMatchObject({ ...fixture.wanted(), id, matchers: [new Matcher('=', 'a', '1')] });
  });
});

describe('ending a silence', () => {
  test('an unknown one is refused', async () => {
    const fixture = new Fixture();
    await expect(fixture.silences.expire('unknown', fixture.now())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that has ended changes nothing', async () => {
    const fixture = new Fixture();
    const id = await fixture.set();
    await fixture.silences.expire(id, fixture.now());
    const ended = fixture.silences.get(id);
    await fixture.system.advance(MINUTE_MS);
    await fixture.silences.expire(id, fixture.now());
    expect(fixture.silences.get(id)).toBe(ended);
  });

  test('that is pending keeps it from ever beginning', async () => {
    const fixture = new Fixture();
    const { wallMs } = fixture.now();
    const id = await fixture.set({ startsAtMs: wallMs + MINUTE_MS });
    await fixture.silences.expire(id, fixture.now());
    await fixture.system.advance(2 * MINUTE_MS);
    expect(fixture.silences.silencedBy(alert({ a: '1' }), fixture.now())).toEqual([]);
  });
});

test('a record on disk that is no silence is left out, and the others stand', async () => {
  const fixture = new Fixture();
  const id = await fixture.set();
  for (const [key, text] of [
    ['silences/1', '{"id":"1","matchers":[],"startsAtMs":0,"endsAtMs":9e15}'],
    ['silences/2', 'not json'],
    ['silences/3', 'null'],
  ] as const) {
    await fixture.memory.store.store.put(key, text);
  }
  await fixture.restart();
  expect([...fixture.silences.values()].map((silence) => silence.id)).toEqual([id]);
});
