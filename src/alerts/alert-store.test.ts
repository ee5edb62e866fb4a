/** What the store tells its watchers, what it writes, and that an alert runs out only when its checker could be heard. */
import { describe, expect, test } from 'vitest';
import { HybridClock } from '../../cluster/version.ts';
import { MemoryDisk, silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { type Alert, isResolved } from '../model/alert.ts';
import { fingerprint, type Labels } from '../model/labels.ts';
import { AlertStore } from './alert-store.ts';

const MINUTE_MS = 60_000;
const RESOLVE_TIMEOUT_MS = 5 * MINUTE_MS;

class Fixture {
  readonly system = new VirtualSystem();
  memory = new MemoryDisk(this.system);
  store: AlertStore;
  readonly heard: string[] = [];
  readonly #perAlertnameLimit: number;

  constructor({ perAlertnameLimit = 0 } = {}) {
    this.#perAlertnameLimit = perAlertnameLimit;
    this.store = this.#create();
  }

  #create(): AlertStore {
    const options = { resolveTimeoutMs: RESOLVE_TIMEOUT_MS, perAlertnameLimit: this.#perAlertnameLimit };
    const store = new AlertStore(
      { disk: this.memory.disk, logger: silentLogger, versions: new HybridClock('a.1') },
      options,
    );
    const name = ({ labels }: Alert) => labels.alertname;
    store.addWatcher({
      onAlertChange: (alert, change) => this.heard.push(`${name(alert)} ${change}`),
      onAlertRemoved: (alert) => this.heard.push(`${name(alert)} removed`),
    });
    return store;
  }

  async restart(): Promise<void> {
    this.memory = await this.memory.afterKill();
    this.store = this.#create();
    await this.store.load(this.system.now());
  }

  /** `lostMs` of the alerts' time pass unlived, negative if the clock was set back by them. */
  async disturb(reason: 'stall' | 'clock jump', lostMs = 0): Promise<void> {
    if (reason === 'stall') await this.system.advance(lostMs);
    else this.system.jumpWallClock(lostMs);
    const now = this.system.now();
    this.store.extendLeases(now, { reason, sinceWallMs: now.wallMs - lostMs });
  }

  alert(labels: Labels, fields: Partial<Alert> = {}): Alert {
    const { wallMs } = this.system.now();
    return {
      fingerprint: fingerprint(labels),
      labels,
      annotations: {},
      generatorURL: '',
      startsAtMs: wallMs,
      endsAtMs: wallMs + RESOLVE_TIMEOUT_MS,
      timeout: true,
      updatedAtMs: wallMs,
      receivedAtMs: wallMs,
      ...fields,
    };
  }

  async post(alertname: string, fields: Partial<Alert> = {}) {
    return this.store.put([this.alert({ alertname }, fields)], this.system.now());
  }

  end(alertname: string) {
    const { wallMs } = this.system.now();
    return this.post(alertname, { endsAtMs: wallMs, timeout: false });
  }

  get(alertname: string): Alert | undefined {
    return this.store.get(fingerprint({ alertname }));
  }

  /** Minutes from now until the alert ends; not positive if it is over. */
  minutesLeft(alertname: string): number {
    return ((this.get(alertname)?.endsAtMs ?? Number.NaN) - this.system.now().wallMs) / MINUTE_MS;
  }
}

describe('watchers', () => {
  test('hear of beginnings, ends and new beginnings, not of refreshes', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(MINUTE_MS);
    await fixture.post('Down');
    await fixture.post('Down', { annotations: { summary: 'other words' } });
    await fixture.end('Down');
    await fixture.end('Down');
    await fixture.system.advance(MINUTE_MS);
    await fixture.post('Down');
    expect(fixture.heard).toEqual(['Down new', 'Down ended', 'Down firing again']);
  });

  test('hear that an alert fires again after it ran out', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(RESOLVE_TIMEOUT_MS);
    await fixture.post('Down');
    expect(fixture.heard).toEqual(['Down new', 'Down firing again']);
  });

  test('hear of an alert that was over when it was first posted as ended', async () => {
    const fixture = new Fixture();
    await fixture.end('Down');
    expect(fixture.heard).toEqual(['Down ended']);
  });

  test('are called in the order in which they were added, when the store has the alert', async () => {
    const fixture = new Fixture();
    const order: string[] = [];
    for (const name of ['first', 'second']) {
      fixture.store.addWatcher({
        onAlertChange: (alert) => order.push(`${name} ${fixture.store.get(alert.fingerprint) === alert}`),
      });
    }
    await fixture.post('Down');
    expect(order).toEqual(['first true', 'second true']);
  });
});

