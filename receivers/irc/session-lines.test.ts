/** What becomes of the lines that a session is given to say. */
import { describe, expect, it } from 'vitest';
import {
  connectAgain,
  inChannel,
  line,
  lost,
  never,
  type ScriptedIrc,
  untilNextLink,
} from '../testing/scripted-irc.ts';

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

  it.each<[string, boolean, (irc: ScriptedIrc) => void, string[]]>([
    ['is confirmed after its time was up', false, () => {}, ['said']],
    ['is echoed after its time was up', true, ({ link }) => link.says(':tocsin!u@h NOTICE #ops :said'), ['said']],
    ['is not echoed', true, () => {}, []],
    ['is refused after its time was up', false, ({ link }) => link.says(':irc 404 tocsin #ops :Cannot send'), []],
    ['may have come after a kick', false, ({ link }) => link.says(':alice!a@b KICK #ops tocsin :out'), []],
  ])('that %s is known to be said only if it surely was', async (_name, echoes, happen, expected) => {
    const irc = await inChannel({}, { echoes });
    const confirmed: string[] = [];
    const stop = new AbortController();
    const saying = irc.session.say(line('said', { onConfirmed: () => confirmed.push('said') }), stop.signal);
    stop.abort(new Error('no time left'));
    expect(await saying).toMatchObject({ kind: 'unknown' });
    happen(irc);
    irc.link.answers();
    expect(confirmed).toEqual(expected);
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
