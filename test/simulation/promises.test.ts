import { describe, expect, test } from 'vitest';
import { HandMadeHistory, PAGE } from './hand-made-history.ts';
import { judge, violationTexts } from './promises.ts';
import type { RingPlan } from './ring-plan.ts';
import type { WorldEvent } from './world-event.ts';

function violations(events: readonly WorldEvent[], ring: RingPlan = PAGE): string[] {
  return violationTexts(judge(events, [ring], { peerTimeoutMs: 15_000 })).map((text) => text.replace(/^\d+ /, ''));
}

function causes(events: readonly WorldEvent[]): string[] {
  return judge(events, [PAGE], { peerTimeoutMs: 15_000 }).duplicates.map(({ cause }) => cause);
}

/** Down fires from 100 s to 1000 s, is told at 110 s by n1, repeated ten minutes later, and its end is told. */
function asPromised(): HandMadeHistory {
  return new HandMadeHistory()
    .fires('Down', { from: 100, to: 1000 })
    .message(110)
    .message(710)
    .message(1010, { says: 'Down resolved' });
}

test('a history as promised is not found fault with', () => {
  expect(violations(asPromised().until(1300))).toEqual([]);
});

describe('promise 1: whoever fires is told', () => {
  const untold = (history: HandMadeHistory) => violations(history.until(800)).map((text) => text.slice(0, 40));
  const firing = () => new HandMadeHistory().fires('Down', { from: 100, to: 1000 });

  test('an alert that nobody was told of is found', () => {
    expect(untold(firing().at(20, { what: 'is frozen', node: 'n2' }))).toEqual([
      'promise 1: phone has not been told of Do',
    ]);
  });

  test('one node that lives and knows is enough', () => {
    const history = new HandMadeHistory()
      .fires('Down', { from: 100, to: 1000 }, ['n3'])
      .at(50, { what: 'is killed', node: 'n1', why: '' }, { what: 'is killed', node: 'n2', why: '' });
    expect(untold(history)).toHaveLength(1);
  });

  test('what one node took, its peers must know', () => {
    const history = new HandMadeHistory()
      .fires('Down', { from: 100, to: 1000 }, ['n1'])
      .at(101, { what: 'is killed', node: 'n1', why: '' });
    // Until the checker's word has run out; nobody lives who heard it again.
    const longer = { ...PAGE, groupIntervalMs: 5_000 };
    const events = history
      .until(800)
      .map((event) => (event.what === 'posts' ? { ...event, goodUntilMs: 900_000 } : event));
    expect(
      violations(
        events.filter((event) => event.what !== 'posts' || event.atMs === 100_000),
        longer,
      ),
    ).toHaveLength(1);
  });

  test.each([
    ['no node lives', { what: 'is killed', node: 'n1', why: '' } as const, ['n1']],
    [
      'the place is down',
      { what: 'behaves', place: 'phone', how: '', works: false, isPrompt: false } as const,
      undefined,
    ],
    [
      'somebody silenced it',
      { what: 'is asked to silence', node: 'n1', matchers: { alertname: 'Down' }, untilMs: 9e5 } as const,
      undefined,
    ],
  ])('nobody is accused if %s', (_, happening, nodes) => {
    const history = new HandMadeHistory(nodes).fires('Down', { from: 100, to: 1000 }, nodes).at(105, happening);
    expect(untold(history)).toEqual([]);
  });

  test('a silence of something else is no excuse', () => {
    const silence = { what: 'is asked to silence', node: 'n1', matchers: { alertname: 'Up' }, untilMs: 9e5 } as const;
    expect(untold(firing().at(105, silence))).not.toEqual([]);
  });
});

