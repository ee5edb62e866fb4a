/** What the watch says, and when, about members that a test makes up. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MemberView } from '../cluster/member-view.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import type { Condition } from './alerts/self-alerts.ts';
import { ClusterWatch } from './cluster-watch.ts';
import type { Now } from './model/now.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

class Stage {
  readonly system = new VirtualSystem();
  readonly said: string[] = [];
  readonly words: string[] = [];
  line = ['a', 'b', 'c'];
  clusterOffsetMs = 0;
  readonly members = new Map(['a', 'b', 'c'].map((id) => [id, member(id)]));
  #onChange = () => {};
  readonly #beganMs = this.system.now().monotonicMs;
  readonly watch = new ClusterWatch({
    system: this.system,
    cluster: {
      self: 'a',
      members: () => [...this.members.values()],
      line: () => this.line,
      membership: { clusterNow: (now: Now) => ({ ...now, wallMs: now.wallMs + this.clusterOffsetMs }) } as never,
      onChange: (listener) => {
        this.#onChange = listener;
        return () => {};
      },
    },
    selfAlerts: {
      raise: (condition) => this.#say('raised', condition),
      clear: (condition) => this.#say('cleared', condition),
      handOver: (condition) => this.#say('left to another', condition),
    },
  });

  set(id: string, fields: Partial<MemberView>): void {
    this.members.set(id, { ...(this.members.get(id) ?? member(id)), ...fields });
  }

  /** As when a verdict changes. */
  changes(): void {
    this.#onChange();
  }

  passes(ms: number): Promise<void> {
    return this.system.advance(ms);
  }

  /** Each only once in a row: what stands is said again and again. */
  #say(what: string, condition: Condition): void {
    const about = Object.entries(condition.about ?? {}).map(([name, value]) => ` ${name}=${value}`);
    const text = `${what} ${condition.alertname}${about.join('')}`;
    this.words.push(condition.description);
    if (this.said.at(-1)?.endsWith(text)) return;
    const atMs = this.system.now().monotonicMs - this.#beganMs;
    this.said.push(`${Math.round(atMs / SECOND_MS)} s: ${text}`);
  }
}

function member(id: string): MemberView {
  return {
    node: id,
    isSelf: id === 'a',
    isAlive: true,
    reason: 'heard',
    name: `host-${id}`,
    boot: '1',
    version: '1',
    address: undefined,
    url: undefined,
    configHash: 'same',
    rootHashes: {},
    isSettled: true,
    hasLeft: false,
    isCloned: false,
    heardAgoMs: 0,
    heardByAnyoneAgoMs: 0,
    clockOffsetMs: 0,
    links: [],
    hears: [],
  };
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.watch.start();
});

describe('configurations that differ', () => {
  test('for five minutes are told, by the names of those who have them, until they are the same', async () => {
    stage.set('c', { configHash: 'other' });
    await stage.passes(8 * MINUTE_MS);
    stage.set('c', { configHash: 'same' });
    await stage.passes(MINUTE_MS);
    expect(stage.said).toEqual(['305 s: raised TocsinConfigDiffers', '485 s: cleared TocsinConfigDiffers']);
    expect(stage.words[0]).toContain('host-a, host-b (same) / host-c (other)');
  });

  test('while one node is reloaded after the other are not', async () => {
    for (const id of ['a', 'b', 'c']) {
      stage.set(id, { configHash: 'new' });
      await stage.passes(2 * MINUTE_MS);
    }
    await stage.passes(10 * MINUTE_MS);
    expect(stage.said.filter((line) => line.includes('raised'))).toEqual([]);
  });

  test.each([
    ['one who is dead', { configHash: 'other', isAlive: false }],
    ['one who does not say what it has', { configHash: '' }],
  ])('are not those of %s', async (_, fields) => {
    stage.set('c', fields);
    await stage.passes(10 * MINUTE_MS);
    expect(stage.said).toEqual([]);
  });
});

describe('a clock', () => {
  test('that is wrong for a minute is told of, by the name of its node', async () => {
    stage.set('b', { clockOffsetMs: 3_000 });
    await stage.passes(2 * MINUTE_MS);
    stage.set('b', { clockOffsetMs: 0 });
    await stage.passes(MINUTE_MS);
    expect(stage.said).toEqual([
      '65 s: raised TocsinClockWrong instance=host-b member=b',
      '125 s: cleared TocsinClockWrong instance=host-b member=b',
    ]);
    expect(stage.words[0]).toContain('3 s ahead of');
  });

  test('is measured by the cluster’s, not by this node’s', async () => {
    stage.clusterOffsetMs = -3_000;
    for (const id of ['b', 'c']) stage.set(id, { clockOffsetMs: -3_000 });
    await stage.passes(2 * MINUTE_MS);
    expect(stage.said).toEqual(['65 s: raised TocsinClockWrong instance=host-a member=a']);
  });

  test('that is 2 s off, or of which nothing is known, is not told of', async () => {
    stage.set('b', { clockOffsetMs: -2_000 });
    stage.set('c', { clockOffsetMs: undefined });
    await stage.passes(10 * MINUTE_MS);
    expect(stage.said).toEqual([]);
  });
});

test('a copied data directory is told of at once', () => {
  stage.set('c', { isCloned: true });
  stage.changes();
  expect(stage.said).toEqual(['0 s: raised TocsinMemberCloned instance=c member=c']);
});

test('two of one id that push each other out of sight are one trouble, over a minute after the last sight of both', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    stage.set('c', { isCloned: turn % 2 === 0 });
    stage.changes();
    await stage.passes(20 * SECOND_MS);
  }
  await stage.passes(2 * MINUTE_MS);
  expect(stage.said).toEqual([
    '0 s: raised TocsinMemberCloned instance=c member=c',
    '240 s: cleared TocsinMemberCloned instance=c member=c',
  ]);
});

describe('of several nodes', () => {
  test('only the first in the line speaks', async () => {
    stage.line = ['b', 'a', 'c'];
    stage.set('c', { isCloned: true });
    await stage.passes(MINUTE_MS);
    stage.set('c', { isCloned: false });
    await stage.passes(MINUTE_MS);
    expect(stage.said).toEqual(['5 s: left to another TocsinMemberCloned instance=c member=c']);
  });

  test('the next one takes over, without waiting again', async () => {
    stage.line = ['b', 'a', 'c'];
    stage.set('c', { configHash: 'other' });
    await stage.passes(6 * MINUTE_MS);
    stage.line = ['a', 'c'];
    stage.changes();
    expect(stage.said.at(-1)).toBe('360 s: raised TocsinConfigDiffers');
  });

  test('one that gets another name meanwhile stays the one it began with', async () => {
    stage.set('b', { clockOffsetMs: 3_000 });
    await stage.passes(2 * MINUTE_MS);
    stage.set('b', { name: 'renamed' });
    await stage.passes(2 * MINUTE_MS);
    expect(stage.said).toEqual(['65 s: raised TocsinClockWrong instance=host-b member=b']);
  });
});

test('a watch that was stopped says nothing', async () => {
  stage.watch.stop();
  stage.set('b', { clockOffsetMs: 3_000 });
  await stage.passes(10 * MINUTE_MS);
  expect(stage.said).toEqual([]);
});
