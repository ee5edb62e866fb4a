/** Those who watch: what they are told, how often, and what becomes of those who come back or do not read. */
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { EventHub } from './event-hub.ts';
import { LiveFeed, type LiveFeedOptions } from './live-feed.ts';

class Stage {
  readonly system = new VirtualSystem();
  readonly feed: LiveFeed;
  readonly hub: EventHub;

  constructor(options: Partial<LiveFeedOptions> = {}) {
    const { system } = this;
    const wallMs = () => system.now().wallMs;
    this.feed = new LiveFeed({ system, wallMs }, { node: 'a', boot: 'b0', version: '1', ...options });
    this.hub = new EventHub({ system, logger: silentLogger, now: () => system.now() }, { node: 'a', boot: 'b0' });
    this.hub.addTaker(this.feed);
  }

  watch(lastEventId?: string): Watcher {
    const stream = this.feed.open(lastEventId);
    if (typeof stream === 'string') throw new Error(stream);
    return new Watcher(this.system, stream.getReader());
  }

  alert(fingerprint: string, labels: Record<string, string> = {}): void {
    this.hub.note('alert', () => ({ kind: 'alert', change: 'new', fingerprint, labels, from: 'this node' }));
  }
}

interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly [key: string]: unknown };
}

class Watcher {
  readonly frames: Frame[] = [];
  end: 'open' | 'ended' | 'cut' = 'open';
  readonly #system: VirtualSystem;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(system: VirtualSystem, reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#system = system;
    this.#reader = reader;
  }

  /** Reads for so long. */
  async reads(forMs: number): Promise<this> {
    void this.#read();
    await this.#system.advance(forMs);
    return this;
  }

  async leaves(): Promise<void> {
    await this.#reader.cancel();
  }

  /** `hello`, `new x`, `changed alerts` … */
  get heard(): string[] {
    return this.frames.map(({ event, data }) => {
      if (event === 'changed') return `changed ${(data.topics as string[]).join(' ')}`;
      if (data.kind === 'alert') return `${data.change} ${data.fingerprint}`;
      return data.kind === 'gap' ? `gap of ${data.events}` : event;
    });
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        for (const text of new TextDecoder().decode(value).split('\n\n'))
          if (text !== '') this.frames.push(frameOf(text));
      }
      this.end = 'ended';
    } catch {
      this.end = 'cut';
    }
  }
}

function frameOf(text: string): Frame {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
}

describe('a stream', () => {
  test('says hello, what happens, and what changed; and beats', async () => {
    const stage = new Stage();
    const watcher = await stage.watch().reads(1);
    stage.alert('x');
    stage.hub.changed('alerts');
    stage.hub.changed('silences', 'alerts');
    await watcher.reads(6_000);
    expect(watcher.heard).toEqual(['hello', 'new x', 'changed alerts silences', 'beat']);
    expect(watcher.frames[0]?.data).toMatchObject({ node: 'a', version: '1', boot: 'b0' });
    expect(watcher.frames[1]).toMatchObject({
      id: 'b0-1',
      data: { id: 'b0-1', node: 'a', at: '2026-01-05T12:00:00.001Z' },
    });
  });

  test('tells of changes four times a second at most', async () => {
    const stage = new Stage();
    const watcher = await stage.watch().reads(1);
    for (let ms = 0; ms < 1_000; ms += 10) {
      stage.hub.changed('alerts');
      await watcher.reads(10);
    }
    expect(watcher.heard.filter((text) => text === 'changed alerts').length).toBeLessThanOrEqual(4);
  });

  test('that was cut goes on where it was, and asks anew for what is shown', async () => {
    const stage = new Stage();
    const first = await stage.watch().reads(1);
    stage.alert('x');
    await first.reads(100);
    await first.leaves();
    stage.alert('y');
    stage.alert('z');
    const second = await stage.watch('b0-1').reads(100);
    expect(second.heard).toEqual(['hello', 'new y', 'new z', expect.stringContaining('changed alerts')]);
  });

  test.each(['b0-1', 'b0-77', 'other-3', '3', 'b0-', ''])(
    'that comes back with %o is told to begin anew',
    async (id) => {
      const stage = new Stage({ ring: { mostFrames: 2 } });
      for (const name of ['v', 'w', 'x', 'y', 'z']) stage.alert(name);
      expect((await stage.watch(id).reads(100)).heard).toEqual(['hello', 'reset']);
    },
  );

  test('of which nobody reads is cut once what it missed is forgotten', async () => {
    const stage = new Stage({ ring: { mostFrames: 3 } });
    const watcher = stage.watch();
    for (let number = 0; number < 5; number++) {
      stage.alert(`${number}`);
      await stage.system.advance(100);
    }
    expect(stage.feed.streamCount).toBe(0);
    expect((await watcher.reads(1)).end).toBe('cut');
  });

  test('of which nobody reads is cut after a minute, though nothing happens', async () => {
    const stage = new Stage();
    stage.watch();
    await stage.system.advance(70_000);
    expect(stage.feed.streamCount).toBe(0);
  });

  test('ends when the node stops, and there are no further ones', async () => {
    const stage = new Stage();
    const watcher = await stage.watch().reads(1);
    stage.hub.note('node', () => ({ kind: 'node', change: 'stopping', message: '' }));
    stage.feed.stop();
    expect((await watcher.reads(1)).end).toBe('ended');
    expect(watcher.heard).toEqual(['hello', 'happened']);
    expect(stage.feed.open(undefined)).toBe('stopping');
    expect(stage.system.pendingTimers).toBe(0);
  });

  test('of which nobody reads does not hold up the stop', async () => {
    const stage = new Stage({ ring: { mostFrames: 2 } });
    const deaf = stage.feed.open(undefined);
    const watcher = stage.watch();
    for (const name of ['x', 'y', 'z', 'u']) stage.alert(name);
    stage.feed.stop();
    await watcher.reads(100);
    expect([typeof deaf, stage.feed.streamCount, stage.feed.open(undefined)]).toEqual(['object', 0, 'stopping']);
  });

  test('is refused beyond the bound', async () => {
    const stage = new Stage({ mostStreams: 2 });
    const first = await stage.watch().reads(1);
    stage.watch();
    expect(stage.feed.open(undefined)).toBe('full');
    await first.leaves();
    expect(stage.feed.open(undefined)).not.toBe('full');
  });
});

test('a burst of alerts is told as a gap, and changes and what tells of people get through', async () => {
  const stage = new Stage();
  const watcher = await stage.watch().reads(1);
  for (let number = 0; number < 100_000; number++) {
    stage.alert(`${number}`);
    stage.hub.changed('alerts');
  }
  stage.hub.note('node', () => ({ kind: 'node', change: 'started', message: '' }));
  await watcher.reads(2_000);
  const told = watcher.heard.filter((text) => text.startsWith('new'));
  expect(told).toHaveLength(200);
  expect(watcher.heard.slice(201)).toEqual(['happened', 'changed alerts', 'gap of 99800']);
});

test('an event that cannot be made harms nobody', () => {
  const stage = new Stage();
  stage.hub.note('alert', () => {
    throw new Error('broken');
  });
});