describe('promise 2: once', () => {
  const again = 'promise 2: #2: n2 tells phone again what #1 told, of which it must have known';
  const firing = () => new HandMadeHistory().fires('Down', { from: 100, to: 300 });

  test('a second page is found', () => {
    expect(violations(firing().message(110).message(125, { node: 'n2', tick: 110 }).until(200))).toContain(again);
  });

  test('also from a node that was frozen: it must ask before it speaks', () => {
    const history = firing()
      .at(105, { what: 'is frozen', node: 'n2' })
      .message(110)
      .at(140, { what: 'is thawed', node: 'n2' })
      .message(140, { node: 'n2', tick: 110 });
    expect(violations(history.until(200))).toContain(again);
  });

  test('also while the first is under way, if that one succeeds', () => {
    const history = firing().message(110, { told: 116, answered: 116 }).message(113, { node: 'n2', tick: 110 });
    expect(violations(history.until(200))).toContain(again);
  });

  test('also at the very same instant', () => {
    expect(violations(firing().message(110).message(110, { node: 'n2' }).until(200))).toContain(again);
  });

  test('also after a partition has healed', () => {
    const history = firing()
      .at(
        50,
        { what: 'link', between: ['n1', 'n2'], fault: 'cut' },
        { what: 'link', between: ['n2', 'n3'], fault: 'cut' },
      )
      .message(110)
      .at(120, { what: 'link', between: ['n1', 'n2'], fault: undefined })
      .message(140, { node: 'n2', tick: 110 });
    expect(violations(history.until(200))).toContain(again);
  });

  test('also through a third node, if the two have no link', () => {
    const history = firing()
      .at(50, { what: 'link', between: ['n1', 'n2'], fault: 'cut' })
      .message(110)
      .message(125, { node: 'n2', tick: 110 });
    expect(violations(history.until(200))).toContain(again);
  });

  test('a repeat too early is one', () => {
    expect(violations(firing().message(110).message(170, { node: 'n2' }).until(200))).toContain(again);
  });

  test('a new alert in the group is news', () => {
    const history = firing().fires('Up', { from: 130, to: 300 });
    expect(violations(history.message(110).message(170, { says: 'Down firing, Up firing' }).until(200))).toEqual([]);
  });

  test.each<[string, (history: HandMadeHistory) => HandMadeHistory, number]>([
    ['its answer was lost', (history) => history.message(110, { outcome: 'unknown' }), 111],
    [
      'its sender died before everybody could know',
      (history) => history.message(110, { outcome: undefined }).at(110, { what: 'is killed', node: 'n1', why: '' }),
      111,
    ],
    [
      'its sender was frozen meanwhile',
      (history) => history.message(110, { outcome: undefined }).at(110, { what: 'is frozen', node: 'n1' }),
      116,
    ],
    [
      'its sender could not be heard',
      (history) =>
        history
          .at(50, { what: 'link', between: ['n1', 'n2'], fault: 'cut' })
          .at(50, { what: 'link', between: ['n2', 'n3'], fault: 'cut' })
          .message(110),
      125,
    ],
    [
      'a disk was lost',
      (history) =>
        history
          .message(110)
          .at(115, ...['n1', 'n2', 'n3'].map((node) => ({ what: 'is killed', node, why: '' }) as const))
          .at(120, { what: 'starts', node: 'n2', with: 'an empty disk' })
          .at(120, { what: 'is ready', node: 'n2' }),
      125,
    ],
  ])('excused: %s', (cause, happens, againAt) => {
    const events = happens(firing()).message(againAt, { node: 'n2', tick: 110 }).until(200);
    expect(causes(events)).toEqual([cause]);
    expect(violations(events).filter((text) => text.includes('again'))).toEqual([]);
  });
});

describe('promise 3: a sender that ends is replaced', () => {
  const firing = () => new HandMadeHistory().fires('Down', { from: 100, to: 300 });
  const killed = { what: 'is killed', node: 'n1', why: '' } as const;
  const frozen = { what: 'is frozen', node: 'n1' } as const;

  test.each([
    ['killed before the tick', 105, killed, 110.2, []],
    ['killed at the tick, a second later', 110, killed, 111.5, []],
    [
      'killed at the tick, too late',
      110,
      killed,
      113,
      ['promise 3: #1: n2 tells phone 2000 ms late after n1 is killed'],
    ],
    ['frozen at the tick, after the verdict', 110, frozen, 115, []],
    [
      'frozen at the tick, too late',
      110,
      frozen,
      118,
      ['promise 3: #1: n2 tells phone 3000 ms late after n1 is frozen'],
    ],
  ])('%s', (_, endsAt, end, toldAt, expected) => {
    const history = firing().at(endsAt, end).message(toldAt, { node: 'n2', tick: 110 });
    expect(violations(history.until(200))).toEqual(expected);
  });

  test('with all well nobody waits for anybody', () => {
    expect(violations(firing().message(112, { node: 'n2', tick: 110 }).until(200))).toEqual([
      'promise 3: #1: n2 tells phone 2000 ms late',
    ]);
  });
});

