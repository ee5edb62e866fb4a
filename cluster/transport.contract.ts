/**
 * What every Transport promises, as tests: a network passes them by giving a stage on which nodes are linked and parted.
 * Nothing here knows how time passes; the stage waits for conditions in its own way.
 */
import { describe, expect, test } from 'vitest';
import {
  LARGEST_MESSAGE_BYTES,
  type NodeId,
  RequestError,
  type Transport,
  type TransportHandlers,
} from './transport.ts';

export interface TransportStage extends AsyncDisposable {
  /** A node that has not been started and is linked to nobody. Its id is up to the network. */
  join(): Promise<Transport>;
  /** Has the two linked, and keeps them so. May be called before they have started. */
  connect(one: Transport, two: Transport): Promise<void>;
  /** Closes the link, which both can see, and keeps it closed until they are connected again. */
  cut(one: Transport, two: Transport): Promise<void>;
  /** Lets time pass until it is so; fails with what was waited for if that takes too long. */
  until(isSo: () => boolean, what: string): Promise<void>;
  /** Lets so much time pass that whatever is on its way has arrived. */
  quiet(): Promise<void>;
}

/** A node on the stage, and what it has heard. */
class Actor {
  readonly transport: Transport;
  readonly heard: { readonly origin: NodeId; readonly text: string }[] = [];
  readonly linkChanges: string[] = [];
  /** What a request is answered with; by default the request in capitals. */
  answer: (from: NodeId, bytes: Uint8Array) => Promise<Uint8Array> = async (_, bytes) =>
    encode(decode(bytes).toUpperCase());

  constructor(transport: Transport) {
    this.transport = transport;
  }

  get id(): NodeId {
    return this.transport.self;
  }

  texts(): string[] {
    return this.heard.map(({ text }) => text);
  }

  handlers(): TransportHandlers {
    return {
      onBroadcast: (origin, bytes) => void this.heard.push({ origin, text: decode(bytes) }),
      onRequest: (from, bytes) => this.answer(from, bytes),
      onLinkChange: (peer, change) => {
        const isPeer = this.transport.peers().includes(peer);
        this.linkChanges.push(`${peer} ${change}, ${isPeer ? 'a peer' : 'no peer'}`);
      },
    };
  }

  ask(other: Actor, text: string, signal: AbortSignal = new AbortController().signal): Promise<string> {
    return this.transport.request(other.id, encode(text), { signal }).then(decode);
  }
}

class Play {
  readonly #stage: TransportStage;

  constructor(stage: TransportStage) {
    this.#stage = stage;
  }

