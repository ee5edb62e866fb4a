import { describe, expect, it } from 'vitest';
import { inline, type ScriptedIrc, scriptedIrc } from '../testing/scripted-irc.ts';
import type { Line } from './outbox.ts';
import type { LossReason } from './supervisor.ts';

const OPS = { name: '#ops', key: undefined };
const never = new AbortController().signal;

function line(text: string, change: Partial<Line> = {}): Line {
  return { channel: '#ops', text, messageType: 'notice', urgency: 1, ...change };
}

/** In #ops, all questions answered. */
async function inChannel(
  change: Parameters<typeof scriptedIrc>[0] = {},
  options: Parameters<typeof scriptedIrc>[1] = {},
): Promise<ScriptedIrc> {
  const irc = scriptedIrc(change, options);
  irc.session.want([OPS]);
  await connectAgain(irc);
  return irc;
}

async function connectAgain({ system, link }: ScriptedIrc): Promise<void> {
  link.welcome();
  await system.settle();
  link.answers();
  await system.settle();
}

const lost = (irc: ScriptedIrc, reason: LossReason = 'closed') => irc.link.loses({ reason, message: 'gone' });

/** Seconds until there is a new link. */
async function untilNextLink({ system, links }: ScriptedIrc): Promise<number> {
  const before = links.length;
  const sinceMs = system.now().monotonicMs;
  while (links.length === before) await system.advance(system.untilNextTimerMs ?? Number.NaN);
  return (system.now().monotonicMs - sinceMs) / 1000;
}

describe('a connection', () => {
  it('begins when a channel is wanted, and joins it', async () => {
    const irc = scriptedIrc();
    expect(irc.links).toHaveLength(0);
    irc.session.want([OPS, { name: '#keyed', key: inline('sesame') }]);
    irc.link.welcome();
    await irc.system.settle();
    expect(irc.link.written).toEqual(['JOIN #keyed,#ops sesame']);
  });

  it('is tried again and again, ever more patiently, for ever', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 14; attempt++) {
      lost(irc, 'unreachable');
      waits.push(await untilNextLink(irc));
    }
    expect(waits[0]).toBeLessThan(2);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    for (const wait of waits.slice(-4)) expect(wait).toBeGreaterThan(200);
    expect(Math.max(...waits)).toBeLessThanOrEqual(300);
  });

  it('that stood long begins anew with short waits; one that was cut at once does not', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    for (let attempt = 0; attempt < 8; attempt++) {
      irc.link.welcome();
      lost(irc);
      await untilNextLink(irc);
    }
    irc.link.welcome();
    lost(irc);
    expect(await untilNextLink(irc)).toBeGreaterThan(60);
    irc.link.welcome();
    for (let minute = 0; minute < 66; minute++) {
      await irc.system.advance(10_000);
      irc.link.answers();
    }
    lost(irc);
    expect(await untilNextLink(irc)).toBeLessThan(2);
  });

  it('is not forced upon a server that banned us or says we come too fast', async () => {
    const irc = await inChannel();
    lost(irc, 'banned');
    expect(await irc.session.say(line('one'), never)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^not connected to irc.example.org:6697: banned \(gone\); tries again in \d+ s$/),
    });
    expect(await untilNextLink(irc)).toBeGreaterThan(100);
    lost(irc, 'throttled');
    await irc.system.advance(20_000);
    void irc.session.say(line('two'), never);
    expect(await untilNextLink(irc)).toBeGreaterThan(10);
  });

  it('to a server that was down is tried at once when there is something to say, but not all the time', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    for (let attempt = 0; attempt < 9; attempt++) {
      lost(irc, 'unreachable');
      await untilNextLink(irc);
    }
    lost(irc, 'unreachable');
    const attempts = irc.links.length;
    expect(await irc.session.say(line('too soon'), never)).toMatchObject({ kind: 'refused' });
    expect(irc.links).toHaveLength(attempts);
    await irc.system.advance(6000);
    const saying = irc.session.say(line('now'), never);
    expect(irc.links).toHaveLength(attempts + 1);
    await connectAgain(irc);
    expect(await saying).toEqual({ kind: 'confirmed' });
  });

  it('that is half open is noticed by a PING that nobody answers', async () => {
    const irc = await inChannel();
    await irc.system.advance(40_000);
    expect(irc.link.farewell).toBeUndefined();
    expect(irc.links).toHaveLength(2);
    expect(irc.links[0]?.farewell).toBe('No answer');
    expect(irc.logged.join()).toContain('"reason":"silent"');
  });

  it('that is quiet is asked, and stays if it answers', async () => {
    const irc = await inChannel();
    for (let times = 0; times < 100; times++) {
      await irc.system.advance(5000);
      irc.link.answers();
    }
    expect(irc.links).toHaveLength(1);
    expect(irc.link.written.filter((written) => written.startsWith('PING')).length).toBeLessThan(30);
  });

  it('is not given up because this process stood still', async () => {
    const irc = await inChannel();
    await irc.system.advance(21_000);
    await irc.system.stall(60_000);
    irc.link.answers();
    await irc.system.advance(15_000);
    expect(irc.links).toHaveLength(1);
  });

  it('ends with a farewell, and refuses what waits', async () => {
    const irc = await inChannel({ flood: { burst: 1, intervalMs: 1000 } });
    const results = [irc.session.say(line('said'), never), irc.session.say(line('waits'), never)];
    await irc.session.close();
    expect(irc.link.farewell).toBe('Tocsin says goodbye');
    expect(await Promise.all(results)).toMatchObject([{ kind: 'unknown' }, { kind: 'refused' }]);
    expect(await irc.session.say(line('late'), never)).toMatchObject({ kind: 'refused' });
    expect(irc.system.pendingTimers).toBe(0);
  });
});

