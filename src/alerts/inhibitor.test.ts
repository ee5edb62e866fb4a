/** What inhibits an alert is what a look at every alert would say, at every moment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HybridClock } from '../../cluster/version.ts';
import { MemoryDisk, silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { InhibitRule } from '../config/config.ts';
import { type Alert, isResolved } from '../model/alert.ts';
import { fingerprint, type Labels, labelValue } from '../model/labels.ts';
import { Matcher, matchesAll } from '../model/matcher.ts';
import { AlertStore } from './alert-store.ts';
import { Inhibitor } from './inhibitor.ts';

const MINUTE_MS = 60_000;

function rule(source: Matcher, target: Matcher, equal: readonly string[] = []): InhibitRule {
  return { name: '', sourceMatchers: [source], targetMatchers: [target], equal };
}

class Fixture {
  readonly system = new VirtualSystem();
  readonly alerts = new AlertStore(
    { disk: new MemoryDisk(this.system).disk, logger: silentLogger, versions: new HybridClock('a.1') },
    { resolveTimeoutMs: 5 * MINUTE_MS, perAlertnameLimit: 0 },
  );
  readonly inhibitor = new Inhibitor({ alerts: this.alerts });
  rules: readonly InhibitRule[] = [];

  constructor(rules: readonly InhibitRule[]) {
    this.useRules(rules);
    this.alerts.addWatcher(this.inhibitor);
  }

  useRules(rules: readonly InhibitRule[]): void {
    this.rules = rules;
    this.inhibitor.useRules(rules);
  }

  async post(labels: Labels, lastsMinutes: number): Promise<void> {
    const now = this.system.now();
    const alert: Alert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: {},
      generatorURL: '',
      startsAtMs: now.wallMs,
      endsAtMs: now.wallMs + lastsMinutes * MINUTE_MS,
      timeout: false,
      updatedAtMs: now.wallMs,
      receivedAtMs: now.wallMs,
    };
    await this.alerts.put([alert], now);
  }

  inhibitedBy(labels: Labels): string | undefined {
    return this.inhibitor.inhibitedBy({ labels }, this.system.now());
  }

  /** Every alert that may inhibit one with these labels, by the rule of the book. */
  inhibitorsOf(labels: Labels): string[] {
    const { wallMs } = this.system.now();
    return [...this.alerts.values()]
      .filter((source) => !isResolved(source, wallMs))
      .filter((source) =>
        this.rules.some(
          ({ sourceMatchers, targetMatchers, equal }) =>
            matchesAll(sourceMatchers, source.labels) &&
            matchesAll(targetMatchers, labels) &&
            equal.every((name) => labelValue(source.labels, name) === labelValue(labels, name)) &&
            !(matchesAll(sourceMatchers, labels) && matchesAll(targetMatchers, source.labels)),
        ),
      )
      .map((source) => source.fingerprint);
  }
}

test('the first rule that has a source decides which is named', async () => {
  const target = new Matcher('=', 'severity', 'warning');
  const fixture = new Fixture([
    rule(new Matcher('=', 'alertname', 'Second'), target),
    rule(new Matcher('=', 'alertname', 'First'), target),
  ]);
  await fixture.post({ alertname: 'First' }, 5);
  await fixture.post({ alertname: 'Second' }, 5);
  expect(fixture.inhibitedBy({ severity: 'warning' })).toBe(fingerprint({ alertname: 'Second' }));
});

test('labels named like what objects inherit are missing like any other', async () => {
  const fixture = new Fixture([
    rule(new Matcher('=', 'alertname', 'Down'), new Matcher('=', 'alertname', 'Slow'), ['constructor', '__proto__']),
  ]);
  await fixture.post({ alertname: 'Down', constructor: 'x' }, 5);
  expect(fixture.inhibitedBy({ alertname: 'Slow' })).toBeUndefined();
  await fixture.post({ alertname: 'Down' }, 5);
  expect(fixture.inhibitedBy({ alertname: 'Slow' })).toBe(fingerprint({ alertname: 'Down' }));
});

const severities = ['critical', 'warning', 'none'];
const labelSet: fc.Arbitrary<Labels> = fc
  .record({
    severity: fc.constantFrom(...severities),
    zone: fc.constantFrom(undefined, 'east', 'west'),
    rack: fc.constantFrom(undefined, '1', '2'),
    instance: fc.constantFrom('a', 'b'),
  })
  .map((labels) => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Labels);
const matcher = fc
  .record({
    type: fc.constantFrom('=' as const, '!=' as const),
    name: fc.constantFrom('severity', 'zone', 'instance'),
    value: fc.constantFrom(...severities, 'east', 'a', ''),
  })
  .map(({ type, name, value }) => new Matcher(type, name, value));
const inhibitRules = fc.array(
  fc
    .record({ source: matcher, target: matcher, equal: fc.subarray(['zone', 'rack']) })
    .map(({ source, target, equal }) => rule(source, target, equal)),
  { minLength: 1, maxLength: 3 },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('post' as const), labels: labelSet, minutes: fc.nat(6) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), labels: labelSet }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('collect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), rules: inhibitRules }) },
);

test('an alert is inhibited exactly if some firing alert inhibits it, whatever has happened to them', async () => {
  await fc.assert(
    fc.asyncProperty(inhibitRules, fc.array(step, { maxLength: 40 }), async (rules, steps) => {
      const fixture = new Fixture(rules);
      for (const action of steps) {
        if (action.kind === 'post') await fixture.post(action.labels, action.minutes);
        else if (action.kind === 'pass') await fixture.system.advance(action.minutes * MINUTE_MS);
        else if (action.kind === 'collect') await fixture.alerts.collectGarbage(fixture.system.now(), () => false);
        else if (action.kind === 'reload') fixture.useRules(action.rules);
        else {
          const possible = fixture.inhibitorsOf(action.labels);
          const named = fixture.inhibitedBy(action.labels);
          if (named === undefined) expect(possible).toEqual([]);
          else expect(possible).toContain(named);
        }
      }
    }),
    { numRuns: 150 },
  );
});