describe('a post', () => {
  test('with the fingerprint of other labels is refused', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    const imposter = fixture.alert({ alertname: 'Other' }, { fingerprint: fingerprint({ alertname: 'Down' }) });
    const [rejected] = await fixture.store.put([imposter], fixture.system.now());
    expect(rejected).toMatchObject({ alert: imposter, message: expect.stringContaining('same fingerprint') });
    expect(fixture.get('Down')?.labels).toEqual({ alertname: 'Down' });
  });

  test('takes the good alerts of a batch whatever is wrong with others', async () => {
    const fixture = new Fixture({ perAlertnameLimit: 1 });
    const batch = ['1', '2'].map((instance) => fixture.alert({ alertname: 'Down', instance }));
    const rejected = await fixture.store.put([...batch, fixture.alert({ alertname: 'Slow' })], fixture.system.now());
    expect(rejected.map(({ alert }) => alert)).toEqual([batch[1]]);
    expect(fixture.store.size).toBe(2);
  });

  test('made after the wall clock was set back is younger all the same', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    fixture.system.jumpWallClock(-60 * MINUTE_MS);
    await fixture.post('Down', { annotations: { summary: 'new' } });
    expect(fixture.get('Down')?.annotations).toEqual({ summary: 'new' });
  });
});

describe('on disk', () => {
  test('a new alert and its end are there when the post is answered', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.restart();
    expect(fixture.minutesLeft('Down')).toBeGreaterThan(0);
    await fixture.end('Down');
    await fixture.restart();
    expect(fixture.minutesLeft('Down')).toBeLessThanOrEqual(0);
  });

  test('a mere refresh is not written', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    const before = await fixture.memory.store.entries();
    await fixture.system.advance(MINUTE_MS);
    await fixture.post('Down', { startsAtMs: fixture.get('Down')?.startsAtMs ?? 0 });
    await fixture.system.settle();
    expect(await fixture.memory.store.entries()).toEqual(before);
  });

  test.each<[string, Partial<Alert>]>([
    ['other words', { annotations: { summary: 'other' } }],
    ['another generatorURL', { generatorURL: 'http://prometheus.test/' }],
    ['an earlier start', { startsAtMs: 1 }],
    ['another end than the last time', { endsAtMs: 8.64e15, timeout: false }],
  ])('a refresh with %s is', async (_, fields) => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.post('Down', fields);
    await fixture.system.settle();
    await fixture.restart();
    expect(fixture.get('Down')).toMatchObject(fields);
  });

  test('a record that is no alert is left out, and the others stand', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    const whole = JSON.stringify(fixture.get('Down'));
    for (const [key, text] of [
      ['1', 'not json'],
      ['2', 'null'],
      ['3', whole.replace('"labels":{"alertname":"Down"}', '"labels":null')],
      ['4', whole.replace('"annotations":{}', '"annotations":[]')],
      ['5', whole.replace(/"startsAtMs":\d+/, '"startsAtMs":null')],
    ] as const) {
      await fixture.memory.store.store.put(`alerts/${key}`, text);
    }
    await fixture.restart();
    expect(fixture.store.size).toBe(1);
    expect(fixture.get('Down')).toBeDefined();
  });
});

