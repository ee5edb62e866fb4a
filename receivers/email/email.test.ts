import { describe, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { realSystem, type System } from '../../src/system.ts';
import { receiverContract, type Stage } from '../receiver.contract.ts';
import { emailReceiver } from '../testing/email-receivers.ts';
import {
  answerAt,
  greylisting,
  type MailAnswer,
  type MailServerOptions,
  type ReceivedMail,
  startMailServer,
} from '../testing/mail-server.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';

const PASSWORD = 'correct horse battery staple';

const wordsOf = ({ parsed }: ReceivedMail) => `${parsed.subject}\n${parsed.text}\n${parsed.html}`;
const headerOf = ({ parsed }: ReceivedMail, name: string) =>
  parsed.headers.filter(({ key }) => key === name).map(({ value }) => value);

async function deadPort(): Promise<number> {
  await using server = await startMailServer();
  return server.port;
}

receiverContract(async (otherSide): Promise<Stage> => {
  const auth = { username: 'tocsin', password: PASSWORD };
  const options: Record<typeof otherSide, MailServerOptions> = {
    takes: { auth },
    refuses: { auth, answer: answerAt('message', { code: 554, text: `5.7.1 no, ${PASSWORD}` }) },
    absent: { auth },
    'falls silent': { auth, answer: answerAt('message', 'hang') },
    'hangs up': { auth, answer: answerAt('message', 'cut') },
  };
  const server = await startMailServer(options[otherSide]);
  const port = otherSide === 'absent' ? await deadPort() : server.port;
  const receiver = emailReceiver(port, { auth_username: 'tocsin', auth_password: PASSWORD });
  return {
    receiver,
    told: () => server.arrived.map(wordsOf),
    toldSoMany: server.arrivedSoMany,
    secrets: [PASSWORD, Buffer.from(PASSWORD).toString('base64')],
    async [Symbol.asyncDispose]() {
      await receiver.close?.();
      await server[Symbol.asyncDispose]();
    },
  };
});

/** What the relay got of notifications sent one after the other. */
async function mailsOf(notifications: readonly Notification[], block: Record<string, unknown> = {}) {
  await using server = await startMailServer();
  const receiver = emailReceiver(server.port, block);
  for (const told of notifications) {
    expect(await receiver.send(told, { signal: AbortSignal.timeout(5000) })).toEqual({ kind: 'sent' });
  }
  await receiver.close?.();
  return server.mails;
}

const mailOf = async (told: Notification, block: Record<string, unknown> = {}) =>
  (await mailsOf([told], block))[0] ?? expect.unreachable();

it('is followed from the greeting to the last answer, without what is in it', async () => {
  await using server = await startMailServer();
  const receiver = emailReceiver(server.port);
  const lines: string[] = [];
  const trace = (line: string) => void lines.push(line);
  await receiver.send(notification(), { signal: AbortSignal.timeout(5000), trace });
  await receiver.close?.();
  const dialogue = [
    '< 220',
    '> EHLO',
    '> MAIL FROM:<tocsin@example.org>',
    '> RCPT TO:<ops@example.org>',
    '> DATA',
    '< 250',
  ];
  for (const said of dialogue) expect(lines).toContainEqual(expect.stringMatching(`^${said}`));
  expect(lines.join()).not.toContain('DiskFull');
});

describe('a mail', () => {
  it('says the same in HTML and in text, to everybody', async () => {
    const mail = await mailOf(notification(), { to: 'Ops <ops@example.org>, oncall@example.org' });
    expect(mail.envelope).toEqual({ from: 'tocsin@example.org', to: ['ops@example.org', 'oncall@example.org'] });
    expect(mail.parsed).toMatchObject({
      subject: '[FIRING:1] DiskFull (urgent)',
      from: { address: 'tocsin@example.org' },
      to: [{ name: 'Ops', address: 'ops@example.org' }, { address: 'oncall@example.org' }],
      text: expect.stringContaining('The disk of db1 is full'),
      html: expect.stringContaining('The disk of db1 is full'),
    });
    expect(headerOf(mail, 'content-type')).toEqual([expect.stringContaining('multipart/alternative')]);
    expect(headerOf(mail, 'auto-submitted')).toEqual(['auto-generated']);
  });

  it('is of high priority if something urgent fires, and not once it is over', async () => {
    const over = notification({ status: 'resolved', alerts: [notifiedAlert({ status: 'resolved' })] });
    const [firing, resolved] = await mailsOf([notification(), over]);
    expect(firing && headerOf(firing, 'importance')).toEqual(['high']);
    expect(resolved && headerOf(resolved, 'importance')).toEqual([]);
  });

  it.each([
    ['html', 'text/plain'],
    ['text', 'text/html'],
  ])('has no %s part if that is configured to be empty', async (part, rest) => {
    const mail = await mailOf(notification(), { [part]: '' });
    expect(headerOf(mail, 'content-type')).toEqual([expect.stringContaining(rest)]);
  });

  it('that would be empty is warned of when it is configured', () => {
    const warningsOf = (block: Record<string, unknown>) => {
      const warnings: string[] = [];
      emailReceiver(25, block, { log: { info() {}, warn: (_fields, message) => warnings.push(message) } });
      return warnings;
    };
    expect(warningsOf({ html: '', text: '' })).toEqual([expect.stringContaining('empty but for the subject')]);
    expect(warningsOf({ html: '' })).toEqual([]);
    expect(warningsOf({ text: '' })).toEqual([]);
  });

  it('greets the relay with hello', async () => {
    expect(await mailOf(notification(), { hello: 'tocsin-1.example.org' })).toMatchObject({
      hello: 'tocsin-1.example.org',
    });
  });
});

describe('the mails of a group', () => {
  const firing = notification();
  const repeated = notification({ reason: 'repeat interval elapsed', nowMs: firing.nowMs + 3_600_000 });
  const resolved = notification({
    status: 'resolved',
    alerts: [notifiedAlert({ status: 'resolved', endsAtMs: firing.nowMs + 7_000_000 })],
    nowMs: firing.nowMs + 7_200_000,
  });
  const threadOf = (mail: ReceivedMail) => [headerOf(mail, 'in-reply-to')[0], headerOf(mail, 'references')[0]];

  it('answer one and the same message, so that they are one thread', async () => {
    const mails = await mailsOf([firing, repeated, resolved]);
    const [root] = threadOf(mails[0] ?? expect.unreachable());
    expect(root).toMatch(/^<\S+@example\.org>$/);
    expect(mails.map(threadOf)).toEqual([
      [root, root],
      [root, root],
      [root, root],
    ]);
    expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(3);
    expect(mails.map(({ parsed }) => parsed.messageId)).not.toContain(root);
  });

  it('are in another thread than those of another group', async () => {
    const [one, other] = await mailsOf([firing, notification({ groupKey: '{}:{alertname="Other"}' })]);
    expect(one && threadOf(one)).not.toEqual(other && threadOf(other));
  });

  it('have an identifier each, which a retry has again', async () => {
    const [first, again] = await mailsOf([firing, { ...firing }]);
    expect(first?.parsed.messageId).toBe(again?.parsed.messageId);
  });

  it('are told apart if two blocks of a receiver tell the same people in other words', async () => {
    const words = [{ html: '<b>short</b>' }, { html: 'long' }, { text: 'long' }, { headers: { Subject: 'Look!' } }];
    const mails = await Promise.all(words.map((block) => mailOf(firing, block)));
    expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(words.length);
  });

  it.each([
    ['daily', '<alert-17c4e445d234645c-2026-01-02@alertmanager>'],
    ['none', '<alert-17c4e445d234645c-@alertmanager>'],
  ])("are in Alertmanager's own thread with thread_by_date: %s", async (byDate, root) => {
    const mail = await mailOf(firing, { threading: { enabled: 'true', thread_by_date: byDate } });
    expect(threadOf(mail)).toEqual([root, root]);
  });

  it('stand alone if threading is switched off', async () => {
    expect(threadOf(await mailOf(firing, { threading: { enabled: 'false' } }))).toEqual([undefined, undefined]);
  });
});

describe('several recipients', () => {
  const to = 'a@example.org, b@example.org';
  const send = (receiver: ReturnType<typeof emailReceiver>, told = notification()) =>
    receiver.send(told, { signal: AbortSignal.timeout(5000) });

  it('of whom some are put off: it is unknown until they are told, and nobody is told twice', async () => {
    const greylist = greylisting();
    await using server = await startMailServer({
      answer: (step) => (step.stage === 'recipient' && step.recipient === 'a@example.org' ? 'take' : greylist(step)),
    });
    const receiver = emailReceiver(server.port, { to });
    const first = await send(receiver);
    expect(first).toMatchObject({ kind: 'unknown', message: expect.stringContaining('b@example.org') });
    expect(await send(receiver)).toEqual({ kind: 'sent' });
    expect(server.mails.map(({ envelope }) => envelope.to)).toEqual([['a@example.org'], ['b@example.org']]);
    expect(await send(receiver, notification({ nowMs: notification().nowMs + 1 }))).toEqual({ kind: 'sent' });
    expect(server.mails[2]?.envelope.to).toHaveLength(2);
    await receiver.close?.();
  });

  describe('of whom one is put off for long', () => {
    const MINUTE_MS = 60_000;
    const firing = notification();
    const later = (change: Partial<Notification> = {}, minutes = 1) =>
      notification({ ...change, nowMs: firing.nowMs + minutes * MINUTE_MS });

    /** Sends at the minute it is told for, while the relay answers for b as told. */
    async function putOff(): Promise<AsyncDisposable & { told: readonly string[][]; tell: Tell }> {
      let now: MailAnswer = 'take';
      const server = await startMailServer({
        answer: (step) => (step.stage === 'recipient' && step.recipient === 'b@example.org' ? now : 'take'),
      });
      let told = firing;
      const wallMinusMonotonicMs = firing.nowMs;
      const system: System = {
        ...realSystem,
        now: () => ({ wallMs: told.nowMs, monotonicMs: told.nowMs - wallMinusMonotonicMs }),
      };
      const receiver = emailReceiver(server.port, { to }, { system });
      return {
        get told() {
          return server.mails.map(({ envelope }) => [...envelope.to]);
        },
        async tell(notified, { b = FULL } = {}) {
          now = b;
          told = notified;
          return (await send(receiver, notified)).kind;
        },
        async [Symbol.asyncDispose]() {
          await receiver.close?.();
          await server[Symbol.asyncDispose]();
        },
      };
    }
    type Tell = (notified: Notification, answers?: { b?: MailAnswer }) => Promise<string>;
    const FULL: MailAnswer = { code: 452, text: '4.2.2 Mailbox full' };
    const both = ['a@example.org', 'b@example.org'];

    it('the others are not told again at every tick, and it is told as soon as it can be', async () => {
      await using group = await putOff();
      for (let minute = 0; minute < 5; minute++) expect(await group.tell(later({}, minute))).toBe('unknown');
      expect(group.told).toEqual([['a@example.org']]);
      expect(await group.tell(later({}, 5), { b: 'take' })).toBe('sent');
      expect(group.told).toEqual([['a@example.org'], ['b@example.org']]);
    });

    it('the others are reminded every repeat_interval', async () => {
      await using group = await putOff();
      const hourly = { repeatIntervalMs: 3_600_000 };
      for (const minute of [0, 59, 60, 61, 119, 120]) await group.tell(later(hourly, minute));
      expect(group.told).toEqual([['a@example.org'], ['a@example.org'], ['a@example.org']]);
    });

    it('a repetition is for everybody, and nobody gets it twice', async () => {
      await using group = await putOff();
      const repeated = { reason: 'repeat interval elapsed' } as const;
      await group.tell(firing);
      expect(await group.tell(later(repeated, 15))).toBe('unknown');
      expect(await group.tell(later(repeated, 16))).toBe('unknown');
      expect(await group.tell(later(repeated, 17), { b: 'take' })).toBe('sent');
      expect(await group.tell(later(repeated, 30), { b: 'take' })).toBe('sent');
      expect(group.told).toEqual([['a@example.org'], ['a@example.org'], ['b@example.org'], both]);
    });

    it('news of the group are for everybody', async () => {
      await using group = await putOff();
      const joined = notifiedAlert({ fingerprint: 'fedcba9876543210' });
      const over = notifiedAlert({ status: 'resolved' });
      await group.tell(firing);
      await group.tell(later({ alerts: [notifiedAlert(), joined] }));
      await group.tell(later({ alerts: [joined] }));
      await group.tell(later({ status: 'resolved', alerts: [over] }));
      await group.tell(later({ alerts: [notifiedAlert({ startsAt: '2026-01-02T03:09:05Z' })] }));
      const others = ['a@example.org'];
      expect(group.told).toEqual([others, others, others, others]);
    });

    it('and is then refused for good: it is sent', async () => {
      await using group = await putOff();
      await group.tell(firing);
      expect(await group.tell(later(), { b: { code: 550, text: '5.1.1 unknown' } })).toBe('sent');
    });

    it('and the relay then lets nobody in: the rest is still owed', async () => {
      await using group = await putOff();
      await group.tell(firing);
      expect(await group.tell(later(), { b: { code: 535, text: '5.7.8 Who are you?' } })).toBe('unknown');
      expect(await group.tell(later({}, 2), { b: 'take' })).toBe('sent');
      expect(group.told).toEqual([['a@example.org'], ['b@example.org']]);
    });
  });

  it('of whom some are refused for good: it is sent, and the log names them', async () => {
    await using server = await startMailServer({
      answer: (step) =>
        step.stage === 'recipient' && step.recipient === 'b@example.org'
          ? { code: 550, text: '5.1.1 unknown' }
          : 'take',
    });
    const warnings: unknown[] = [];
    const log = { info() {}, warn: (fields: unknown) => warnings.push(fields) };
    const receiver = emailReceiver(server.port, { to }, { log });
    expect(await send(receiver)).toEqual({ kind: 'sent' });
    expect(warnings).toEqual([{ recipient: 'b@example.org', error: expect.stringContaining('5.1.1 unknown') }]);
    await receiver.close?.();
  });

  it('of whom none is taken: it is refused', async () => {
    await using server = await startMailServer({ answer: answerAt('recipient', { code: 550, text: '5.1.1 unknown' }) });
    const receiver = emailReceiver(server.port, { to });
    expect(await send(receiver)).toMatchObject({ kind: 'refused', retryable: false });
    await receiver.close?.();
  });
});