describe('the nick', () => {
  it('in use gives way to others, and is asked for until it is free', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    irc.link.says(':irc 433 * tocsin :Nickname is already in use', ':irc 433 * tocsin_ :Nickname is already in use');
    expect(irc.link.written).toEqual(['NICK tocsin_', 'NICK tocsin__']);
    irc.link.welcome('tocsin__');
    await irc.system.settle();
    irc.link.answers({ nick: 'tocsin__' });
    for (let times = 0; times < 7; times++) {
      await irc.system.advance(10_000);
      irc.link.answers({ nick: 'tocsin__' });
    }
    expect(irc.link.written.at(-1)).toMatch(/^PING/);
    expect(irc.link.written).toContain('NICK tocsin');
    irc.link.says(':tocsin__!u@h NICK :tocsin');
    expect(irc.logged.at(-1)).toContain('IRC nick changed {"server":"irc.example.org:6697","nick":"tocsin"}');
    const saying = irc.session.say(line('under the old name'), never);
    irc.link.answers();
    expect(await saying).toEqual({ kind: 'confirmed' });
  });

  it('refused again and again is given up for a while', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    for (let times = 0; times < 30; times++) irc.link.says(':irc 433 * whatever :Nickname is already in use');
    expect(irc.link.written.filter((written) => written.startsWith('NICK'))).toHaveLength(8);
    expect(irc.link.farewell).toBe('No nick is free');
    expect(await untilNextLink(irc)).toBeGreaterThan(10);
  });

  it('is identified to NickServ, under another nick by the name of the account', async () => {
    const irc = scriptedIrc({ nickservPassword: inline('hunter2') });
    irc.session.want([OPS]);
    irc.link.welcome();
    await irc.system.settle();
    expect(irc.link.written).toContain('PRIVMSG NickServ :IDENTIFY hunter2');
    lost(irc);
    await untilNextLink(irc);
    irc.link.says(':irc 433 * tocsin :Nickname is already in use');
    irc.link.welcome('tocsin_');
    await irc.system.settle();
    expect(irc.link.written).toContain('PRIVMSG NickServ :IDENTIFY tocsin hunter2');
    irc.link.says(':alice!a@b KICK #ops tocsin_ :hunter2');
    expect(irc.logged.join()).not.toContain('hunter2');
  });
});