describe('a lease', () => {
  test('is given at a start to what fires, and to what ran out meanwhile', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(60 * MINUTE_MS);
    await fixture.restart();
    expect(fixture.minutesLeft('Down')).toBe(5);
  });

  test('is as long as the checker asked for, if that is longer than resolve_timeout', async () => {
    const fixture = new Fixture();
    const { wallMs } = fixture.system.now();
    await fixture.post('Long', { endsAtMs: wallMs + 20 * MINUTE_MS, timeout: false });
    await fixture.post('Short', { endsAtMs: wallMs + MINUTE_MS, timeout: false });
    await fixture.restart();
    expect([fixture.minutesLeft('Long'), fixture.minutesLeft('Short')]).toEqual([20, 5]);
  });

  test('does not grow with each disturbance', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    for (let stalls = 0; stalls < 5; stalls++) {
      await fixture.system.advance(2 * MINUTE_MS);
      await fixture.disturb('stall');
      expect(fixture.minutesLeft('Down')).toBe(5);
      await fixture.post('Down');
    }
  });

  test('comes once, until the checker speaks again: then only the time lost is given back', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(4 * MINUTE_MS);
    await fixture.disturb('stall');
    expect(fixture.minutesLeft('Down')).toBe(5);
    await fixture.system.advance(4 * MINUTE_MS);
    await fixture.disturb('stall', MINUTE_MS);
    expect(fixture.minutesLeft('Down')).toBe(1);
    await fixture.system.advance(4 * MINUTE_MS);
    await fixture.disturb('stall', MINUTE_MS);
    expect(fixture.minutesLeft('Down')).toBeLessThanOrEqual(0);
  });

  test('is not given by a stall to what had run out before it', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(6 * MINUTE_MS);
    await fixture.disturb('stall', 1_000);
    expect(fixture.minutesLeft('Down')).toBeLessThanOrEqual(0);
  });

  test('shortens nothing', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.post('Down', { endsAtMs: fixture.system.now().wallMs + 60 * MINUTE_MS, timeout: false });
    await fixture.disturb('clock jump', -10 * MINUTE_MS);
    expect(fixture.minutesLeft('Down')).toBe(70);
  });

  test('ends with the word of the checker', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.disturb('stall');
    await fixture.end('Down');
    await fixture.disturb('stall');
    expect(fixture.minutesLeft('Down')).toBe(0);
  });

  test('is not given to what ran out and was acted upon, not even after a restart', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(RESOLVE_TIMEOUT_MS);
    fixture.store.confirmEnded([...fixture.store.values()]);
    await fixture.system.settle();
    await fixture.disturb('stall');
    await fixture.restart();
    expect(fixture.minutesLeft('Down')).toBe(0);
  });

  test('is given to what was refreshed between running out and being acted upon', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.system.advance(RESOLVE_TIMEOUT_MS);
    const seen = [...fixture.store.values()];
    await fixture.post('Down');
    fixture.store.confirmEnded(seen);
    expect(fixture.minutesLeft('Down')).toBe(5);
  });

  test('is not what brings an ended alert to life when the wall clock is set back', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.end('Down');
    await fixture.disturb('clock jump', -60 * MINUTE_MS);
    expect(fixture.minutesLeft('Down')).toBe(0);
    await fixture.restart();
    expect(fixture.minutesLeft('Down')).toBe(0);
  });

  test('follows a new resolve_timeout', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    fixture.store.setResolveTimeout(9 * MINUTE_MS);
    await fixture.disturb('stall');
    expect(fixture.minutesLeft('Down')).toBe(9);
  });
});

test('a post that was read before its alert ran out, and is put after that was acted upon, is news', async () => {
  const fixture = new Fixture();
  await fixture.post('Down');
  await fixture.system.advance(RESOLVE_TIMEOUT_MS - 10);
  const read = fixture.alert({ alertname: 'Down' });
  const readAt = fixture.system.now();
  await fixture.system.advance(100);
  fixture.store.confirmEnded([...fixture.store.values()]);
  await fixture.store.put([read], readAt);
  expect(fixture.heard).toEqual(['Down new', 'Down firing again']);
});

describe('collecting garbage', () => {
  const holdsNothing = () => false;

  test('forgets what is over, in memory and on disk', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.post('Slow');
    await fixture.end('Down');
    await fixture.store.collectGarbage(fixture.system.now(), holdsNothing);
    expect(fixture.heard.at(-1)).toBe('Down removed');
    expect(fixture.store.size).toBe(1);
    await fixture.restart();
    expect(fixture.store.size).toBe(1);
  });

  test('keeps what somebody holds', async () => {
    const fixture = new Fixture();
    await fixture.post('Down');
    await fixture.end('Down');
    await fixture.store.collectGarbage(fixture.system.now(), (held) => held === fingerprint({ alertname: 'Down' }));
    expect(fixture.store.size).toBe(1);
  });

  test('makes room under the limit per alertname', async () => {
    const fixture = new Fixture({ perAlertnameLimit: 1 });
    await fixture.post('Down');
    await fixture.end('Down');
    await fixture.store.collectGarbage(fixture.system.now(), holdsNothing);
    expect(await fixture.post('Down')).toEqual([]);
    expect(isResolved(fixture.get('Down') as Alert, fixture.system.now().wallMs)).toBe(false);
  });
});
