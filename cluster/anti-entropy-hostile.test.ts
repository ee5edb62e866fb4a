import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { type AskPeer, ExchangeError } from './anti-entropy-exchange.ts';
import { ProtocolError } from './anti-entropy-messages.ts';
import { bucketOf, hash64 } from './record-hash.ts';
import { TestNode } from './testing/synced-registers.ts';
import { encodeMessage } from './wire.ts';

let system: VirtualSystem;
let here: TestNode;
let there: TestNode;

beforeEach(() => {
  system = new VirtualSystem();
  here = new TestNode(system, 'here');
  there = new TestNode(system, 'there');
  here.write('ours', 'x');
  there.write('theirs', 'x');
});

const HASH = 'AAAAAAAAAAA';
const RECORD = { version: '1@there.1', content: 'x', ageMs: 0 };

/** The peer as it is, but for one kind of answer. */
function lying(
  ask: string,
  lie: (truth: Record<string, unknown>, question: Record<string, unknown>) => unknown,
): AskPeer {
  const honest = here.asking(there);
  return async (body, options) => {
    const answer = await honest(body, options);
    return 'ask' in body && body.ask === ask
      ? lie(answer as Record<string, unknown>, body as Record<string, unknown>)
      : answer;
  };
}

async function faultOf(exchange: Promise<unknown>): Promise<ExchangeError> {
  const error = await exchange.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ExchangeError);
  return error as ExchangeError;
}

/** A key in some bucket other than that of `key`. */
function elsewhere(key: string): string {
  const bucket = bucketOf(hash64(key));
  for (let index = 0; ; index += 1) if (bucketOf(hash64(`${index}`)) !== bucket) return `${index}`;
}

describe('an answer is refused, and the exchange ends,', () => {
  test.each<[what: string, ask: string, lie: Parameters<typeof lying>[1]]>([
    ['that is nothing', 'buckets', () => undefined],
    ['that is a text', 'buckets', () => 'maps'],
    ['that is a list', 'buckets', () => []],
    ['without its fields', 'buckets', () => ({})],
    ['with bucket hashes too few', 'buckets', () => ({ maps: [['texts', HASH]] })],
    ['with numbers for hashes', 'buckets', () => ({ maps: [['texts', 7]] })],
    ['with more maps than were asked for', 'buckets', ({ maps }) => ({ maps: Array(9).fill((maps as unknown[])[0]) })],
    ['with keys that are no texts', 'keys', () => ({ keys: [[7, HASH]], more: false })],
    ['with keys too long', 'keys', () => ({ keys: [['k'.repeat(20_000), HASH]], more: false })],
    ['with keys that are no list', 'keys', () => ({ keys: { length: 1e9 }, more: false })],
    ['with keys without end', 'keys', () => ({ keys: Array(100_000).fill(['a', HASH]), more: false })],
    [
      'with a key of another bucket',
      'keys',
      ({ keys }) => ({ keys: [...(keys as unknown[]), [elsewhere('theirs'), HASH]].reverse(), more: false }),
    ],
    [
      'with the same key twice',
      'keys',
      ({ keys }) => ({ keys: [...(keys as unknown[]), ...(keys as unknown[])], more: false }),
    ],
    [
      'with the same page again and again',
      'keys',
      () => ({ keys: [['ours', here.map.hashes.hashOf('ours', system.now())]], more: true }),
    ],
    ['that has more, but lists nothing', 'keys', () => ({ keys: [], more: true })],
    [
      'with records that were not asked for',
      'records',
      () => ({ answered: 1, records: [['ours', RECORD]], large: [], tooLarge: [] }),
    ],
    [
      'with a record twice',
      'records',
      ({ records }) => ({
        answered: 1,
        records: [...(records as unknown[]), ...(records as unknown[])],
        large: [],
        tooLarge: [],
      }),
    ],
    ['that answers no key', 'records', () => ({ answered: 0, records: [], large: [], tooLarge: [] })],
    [
      'that answers more keys than were asked for',
      'records',
      () => ({ answered: 2, records: [], large: [], tooLarge: [] }),
    ],
    ['that counts in fractions', 'records', () => ({ answered: 0.5, records: [], large: [], tooLarge: [] })],
    [
      'that refers to other large records',
      'records',
      () => ({ answered: 1, records: [], large: ['ours'], tooLarge: [] }),
    ],
    ['that merged more than it was given', 'merge', () => ({ changed: 2, refused: 0 })],
    ['that merged less than nothing', 'merge', () => ({ changed: -1, refused: 0 })],
  ])('%s', async (_, ask, lie) => {
    const { fault, cause } = await faultOf(here.exchange(lying(ask, lie)));
    expect([fault, cause]).toEqual(['broken answer', expect.any(ProtocolError)]);
    expect([...here.map.hashes.keys()].filter((key) => key !== 'theirs')).toEqual(['ours']);
    expect(system.pendingTimers).toBe(0);
  });
});