  async actors(count: number): Promise<Actor[]> {
    const actors: Actor[] = [];
    for (let index = 0; index < count; index += 1) {
      const actor = new Actor(await this.#stage.join());
      await actor.transport.start(actor.handlers());
      actors.push(actor);
    }
    return actors;
  }

  async link(...[one, two, ...more]: Actor[]): Promise<void> {
    if (!one || !two) return;
    await this.#stage.connect(one.transport, two.transport);
    await this.until(() => isLinked(one, two) && isLinked(two, one), 'a link');
    await this.link(two, ...more);
  }

  async cut(one: Actor, two: Actor): Promise<void> {
    await this.#stage.cut(one.transport, two.transport);
    await this.until(() => !isLinked(one, two) && !isLinked(two, one), 'a closed link');
  }

  /** A link may be up before broadcasts find their way over it. */
  async ready(from: Actor, to: Actor): Promise<void> {
    await this.until(() => {
      from.transport.broadcast(encode('ready?'));
      return to.texts().includes('ready?');
    }, 'a first broadcast');
    await this.#stage.quiet();
    for (const actor of [from, to]) actor.heard.length = 0;
  }

  until(isSo: () => boolean, what: string): Promise<void> {
    return this.#stage.until(isSo, what);
  }

  quiet(): Promise<void> {
    return this.#stage.quiet();
  }

  /** What became of a promise, time passing while it is awaited. */
  async outcome<Value>(promise: Promise<Value>): Promise<Value | Error> {
    let outcome: Value | Error | undefined;
    promise.then(
      (value) => {
        outcome = value;
      },
      (error) => {
        outcome = error;
      },
    );
    await this.until(() => outcome !== undefined, 'an answer or a failure');
    return outcome as Value | Error;
  }
}

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const isLinked = (one: Actor, two: Actor) => one.transport.peers().includes(two.id);
const never = () => new Promise<Uint8Array>(() => undefined);

export function describeTransport(name: string, beginStage: () => Promise<TransportStage>): void {
  const play = (title: string, actors: number, story: (play: Play, actors: Required<Cast>) => Promise<void>) =>
    test(title, async () => {
      await using stage = await beginStage();
      const scene = new Play(stage);
      const [a, b, c] = await scene.actors(actors);
      // Whoever a story has no use for is never looked at.
      await story(scene, { a, b, c } as Required<Cast>);
    });

  describe(`${name}: a broadcast`, () => {
    play('reaches a direct peer in its origin’s name, and not its origin', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      await scene.ready(a, b);
      a.transport.broadcast(encode('hello'));
      await scene.until(() => b.heard.length > 0, 'a broadcast');
      await scene.quiet();
      expect([a.heard, b.heard]).toEqual([[], [{ origin: a.id, text: 'hello' }]]);
    });

    play('reaches through others whom its origin has no link to', 3, async (scene, { a, b, c }) => {
      await scene.link(a, b, c);
      await scene.ready(a, c);
      a.transport.broadcast(encode('far'));
      await scene.until(() => c.heard.length > 0, 'a relayed broadcast');
      expect(c.heard).toEqual([{ origin: a.id, text: 'far' }]);
      expect(isLinked(a, c)).toBe(false);
    });

    play('is heard once, however many ways lead there', 3, async (scene, { a, b, c }) => {
      await scene.link(a, b, c, a);
      await scene.ready(a, b);
      await scene.ready(a, c);
      b.heard.length = 0;
      a.transport.broadcast(encode('once'));
      await scene.until(() => b.heard.length > 0 && c.heard.length > 0, 'a broadcast');
      await scene.quiet();
      expect([b.texts(), c.texts()]).toEqual([['once'], ['once']]);
    });

    play('of the same bytes is another broadcast', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      await scene.ready(a, b);
      a.transport.broadcast(encode('again'));
      a.transport.broadcast(encode('again'));
      await scene.until(() => b.heard.length >= 2, 'both broadcasts');
      expect(b.texts()).toEqual(['again', 'again']);
    });

    play('with nobody there is no error', 1, async (scene, { a }) => {
      a.transport.broadcast(encode('anybody?'));
      await scene.quiet();
      expect(a.heard).toEqual([]);
    });

    play('of the largest size arrives, a larger one is refused', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      await scene.ready(a, b);
      expect(() => a.transport.broadcast(new Uint8Array(LARGEST_MESSAGE_BYTES + 1))).toThrow(RangeError);
      a.transport.broadcast(new Uint8Array(LARGEST_MESSAGE_BYTES).fill(65));
      await scene.until(() => b.heard.length > 0, 'the largest broadcast');
      expect(b.texts().map(({ length }) => length)).toEqual([LARGEST_MESSAGE_BYTES]);
    });
  });

  describe(`${name}: a request`, () => {
    play('is answered, and says who asks', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      const askers: NodeId[] = [];
      b.answer = async (from) => {
        askers.push(from);
        return encode('answer');
      };
      expect(await scene.outcome(a.ask(b, 'question'))).toBe('answer');
      expect(askers).toEqual([a.id]);
    });

    play('gets its own answer, whatever else is asked meanwhile and in both directions', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      const answers: (() => void)[] = [];
      b.answer = (_, bytes) => new Promise((resolve) => answers.push(() => resolve(encode(`b: ${decode(bytes)}`))));
      const asked = Promise.all([a.ask(b, 'one'), a.ask(b, 'two'), b.ask(a, 'three')]);
      await scene.until(() => answers.length === 2, 'both questions');
      for (const answer of answers.toReversed()) answer();
      expect(await scene.outcome(asked)).toEqual(['b: one', 'b: two', 'THREE']);
    });

    play('of the largest size is answered with as much', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      const text = 'x'.repeat(LARGEST_MESSAGE_BYTES);
      expect(await scene.outcome(a.ask(b, text))).toBe(text.toUpperCase());
      expect(await scene.outcome(a.ask(b, `${text}x`))).toBeInstanceOf(RangeError);
    });

    play('may be answered with nothing', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      b.answer = async () => new Uint8Array();
      expect(await scene.outcome(a.ask(b, ''))).toBe('');
    });

    play('is not relayed', 3, async (scene, { a, b, c }) => {
      await scene.link(a, b, c);
      expect(await scene.outcome(a.ask(c, 'question'))).toBeInstanceOf(RequestError);
    });

    play('fails without the reason if the peer fails, or answers too much', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      b.answer = async () => Promise.reject(new Error('a secret reason'));
      const failed = await scene.outcome(a.ask(b, 'question'));
      expect(failed).toBeInstanceOf(RequestError);
      expect(String(failed)).not.toContain('secret');
      b.answer = async () => new Uint8Array(LARGEST_MESSAGE_BYTES + 1);
      expect(await scene.outcome(a.ask(b, 'question'))).toBeInstanceOf(RequestError);
      b.answer = async () => encode('well again');
      expect(await scene.outcome(a.ask(b, 'question'))).toBe('well again');
    });

    play('ends with the signal’s reason', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      b.answer = never;
      const controller = new AbortController();
      const asked = a.ask(b, 'question', controller.signal);
      const reason = new Error('no time left');
      controller.abort(reason);
      expect(await scene.outcome(asked)).toBe(reason);
      expect(await scene.outcome(a.ask(b, 'question', controller.signal))).toBe(reason);
    });

    play('fails when the link closes', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      let isAsked = false;
      b.answer = () => {
        isAsked = true;
        return never();
      };
      const asked = a.ask(b, 'question').catch((error: unknown) => error);
      await scene.until(() => isAsked, 'the question');
      await scene.cut(a, b);
      expect(await scene.outcome(asked)).toBeInstanceOf(RequestError);
    });
  });

  describe(`${name}: a link`, () => {
    play('is told to both ends, who then have each other as peers', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      expect([a.transport.peers(), b.transport.peers()]).toEqual([[b.id], [a.id]]);
      await scene.until(() => a.linkChanges.length > 0 && b.linkChanges.length > 0, 'the word of it');
      expect([a.linkChanges, b.linkChanges]).toEqual([[`${b.id} up, a peer`], [`${a.id} up, a peer`]]);
    });

    play('that closes is told to both ends, and can come up again', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      await scene.cut(a, b);
      await scene.until(() => a.linkChanges.length >= 2 && b.linkChanges.length >= 2, 'the word of it');
      expect([a.linkChanges[1], b.linkChanges[1]]).toEqual([`${b.id} closed, no peer`, `${a.id} closed, no peer`]);
      await scene.link(a, b);
      expect(await scene.outcome(a.ask(b, 'back?'))).toBe('BACK?');
      await scene.ready(a, b);
    });

    play('that closes leaves the way through others', 3, async (scene, { a, b, c }) => {
      await scene.link(a, b, c, a);
      await scene.cut(a, c);
      await scene.ready(a, c);
      a.transport.broadcast(encode('round about'));
      await scene.until(() => c.heard.length > 0, 'a relayed broadcast');
      expect(c.heard).toEqual([{ origin: a.id, text: 'round about' }]);
    });
  });

  describe(`${name}: a stop`, () => {
    play('closes the links, which the peers see', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      await a.transport.stop();
      await scene.until(() => b.transport.peers().length === 0, 'a closed link');
      expect(b.linkChanges.at(-1)).toBe(`${a.id} closed, no peer`);
    });

    play('fails what is under way, and what is asked later; a broadcast goes nowhere', 2, async (scene, { a, b }) => {
      await scene.link(a, b);
      b.answer = never;
      const asked = a.ask(b, 'question').catch((error: unknown) => error);
      await a.transport.stop();
      expect(await scene.outcome(asked)).toBeInstanceOf(RequestError);
      expect(await scene.outcome(a.ask(b, 'question'))).toBeInstanceOf(RequestError);
      a.transport.broadcast(encode('too late'));
      await scene.quiet();
      expect(b.heard).toEqual([]);
    });
  });
}

interface Cast {
  readonly a?: Actor;
  readonly b?: Actor;
  readonly c?: Actor;
}