describe('a channel', () => {
  it('we are kicked from is joined again, ever more patiently', async () => {
    const irc = await inChannel();
    const waits: number[] = [];
    for (let kick = 0; kick < 5; kick++) {
      irc.link.says(':alice!a@b KICK #ops tocsin :out');
      const sinceMs = irc.system.now().monotonicMs;
      const before = irc.link.written.length;
      while (!irc.link.written.slice(before).includes('JOIN #ops')) await irc.system.advance(100);
      waits.push(irc.system.now().monotonicMs - sinceMs);
      irc.link.answers();
    }
    expect(waits[0]).toBeLessThan(3000);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(waits.at(-1)).toBeGreaterThan(20_000);
  });

  it.each([
    ['473', 'invite only'],
    ['474', 'banned'],
    ['475', 'wrong key'],
    ['405', 'too many channels'],
  ])(
    'that refuses us with %s refuses messages at once and says why; a message asks again now and then',
    async (numeric, why) => {
      const irc = scriptedIrc();
      irc.session.want([OPS]);
      irc.link.welcome();
      await irc.system.settle();
      const waiting = irc.session.say(line('waits'), never);
      irc.link.says(`:irc ${numeric} tocsin #ops :Cannot join channel`);
      expect(await waiting).toMatchObject({ kind: 'refused', message: expect.stringContaining(`${why} (Cannot join`) });
      expect(await irc.session.say(line('at once'), never)).toMatchObject({ kind: 'refused' });
      expect(irc.link.written.filter((written) => written === 'JOIN #ops')).toHaveLength(1);
      await irc.system.advance(11_000);
      const saying = irc.session.say(line('later'), never);
      await irc.system.settle();
      irc.link.answers();
      expect(await saying).toEqual({ kind: 'confirmed' });
    },
  );

  it('that never answers is tried again', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    irc.link.welcome();
    for (let times = 0; times < 6; times++) {
      await irc.system.advance(3000);
      irc.link.says(':irc NOTICE tocsin :something else');
    }
    expect(irc.link.written.filter((written) => written === 'JOIN #ops')).toHaveLength(2);
  });

  it('is left when the last who wants it goes, and not before', async () => {
    const irc = await inChannel();
    const unwant = irc.session.want([OPS, { name: '#dev', key: undefined }]);
    await irc.system.settle();
    irc.link.answers();
    expect(irc.link.written).toContain('JOIN #dev');
    unwant();
    expect(irc.link.written.filter((written) => written.startsWith('PART'))).toEqual(['PART #dev']);
  });

  it('we were forwarded to is none of ours', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    irc.link.welcome();
    await irc.system.settle();
    irc.link.says(':irc 470 tocsin #ops ##overflow :Forwarding to another channel', ':tocsin!u@h JOIN ##overflow');
    expect(irc.link.written).toContain('PART ##overflow');
    expect(irc.logged.at(-1)).toContain('forwarded elsewhere');
  });

  it('whose key cannot be read is not joined without it', async () => {
    const irc = scriptedIrc();
    irc.session.want([{ name: '#ops', key: { kind: 'file', key: 'key_file', path: '/nowhere/key' } }]);
    irc.link.welcome();
    await irc.system.settle();
    expect(irc.link.written).toEqual([]);
    expect(irc.logged.at(-1)).toContain('cannot read key_file /nowhere/key: ENOENT');
  });
});