describe('promise 4: nothing is forgotten', () => {
  const shows = (node: string, alerts: string[], silences: string[] = []) =>
    ({ what: 'shows', node, alerts, silences }) as const;

  test('an alert taken by any node is shown by all', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 300 }, ['n1']).message(110);
    const events = history.at(150, shows('n1', ['Down']), shows('n2', ['Down']), shows('n3', [])).until(200);
    expect(violations(events)).toEqual(['promise 4: n3 has forgotten Down']);
  });

  test('not by one that cannot have heard of it', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 300 }, ['n1']).message(110);
    for (const other of ['n1', 'n2']) history.at(50, { what: 'link', between: [other, 'n3'] as never, fault: 'cut' });
    expect(violations(history.at(150, shows('n3', [])).until(200))).toEqual([]);
  });

  test('a silence is shown by all, also after kill -9', () => {
    const history = new HandMadeHistory()
      .at(100, { what: 'is silenced', node: 'n1', id: 's', untilMs: 9e5 })
      .at(101, { what: 'is killed', node: 'n1', why: '' })
      .at(110, { what: 'starts', node: 'n1', with: 'its own disk' })
      .at(110, { what: 'is ready', node: 'n1' });
    const events = history.at(150, shows('n1', [], []), shows('n2', [], ['s'])).until(200);
    expect(violations(events)).toEqual(['promise 4: n1 has forgotten the silence s']);
  });

  test('an expired silence does not come back', () => {
    const history = new HandMadeHistory()
      .at(100, { what: 'is silenced', node: 'n1', id: 's', untilMs: 9e5 })
      .at(109, { what: 'is asked to expire', node: 'n2', id: 's' })
      .at(110, { what: 'has expired', node: 'n2', id: 's' });
    expect(violations(history.at(150, shows('n3', [], ['s'])).until(200))).toEqual([
      'promise 4: n3 has forgotten that the silence s was expired',
    ]);
  });

  test('nothing is called over that fires', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 900 }).message(110);
    expect(violations(history.message(230, { says: 'Down resolved' }).message(290).until(400))).toEqual([
      'promise 4: #2: n1 calls Down over, though it must know that it fires',
    ]);
  });
});

test('promise 4: nothing is said to fire that is over', () => {
  const history = new HandMadeHistory().fires('Down', { from: 100, to: 200 }).message(110);
  expect(violations(history.message(210, { says: 'Down resolved' }).message(270).until(300))).toEqual([
    'promise 4: #3: n1 says that Down fires, though it must know that it is over',
  ]);
});

describe('promise 5: ends', () => {
  test('an end that is owed is told', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 300 }).message(110);
    expect(violations(history.until(900))).toEqual([
      expect.stringContaining('promise 5: phone was told that Down fires, and not within'),
    ]);
  });

  test('not to a place that wants none', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 300 }).message(110);
    const ring = { ...PAGE, places: [{ name: 'phone', sendResolved: false }] };
    expect(violations(history.until(900), ring)).toEqual([]);
  });

  test('an end of what was never told causes no message', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 105 });
    expect(violations(history.message(110, { says: 'Down resolved' }).until(200))).toEqual([
      'promise 5: #1: n1 tells phone only of ends of what was never told',
    ]);
  });

  test('it may be listed in a message that goes out anyway', () => {
    const history = new HandMadeHistory().fires('Down', { from: 100, to: 105 }).fires('Up', { from: 100, to: 300 });
    expect(violations(history.message(110, { says: 'Down resolved, Up firing' }).until(200))).toEqual([]);
  });

  test('what may have been told is told to be over', () => {
    const history = new HandMadeHistory()
      .fires('Down', { from: 100, to: 150 })
      .message(110, { told: undefined, outcome: 'unknown' })
      .message(170, { says: 'Down resolved' });
    expect(violations(history.until(200))).toEqual([]);
  });
});

describe('promise 7: one broken place delays no other', () => {
  const ring = { ...PAGE, places: [{ name: 'phone' }, { name: 'mail' }] };
  const broken = { what: 'behaves', place: 'mail', how: 'hangs', works: false, isPrompt: false } as const;

  test('a place that works is told in time', () => {
    const history = new HandMadeHistory().at(20, broken).fires('Down', { from: 100, to: 400 });
    expect(violations(history.message(185).until(400), ring)).toEqual([
      expect.stringContaining('promise 7: phone has not been told of Down within 72000 ms'),
    ]);
  });

  test('the broken one is nobody’s fault', () => {
    const history = new HandMadeHistory().at(20, broken).fires('Down', { from: 100, to: 400 });
    expect(violations(history.message(110).until(400), ring)).toEqual([]);
  });
});