describe('a record in parts is refused', () => {
  const whole = { bytes: 40_000, hash: HASH, asOf: [0, 0] };
  const message = Buffer.from(encodeMessage('record', { record: RECORD }));
  const part = (fields: object) => () => ({
    part: { ...whole, data: Buffer.alloc(22_528).toString('base64'), ...fields },
  });

  test.each<[what: string, lie: Parameters<typeof lying>[1]]>([
    ['that is larger than any', part({ bytes: 10_000_000 })],
    ['that comes byte by byte', part({ data: 'AA==' })],
    ['that is not in base64', part({ data: '\u{1f600}' })],
    ['that goes on beyond its end', part({ bytes: 100 })],
    ['whose parts are not the whole', part({})],
    ['that is not what it was said to be', part({ data: message.toString('base64'), bytes: message.length })],
    ['that brings nothing', part({ data: '' })],
  ])('%s', async (_, lie) => {
    there.write('theirs', 'x'.repeat(40_000));
    expect((await faultOf(here.exchange(lying('part', lie)))).fault).toBe('broken answer');
    expect(here.map.text('theirs')).toBeUndefined();
  });

  test('that nests deeper than any message', async () => {
    there.write('theirs', 'x'.repeat(40_000));
    const message = `\u0001{"kind":"record","record":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
    const { high, low } = hash64(message);
    const hash = Buffer.alloc(8);
    hash.writeUInt32BE(high);
    hash.writeUInt32BE(low, 4);
    const data = Buffer.from(message).toString('base64');
    const lie = () => ({ part: { data, bytes: message.length, hash: hash.toString('base64url'), asOf: [0, 0] } });
    const { fault, cause } = await faultOf(here.exchange(lying('part', lie)));
    expect([fault, (cause as Error).message]).toEqual(['broken answer', 'the parts are no record']);
  });
});

test('a peer that has ever more keys, and never a record, is left in the end', async () => {
  const places = Array.from({ length: 40_000 }, (_, index) => ({
    key: `${index}`,
    bucket: bucketOf(hash64(`${index}`)),
  }));
  const keys = places.sort((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : 1)).map(({ key }) => [key, HASH]);
  let told = 0;
  const ask: AskPeer = async (body) => {
    const question = body as Record<string, unknown>;
    if (question.ask === 'buckets') return { maps: [['texts', 'B'.repeat(2_731)]] };
    if (question.ask === 'records') return { answered: 1, records: [], large: [], tooLarge: [] };
    told += 1_000;
    return { keys: keys.slice(told - 1_000, told), more: true };
  };
  const { fault, result } = await faultOf(here.exchange(ask));
  expect([fault, result.pulled, told < keys.length]).toEqual(['endless', 0, true]);
});

describe('a question is refused', () => {
  const answer = (body: unknown) => there.antiEntropy.answer(body, there.maps, { from: 'here', now: system.now() });

  test.each<[what: string, body: unknown]>([
    ['that is nothing', undefined],
    ['that is null', null],
    ['that is a list', []],
    ['that asks for nothing', {}],
    ['that asks for what an object inherits', { ask: 'constructor' }],
    ['about too many maps', { ask: 'buckets', roots: Array(9).fill(['texts', HASH]) }],
    ['about a map that is not there', { ask: 'keys', map: 'nowhere', buckets: [1] }],
    ['about a map that an object inherits', { ask: 'keys', map: '__proto__', buckets: [1] }],
    ['about buckets that are none', { ask: 'keys', map: 'texts', buckets: [256] }],
    ['about buckets over and over', { ask: 'keys', map: 'texts', buckets: [1, 1] }],
    ['about buckets by the thousand', { ask: 'keys', map: 'texts', buckets: Array(100_000).fill(1) }],
    ['about keys by the thousand', { ask: 'records', map: 'texts', keys: Array(100_000).fill('theirs') }],
    ['about keys that are no texts', { ask: 'records', map: 'texts', keys: [['theirs']] }],
    ['about a part before the beginning', { ask: 'part', map: 'texts', key: 'theirs', offset: -1 }],
    ['with records that are no pairs', { ask: 'merge', map: 'texts', records: [['a', RECORD], ['b']] }],
  ])('%s', (_, body) => {
    expect(() => answer(body)).toThrow(ProtocolError);
    expect(there.map.texts()).toEqual({ theirs: 'x' });
  });

  test('that names an instant it was not told', () => {
    const part = (asOf: unknown) => answer({ ask: 'part', map: 'texts', key: 'theirs', offset: 0, asOf });
    const { wallMs, monotonicMs } = system.now();
    expect(part([wallMs, monotonicMs])).toMatchObject({ part: { bytes: expect.any(Number) } });
    expect([part([wallMs, monotonicMs + 1]), part([0, 0])]).toEqual([{ part: null }, { part: null }]);
  });

  test('no further than a bound, when it asks for the same large record again and again', () => {
    there.write('large', 'x'.repeat(100_000));
    expect(answer({ ask: 'records', map: 'texts', keys: Array(4_096).fill('large') })).toMatchObject({
      answered: expect.toSatisfy((answered: number) => answered < 10),
    });
  });
});

test('keys that are names of an object’s own are keys like any other', async () => {
  for (const key of ['__proto__', 'constructor', 'toString']) there.write(key, 'x');
  await here.exchangeWith(there);
  expect([...here.map.hashes.keys()].toSorted()).toEqual(['__proto__', 'constructor', 'ours', 'theirs', 'toString']);
  expect(({} as Record<string, unknown>).content).toBeUndefined();
});

describe('an exchange ends', () => {
  /** Never answers one kind of question, but keeps to the signal. */
  const silentFrom = (ask: string): AskPeer => {
    const honest = here.asking(there);
    return (body, options) =>
      'ask' in body && body.ask === ask
        ? new Promise((_, reject) => {
            options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
          })
        : honest(body, options);
  };

  test('when a question is not answered in time, and what passed before stands', async () => {
    let error: ExchangeError | undefined;
    const exchange = faultOf(here.exchange(silentFrom('merge'))).then((caught) => {
      error = caught;
    });
    await system.advance(4_999);
    expect(error).toBeUndefined();
    await system.advance(1);
    await exchange;
    expect([error?.fault, error?.result.pulled, here.map.text('theirs')]).toEqual(['no answer', 1, 'x']);
  });

  test('when the link closes', async () => {
    const cause = new Error('the link closed');
    const error = await faultOf(here.exchange(() => Promise.reject(cause)));
    expect([error.fault, error.cause, system.pendingTimers]).toEqual(['no answer', cause, 0]);
  });

  test('at once and with the signal’s reason, when its caller stops it', async () => {
    const controller = new AbortController();
    const reason = new Error('this node stops');
    const exchange = here.exchange(silentFrom('keys'), 'there', controller.signal);
    controller.abort(reason);
    await expect(exchange).rejects.toBe(reason);
    expect(system.pendingTimers).toBe(0);
  });
});
