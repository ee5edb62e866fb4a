/** Where a receiver tells is known by its destination, not by its place in a list. */
import { describe, expect, test } from 'vitest';
import { defaultReceiverDefaults } from '../receivers/defaults.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import type { Config } from './config/config.ts';
import { buildConfigured } from './configured.ts';
import { HealthBook } from './notify/place-health.ts';

const config: Config = {
  global: { resolveTimeoutMs: 300_000, receiverDefaults: defaultReceiverDefaults },
  route: {
    receiver: 'team',
    groupBy: undefined,
    groupWaitMs: undefined,
    groupIntervalMs: undefined,
    repeatIntervalMs: undefined,
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
    routes: [],
  },
  receivers: [],
  inhibitRules: [],
  timeIntervals: new Map(),
  templates: [],
  shown: '',
  hash: '',
};

const closed: string[] = [];

function receiver(destination: string, integration = 'webhook'): Receiver {
  return {
    integration,
    sendResolved: true,
    destination,
    attemptTimeoutMs: 1,
    send: async () => ({ kind: 'sent' }),
    close: async () => void closed.push(destination),
  };
}

function configured(receivers: Record<string, Receiver[]>) {
  return buildConfigured(
    {
      system: new VirtualSystem(),
      createReceivers: () => new Map(Object.entries(receivers)),
      renderRouteLabels: (labels) => labels,
      health: new HealthBook(),
    },
    { config, externalURL: () => '' },
  );
}

/** The keys of receiver `team`, by destination. */
function keys(...receivers: Receiver[]): [string, string][] {
  const targets = configured({ team: receivers }).pipeline.targets.get('team') ?? [];
  return targets.map(({ key, receiver: { destination } }) => [destination, key]);
}

describe('the key of a place', () => {
  test('does not depend on the order', () => {
    expect(keys(receiver('b'), receiver('a'))).toEqual(keys(receiver('a'), receiver('b')).toReversed());
  });

  test('differs by destination, integration and receiver', () => {
    const { targets } = configured({
      team: [receiver('a'), receiver('b'), receiver('a', 'email')],
      others: [receiver('a')],
    }).pipeline;
    expect(new Set([...targets.values()].flat().map(({ key }) => key)).size).toBe(4);
  });

  test('of a destination listed twice is counted through', () => {
    const [[, first] = [], [, second] = []] = keys(receiver('a'), receiver('a'));
    expect(second).toBe(`${first}#1`);
  });

  test('shows nothing of the destination', () => {
    expect(keys(receiver('http://user:password@team.test/'))[0]?.[1]).not.toMatch(/user|password|team\.test/);
  });
});

test('closing it closes every receiver', async () => {
  await configured({ team: [receiver('a'), receiver('b')], others: [receiver('c')] }).close();
  expect(closed).toEqual(['a', 'b', 'c']);
});
