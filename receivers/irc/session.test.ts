import { describe, expect, it } from 'vitest';
import {
  connectAgain,
  inChannel,
  inline,
  line,
  lost,
  never,
  OPS,
  type ScriptedIrc,
  scriptedIrc,
  untilNextLink,
} from '../testing/scripted-irc.ts';

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
      message: 'not connected to irc.example.org:6697: banned (gone)',
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

  it('on which a channel chats while no PING is answered is as good as none', async () => {
    const irc = await inChannel();
    const results = ['a', 'b', 'c', 'd', 'e'].map((text) => irc.session.say(line(text), never));
    for (let times = 0; irc.links.length === 1 && times < 20; times++) {
      await irc.system.advance(2000);
      irc.links[0]?.says(':bob!b@h PRIVMSG #ops :chatter', ':irc PONG irc', ':irc PONG irc :irc');
    }
    expect(irc.logged.join()).toContain('"reason":"silent","error":"the server talks, but does not answer PING"');
    for (const result of results.slice(0, 4)) expect(await result).toMatchObject({ kind: 'unknown' });
    await connectAgain(irc);
    expect(await results[4]).toEqual({ kind: 'confirmed' });
  });

  it('on which every answer comes late is kept', async () => {
    const irc = await inChannel();
    for (let times = 0; times < 10; times++) {
      const saying = irc.session.say(line('slowly'), never);
      for (let waits = 0; waits < 4; waits++) {
        await irc.system.advance(6000);
        irc.link.says(':bob!b@h PRIVMSG #ops :chatter');
      }
      irc.link.answers();
      expect(await saying).toEqual({ kind: 'confirmed' });
    }
    expect(irc.links).toHaveLength(1);
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

  it('introduces the bot in the words of the first who is still there', async () => {
    const irc = scriptedIrc();
    const leave = irc.session.want([OPS], { username: 'first', realname: 'The first' });
    irc.session.want([OPS], { username: 'second', realname: 'The second' });
    expect(irc.link.config).toMatchObject({ username: 'first', realname: 'The first' });
    leave();
    lost(irc);
    await untilNextLink(irc);
    expect(irc.link.config).toMatchObject({ nick: 'tocsin', username: 'second', realname: 'The second' });
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

  it('that refuses us is refused in the same words for the same cause, however long it lasts', async () => {
    const irc = scriptedIrc();
    irc.session.want([OPS]);
    irc.link.welcome();
    await irc.system.settle();
    irc.link.says(':irc 474 tocsin #ops :Cannot join channel (+b)');
    const first = await irc.session.say(line('at once'), never);
    await irc.system.advance(7000);
    expect(await irc.session.say(line('later'), never)).toEqual(first);
    expect(first).toMatchObject({ message: 'cannot speak in #ops: banned (Cannot join channel (+b))' });
  });

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

describe('a channel that is given several keys', () => {
  const keyed = (key: string) => ({ name: '#ops', key: inline(key) });
  const joins = ({ link }: ScriptedIrc) => link.written.filter((written) => written.startsWith('JOIN'));
  const welcomed = async (...keys: string[]) => {
    const irc = scriptedIrc();
    const leaving = keys.map((key) => irc.session.want([keyed(key)]));
    irc.link.welcome();
    await irc.system.settle();
    return { irc, leaving };
  };
  const refuses = async (irc: ScriptedIrc) => {
    irc.link.says(':irc 475 tocsin #ops :Cannot join channel (+k)');
    await irc.system.settle();
  };

  it('is tried with each, and the next time first with what let us in', async () => {
    const { irc } = await welcomed('wrong', 'right', 'right');
    await refuses(irc);
    expect(joins(irc)).toEqual(['JOIN #ops wrong', 'JOIN #ops right']);
    expect(irc.logged.join()).not.toContain('wrong key');
    irc.link.says(':tocsin!u@h JOIN #ops', ':alice!a@b KICK #ops tocsin :out');
    await irc.system.advance(3000);
    expect(joins(irc).at(-1)).toBe('JOIN #ops right');
  });

  it('and none of them right waits as with a single one', async () => {
    const { irc } = await welcomed('one', 'two');
    await refuses(irc);
    await refuses(irc);
    expect(joins(irc)).toHaveLength(2);
    expect(irc.logged.at(-1)).toContain('wrong key (Cannot join channel (+k))');
    await irc.system.advance(30_000);
    expect(joins(irc)).toHaveLength(2);
  });

  it('is tried at once with a key that comes with a reload, and no more with one that went', async () => {
    const { irc, leaving } = await welcomed('old');
    await refuses(irc);
    irc.session.want([keyed('new')]);
    leaving[0]?.();
    await irc.system.settle();
    expect(joins(irc)).toEqual(['JOIN #ops old', 'JOIN #ops new']);
    await refuses(irc);
    await irc.system.advance(11_000);
    void irc.session.say(line('asks again'), never);
    await irc.system.settle();
    expect(joins(irc).slice(2)).toEqual(['JOIN #ops new']);
  });

  it('is joined with one that can be read, whatever the others are', async () => {
    const irc = scriptedIrc();
    irc.session.want([{ name: '#ops', key: { kind: 'file', key: 'key_file', path: '/nowhere/key' } }]);
    irc.session.want([keyed('right')]);
    irc.link.welcome();
    await irc.system.settle();
    expect(joins(irc)).toEqual(['JOIN #ops right']);
  });
});

it('what a hostile server says reaches no log with control characters in it, or at length', async () => {
  const irc = await inChannel();
  irc.link.says(`:a\u001b[31m!b@c KICK #ops tocsin :\u0003red\u001b]0;title\u0007 and \u202e${' more'.repeat(1000)}`);
  expect(irc.logged.at(-1)).not.toMatch(/\\u00|\u202e/);
  expect(irc.logged.at(-1)?.length).toBeLessThan(400);
});