describe('a line', () => {
  it('is confirmed by the answer to the PING behind it, and not before', async () => {
    const irc = await inChannel();
    let isDone = false;
    const saying = irc.session.say(line('hello'), never).finally(() => {
      isDone = true;
    });
    const [said, ping] = irc.link.written.slice(-2);
    expect(said).toBe('NOTICE #ops :hello');
    irc.link.says(':irc PONG irc :something else', ':irc PONG irc :tocsin-0');
    await irc.system.settle();
    expect(isDone).toBe(false);
    irc.link.says(`:irc PONG irc :${ping?.slice('PING '.length)}`);
    expect(await saying).toEqual({ kind: 'confirmed' });
  });

  it('that the server echoes is confirmed by the echo; that it does not, is refused', async () => {
    const irc = await inChannel({}, { echoes: true });
    const results = [irc.session.say(line('heard'), never), irc.session.say(line('swallowed'), never)];
    irc.link.says(':tocsin!u@h NOTICE #ops :heard');
    expect(await results[0]).toEqual({ kind: 'confirmed' });
    irc.link.answers();
    expect(await results[1]).toMatchObject({ kind: 'refused', message: expect.stringContaining('did not pass') });
  });

  it('that nobody waits for any more takes its own echo, and not that of the next', async () => {
    const irc = await inChannel({}, { echoes: true });
    const stop = new AbortController();
    const first = irc.session.say(line('given up'), stop.signal);
    stop.abort(new Error('no time left'));
    const second = irc.session.say(line('swallowed'), never);
    irc.link.says(':tocsin!u@h NOTICE #ops :given up');
    irc.link.answers();
    expect(await Promise.all([first, second])).toMatchObject([{ kind: 'unknown' }, { kind: 'refused' }]);
  });

  it.each(['401', '403', '404', '442', '477', '489', '531'])(
    'refused with %s is refused, and only that one',
    async (code) => {
      const irc = await inChannel();
      const results = [irc.session.say(line('first'), never), irc.session.say(line('second'), never)];
      const [ping] = irc.link.written.filter((written) => written.startsWith('PING'));
      irc.link.says(`:irc PONG irc :${ping?.slice('PING '.length)}`, `:irc ${code} tocsin #ops :No`);
      expect(await Promise.all(results)).toMatchObject([
        { kind: 'confirmed' },
        { kind: 'refused', message: expect.stringContaining(`#ops: No (${code})`) },
      ]);
    },
  );

  it('goes as a message where a notice might be lost without a word', async () => {
    const irc = await inChannel();
    irc.link.says(':alice!a@b MODE #ops +m');
    void irc.session.say(line('moderated'), never);
    irc.link.says(':alice!a@b MODE #ops +v tocsin');
    void irc.session.say(line('voiced'), never);
    irc.link.says(':alice!a@b MODE #ops -v tocsin', ':alice!a@b MODE #ops -m', ':alice!a@b MODE #ops +b *!*@h');
    void irc.session.say(line('banned perhaps'), never);
    irc.link.says(':alice!a@b MODE #ops -b *!*@h');
    void irc.session.say(line('free again'), never);
    expect(irc.link.said).toEqual([
      'PRIVMSG #ops :moderated',
      'NOTICE #ops :voiced',
      'PRIVMSG #ops :banned perhaps',
      'NOTICE #ops :free again',
    ]);
  });

  it('on its way when the channel was closed to us is unknown', async () => {
    const irc = await inChannel();
    const [first, second] = [irc.session.say(line('a'), never), irc.session.say(line('b'), never)];
    irc.link.says(':alice!a@b MODE #ops +m');
    irc.link.answers();
    expect(await first).toMatchObject({ kind: 'unknown' });
    expect(await second).toMatchObject({ kind: 'unknown' });
  });

  it('on its way when the link was lost is unknown; one that waited is said on the next link', async () => {
    const irc = await inChannel({ flood: { burst: 1, intervalMs: 10_000 } });
    const results = [irc.session.say(line('on its way'), never), irc.session.say(line('waits'), never)];
    lost(irc);
    expect(await results[0]).toMatchObject({ kind: 'unknown', message: expect.stringContaining('closed (gone)') });
    await untilNextLink(irc);
    await connectAgain(irc);
    await irc.system.advance(10_000);
    irc.link.answers();
    expect(await results[1]).toEqual({ kind: 'confirmed' });
    expect(irc.links.flatMap(({ said }) => said)).toEqual(['NOTICE #ops :on its way', 'NOTICE #ops :waits']);
  });

  it('that waits is never said once its time is up; one that was said is unknown then', async () => {
    const irc = await inChannel({ flood: { burst: 1, intervalMs: 1000 } });
    const stop = new AbortController();
    const results = [irc.session.say(line('said'), stop.signal), irc.session.say(line('waits'), stop.signal)];
    stop.abort(new Error('shutting down'));
    expect(await Promise.all(results)).toMatchObject([
      { kind: 'unknown', reason: 'contextCanceled' },
      { kind: 'refused', reason: 'contextCanceled' },
    ]);
    await irc.system.advance(5000);
    expect(irc.link.said).toEqual(['NOTICE #ops :said']);
  });

  it('is said when the flood limit allows it: four at once, then one in 1.2 s', async () => {
    const irc = await inChannel();
    for (let count = 0; count < 12; count++) void irc.session.say(line(`line ${count}`), never);
    irc.link.answers();
    expect(irc.link.said).toHaveLength(4);
    for (let seconds = 0; seconds < 6; seconds++) {
      await irc.system.advance(1000);
      irc.link.answers();
    }
    expect(irc.link.said).toHaveLength(9);
  });

  it('waits while the server has not worked off those before it', async () => {
    const irc = await inChannel({ flood: { burst: 100, intervalMs: 0 } });
    for (let count = 0; count < 12; count++) void irc.session.say(line(`line ${count}`), never);
    expect(irc.link.said).toHaveLength(4);
    irc.link.answers();
    expect(irc.link.said).toHaveLength(12);
  });

  it('that is urgent goes first, those of a kind in order', async () => {
    const irc = await inChannel({ flood: { burst: 1, intervalMs: 1000 } });
    void irc.session.say(line('filler'), never);
    void irc.session.say(line('dull', { urgency: 2 }), never);
    void irc.session.say(line('plain 1'), never);
    void irc.session.say(line('plain 2'), never);
    void irc.session.say(line('urgent', { urgency: 0 }), never);
    for (let seconds = 0; seconds < 6; seconds++) {
      irc.link.answers();
      await irc.system.advance(1000);
    }
    expect(irc.link.said.map((said) => said.slice('NOTICE #ops :'.length))).toEqual([
      'filler',
      'urgent',
      'plain 1',
      'plain 2',
      'dull',
    ]);
  });

  it('beyond what can be said in minutes is refused; an urgent one is not', async () => {
    const irc = await inChannel();
    const dull = Array.from({ length: 250 }, (_, index) => irc.session.say(line(`${index}`, { urgency: 2 }), never));
    expect(irc.session.backlog).toBe(200);
    expect(await dull.at(-1)).toMatchObject({ kind: 'refused', reason: 'rateLimited' });
    void irc.session.say(line('urgent', { urgency: 0 }), never);
    expect(irc.session.backlog).toBe(201);
  });
});

it('what a hostile server says reaches no log with control characters in it, or at length', async () => {
  const irc = await inChannel();
  irc.link.says(`:a\u001b[31m!b@c KICK #ops tocsin :\u0003red\u001b]0;title\u0007 and \u202e${' more'.repeat(1000)}`);
  expect(irc.logged.at(-1)).not.toMatch(/\\u00|\u202e/);
  expect(irc.logged.at(-1)?.length).toBeLessThan(400);
});
