import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { defaultReceiverDefaults } from '../defaults.ts';
import { type OtherSide, receiverContract, type Stage } from '../receiver.contract.ts';
import type { Outcome } from '../receiver.ts';
import { type BotApiMisbehaviour, startBotApi } from '../testing/bot-api.ts';
import { answerWith, deadOrigin, startServer } from '../testing/http-server.ts';
import { notification } from '../testing/notifications.ts';
import { telegram } from './telegram.ts';
import { CHAT, create, situation, TOKEN } from './testing/situation.ts';

const MISBEHAVIOURS: Record<OtherSide, BotApiMisbehaviour | undefined> = {
  takes: undefined,
  absent: undefined,
  refuses: 'blocked',
  'falls silent': 'falls silent',
  'hangs up': 'hangs up',
};

receiverContract(async (otherSide): Promise<Stage> => {
  const api = await startBotApi({ token: TOKEN });
  api.behave(MISBEHAVIOURS[otherSide]);
  const receiver = create({ api_url: otherSide === 'absent' ? await deadOrigin() : api.url });
  return {
    receiver,
    told: () => api.messages.map(({ plainText }) => plainText),
    toldSoMany: (count) => api.received(count),
    secrets: [TOKEN, TOKEN.slice(TOKEN.indexOf(':') + 1)],
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await receiver.close?.();
    },
  };
});

describe('a message', () => {
  it('goes to the chat and the thread, in HTML, without a preview of its links', async () => {
    await using told = await situation({ message_thread_id: '7' });
    expect(await told.send()).toEqual({ kind: 'sent' });
    expect(told.api.messages).toMatchObject([{ chatId: CHAT, messageThreadId: 7, parseMode: 'HTML', isSilent: false }]);
    expect(told.api.messages[0]?.plainText).toBe(
      '[FIRING:1] DiskFull (urgent)\n\n1 firing\n\nDiskFull\nThe disk of db1 is full\n' +
        'since 2026-01-02 03:04 UTC\nseverity=urgent\nSource\n\nFirst notification. Told to team-x.y.',
    );
    expect(told.api.messages[0]?.entities).toContainEqual({
      type: 'text_link',
      offset: expect.any(Number),
      length: 'Source'.length,
      url: 'http://prometheus.example.org/graph?g0.expr=up&g0.tab=1',
    });
    expect(JSON.parse(told.api.calls[0]?.parameters.link_preview_options ?? '')).toEqual({ is_disabled: true });
    expect(told.api.calls[0]?.headers['user-agent']).toBe('Alertmanager/0.34.0 Tocsin/1.2.3');
  });

  it('of a test begins with TEST, also one of a template', async () => {
    await using told = await situation();
    await told.send({ isTest: true });
    expect(told.api.messages[0]?.plainText).toMatch(/^TEST: /);
    await using own = await situation({ message: 'words' });
    await own.send({ isTest: true });
    expect(own.api.messages[0]?.plainText).toBe('TEST: words');
  });

  it('without a parse mode is plain text', async () => {
    await using told = await situation({ parse_mode: '' });
    await told.send();
    expect(told.api.messages).toMatchObject([
      { parseMode: '', text: expect.stringContaining('\n  severity = urgent\n') },
    ]);
  });

  it('takes token and chat from files, read anew each time', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-telegram-'));
    try {
      const [tokenFile, chatFile] = [join(directory, 'token'), join(directory, 'chat')];
      writeFileSync(tokenFile, 'not-yet');
      writeFileSync(chatFile, '17\n');
      const files = { bot_token: undefined, bot_token_file: tokenFile, chat_id: undefined, chat_id_file: chatFile };
      await using told = await situation(files);
      expect(await told.send()).toMatchObject({ kind: 'refused', retryable: false });
      writeFileSync(tokenFile, `${TOKEN}\n`);
      expect(await told.send()).toEqual({ kind: 'sent' });
      expect(told.api.messages[0]?.chatId).toBe('17');
      writeFileSync(chatFile, '@nobody');
      expect(await told.send()).toMatchObject({
        kind: 'refused',
        retryable: true,
        message: `chat_id_file ${chatFile} must hold a whole number and nothing else`,
      });
      writeFileSync(chatFile, '17');
      rmSync(tokenFile);
      expect(await told.send()).toMatchObject({ message: `cannot read bot_token_file ${tokenFile}: ENOENT` });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('takes token and address from global, and a path in the address stays', async () => {
    await using server = await startServer(answerWith(200, '{"ok":true,"result":{}}'));
    const botToken = telegram.schema.parse({ bot_token: TOKEN, chat_id: '1' }).botToken;
    const defaults = { ...defaultReceiverDefaults, telegram: { apiUrl: `${server.origin}/proxy/`, botToken } };
    const receiver = create({ bot_token: undefined }, { defaults });
    expect(await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) })).toEqual({ kind: 'sent' });
    expect(server.requests[0]?.path).toBe(`/proxy/bot${TOKEN}/sendMessage`);
    await receiver.close?.();
  });

  it('goes with what http_config says', async () => {
    await using told = await situation({ http_config: { authorization: { credentials: 'CR3D3NT14LS' } } });
    await told.send();
    expect(told.api.calls[0]?.headers.authorization).toBe('Bearer CR3D3NT14LS');
  });
});

describe('Telegram says no:', () => {
  it.each<[BotApiMisbehaviour, Partial<Extract<Outcome, { kind: 'refused' }>>]>([
    ['rate limit', { retryable: true, reason: 'rateLimited', retryAfterMs: 7000 }],
    ['server error', { retryable: true, reason: 'serverError' }],
    [
      'wrong token',
      { retryable: false, reason: 'authError', message: 'Telegram says 401: Unauthorized; check bot_token' },
    ],
    ['blocked', { retryable: false, reason: 'authError' }],
    ['no such chat', { retryable: false, reason: 'clientError', message: expect.stringContaining('check chat_id') }],
  ])('%s', async (behaviour, refused) => {
    await using told = await situation({}, { behaviour });
    expect(await told.send()).toMatchObject({ kind: 'refused', ...refused });
    expect(told.api.messages).toHaveLength(0);
  });

  it('a token cannot lead to another address', async () => {
    await using server = await startServer(answerWith(404));
    const receiver = create({ api_url: server.origin, bot_token: '1:a/../../b?c#d' });
    await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) });
    expect(server.requests[0]?.path).toBe('/bot1:a%2F..%2F..%2Fb%3Fc%23d/sendMessage');
    await receiver.close?.();
  });

  it('a token that is none', async () => {
    await using told = await situation({ bot_token: 'a/../b?c#d' });
    expect(await told.send()).toMatchObject({
      kind: 'refused',
      retryable: false,
      message: 'Telegram says 404: Not Found; check bot_token and api_url',
    });
  });

  it('an answer that is not Telegram’s leaves it open, unless it surely got nowhere', async () => {
    await using told = await situation({}, { behaviour: 'bad gateway' });
    expect(await told.send()).toMatchObject({ kind: 'unknown', reason: 'serverError' });
    const page = (status: number) => () => ({ kind: 'other', status, body: '<html>Sign in</html>' }) as const;
    told.api.behave(page(200));
    expect(await told.send()).toMatchObject({ kind: 'unknown', message: expect.stringContaining('Sign in') });
    told.api.behave(page(503));
    expect(await told.send()).toMatchObject({ kind: 'refused', retryable: true, reason: 'serverError' });
    told.api.behave(page(403));
    expect(await told.send()).toMatchObject({ kind: 'refused', retryable: false, reason: 'authError' });
  });

  it('an answer too long to read is a yes all the same', async () => {
    const body = `{"ok":true,"result":{"text":"${'x'.repeat(100_000)}"}}`;
    await using told = await situation();
    told.api.behave(() => ({ kind: 'other', status: 200, body }));
    expect(await told.send()).toEqual({ kind: 'sent' });
  });

  it('a slow one is waited for, as long as the signal allows', async () => {
    await using told = await situation();
    const held = Promise.withResolvers<undefined>();
    told.api.behave(() => held.promise);
    const sending = told.send();
    held.resolve(undefined);
    expect(await sending).toEqual({ kind: 'sent' });
  });

  it('and repeats the token, which nobody sees', async () => {
    const secret = TOKEN.slice(TOKEN.indexOf(':') + 1);
    await using told = await situation();
    const description = `Bad Request: can't parse entities ${TOKEN} ${encodeURIComponent(TOKEN)} /bot${TOKEN}/ ${secret}`;
    for (const answer of [
      { kind: 'error', code: 400, description },
      { kind: 'error', code: 500, description: description.repeat(100) },
      { kind: 'other', status: 502, body: description },
      { kind: 'other', status: 200, body: description },
      { kind: 'other', status: 302, body: '', headers: { location: `http://127.0.0.1:1/bot${TOKEN}/x` } },
      { kind: 'other', status: 302, body: '', headers: { location: `gopher://bot${TOKEN}/x` } },
    ] as const) {
      told.api.behave(() => answer);
      const shown = JSON.stringify([await told.send(), told.warnings]);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(encodeURIComponent(TOKEN));
    }
    expect(told.warnings).toHaveLength(1);
  });
});

describe('the password in api_url', () => {
  it.each([
    ['hunter2-of-nobody', 'hunter2-of-nobody'],
    ['p%40ss-of%2Fnobody', 'p@ss-of/nobody'],
  ])('(%s) opens the door of a Bot API of one’s own, and nobody sees it', async (written, password) => {
    const authorization = `Basic ${Buffer.from(`ops:${password}`).toString('base64')}`;
    await using told = await situation();
    const api_url = told.api.url.replace('://', `://ops:${written}@`);
    const warnings: unknown[] = [];
    const receiver = create({ api_url }, { log: { info() {}, warn: (...said) => void warnings.push(said) } });
    expect(await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) })).toEqual({ kind: 'sent' });
    expect(told.api.calls[0]?.headers.authorization).toBe(authorization);
    const repeated = `can't parse entities ${written} ${password} ${authorization} ${api_url}`;
    for (const answer of [
      { kind: 'error', code: 400, description: repeated },
      { kind: 'error', code: 500, description: repeated.repeat(100) },
      { kind: 'other', status: 401, body: repeated },
      { kind: 'other', status: 502, body: repeated },
      { kind: 'hang up', isTaken: false },
    ] as const) {
      told.api.behave(() => answer);
      const outcome = await receiver.send(notification(), { signal: AbortSignal.timeout(10_000) });
      const shown = JSON.stringify([outcome, warnings]);
      for (const form of [written, password, authorization.slice('Basic '.length)]) expect(shown).not.toContain(form);
    }
    await receiver.close?.();
  });
});

describe('a group that became a supergroup', () => {
  it('is followed at once, and from then on, and said once', async () => {
    await using told = await situation();
    told.api.migrate(CHAT, -1009999);
    expect(await told.send()).toEqual({ kind: 'sent' });
    expect(await told.send()).toEqual({ kind: 'sent' });
    expect(told.api.messages.map(({ chatId }) => chatId)).toEqual(['-1009999', '-1009999']);
    expect(told.api.calls).toHaveLength(3);
    expect(told.warnings).toEqual([
      `The Telegram group has become a supergroup; put its new id into chat_id {"chat_id":"${CHAT}","new_chat_id":"-1009999"}`,
    ]);
    expect(told.receiver.destination).toBe(`${told.api.url} chat ${CHAT} thread 0`);
  });

  it('and goes on becoming one is refused in the end', async () => {
    await using told = await situation();
    const parameters = { migrate_to_chat_id: -5 };
    told.api.behave(() => ({ kind: 'error', code: 400, description: 'Bad Request: upgraded', parameters }));
    expect(await told.send()).toMatchObject({ kind: 'refused', retryable: false, reason: 'clientError' });
  });
});

describe('a message of one’s own', () => {
  /** Stands for the template engine: `{{ .x }}` is the common label x. */
  const fill =
    (escaped: (value: string) => string) =>
    (text: string, { commonLabels }: Notification) =>
      text.replace(/\{\{ ?\.(\w+) ?\}\}/g, (_match, name: string) => {
        const value = commonLabels[name];
        if (value === undefined) throw new Error(`no label ${name}`);
        return escaped(value);
      });
  const renderTemplate = fill((value) => value);
  const renderHtml = fill((value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
  const engine = { renderTemplate, renderHtml };
  const labelled = (labels: Record<string, string>) => ({ commonLabels: labels });

  it('keeps its markup, and alerts cannot write any into it', async () => {
    await using told = await situation({ message: '<b>{{ .who }}</b>' }, engine);
    await told.send(labelled({ who: '<a href="https://evil.example">&amp;</a>' }));
    expect(told.api.messages[0]).toMatchObject({
      plainText: '<a href="https://evil.example">&amp;</a>',
      entities: [{ type: 'bold' }],
    });
  });

  it.each(['HTML', 'Markdown', 'MarkdownV2'])('in broken %s arrives as plain text', async (parseMode) => {
    await using told = await situation({ message: '<b>*_{{ .who }}', parse_mode: parseMode }, engine);
    expect(await told.send(labelled({ who: 'db1' }))).toEqual({ kind: 'sent' });
    expect(told.api.messages).toMatchObject([{ parseMode: '', text: '<b>*_db1', isSilent: false }]);
    expect(told.warnings).toEqual([expect.stringContaining("can't parse entities")]);
  });

  it('is sent in its parse mode', async () => {
    await using told = await situation({ message: '*{{ .who }}*', parse_mode: 'MarkdownV2' }, engine);
    await told.send(labelled({ who: 'db1' }));
    expect(told.api.messages).toMatchObject([{ parseMode: 'MarkdownV2', text: '*db1*', plainText: 'db1' }]);
  });

  it.each(['HTML', ''])('that is too long arrives in parts (%j)', async (parseMode) => {
    await using told = await situation({ message: '{{ .who }}', parse_mode: parseMode }, engine);
    const lines = Array.from({ length: 900 }, (_, number) => `line ${number}`);
    expect(await told.send(labelled({ who: lines.join('\n') }))).toEqual({ kind: 'sent' });
    expect(told.api.messages.flatMap(({ text }) => text.split('\n'))).toEqual(lines);
  });

  it.each(['{{ .nobody }}', '{{ .empty }} '])(
    'that cannot be had (%s) gives way to the shared words',
    async (message) => {
      await using told = await situation({ message }, engine);
      expect(await told.send(labelled({ empty: '' }))).toEqual({ kind: 'sent' });
      expect(told.api.messages[0]?.plainText).toContain('The disk of db1 is full');
      expect(told.warnings).toEqual([expect.stringContaining('sent the shared words')]);
    },
  );

  const EMPTY = { kind: 'error', code: 400, description: 'Bad Request: message text is empty' } as const;

  it.each([
    ['HTML', '<b>{{ .empty }}</b>'],
    ['Markdown', '*{{ .empty }}*'],
    ['MarkdownV2', '__{{ .empty }}__'],
    ['', '\u{200d}'],
  ])('that is markup around nothing (%s) gives way to the shared words, and rings', async (parseMode, message) => {
    await using told = await situation({ message, parse_mode: parseMode }, engine);
    told.api.behave(({ parameters }) => (parameters.text === '\u{200d}' ? EMPTY : undefined));
    expect(await told.send(labelled({ empty: '', severity: 'urgent' }))).toEqual({ kind: 'sent' });
    expect(told.api.messages).toMatchObject([
      { plainText: expect.stringContaining('The disk of db1 is full'), isSilent: false },
    ]);
    expect(told.warnings).toEqual([expect.stringMatching(/sending the shared words.* empty/)]);
  });

  it('is refused where Telegram finds even the shared words empty', async () => {
    await using told = await situation({ message: '<b></b>' });
    told.api.behave(() => ({ kind: 'error', code: 400, description: 'Bad Request: message must be non-empty' }));
    expect(await told.send()).toMatchObject({ kind: 'refused', retryable: false });
    expect(told.api.calls).toHaveLength(2);
  });

  it('is Alertmanager’s default only if a template file says what that is', async () => {
    const message = '{{template "telegram.default.message" .}}';
    await using without = await situation({ message });
    await without.send();
    expect(without.api.messages[0]?.plainText).toContain('The disk of db1 is full');
    expect(without.warnings).toEqual([]);
    for (const block of [{}, { message }]) {
      const definesTemplate = (name: string) => name === 'telegram.default.message';
      await using told = await situation(block, { definesTemplate, renderHtml: (text) => `rendered ${text}` });
      await told.send();
      expect(told.api.messages[0]?.plainText).toBe('rendered {{ template "telegram.default.message" . }}');
    }
  });

  it('that cannot be parsed is found when the receiver is made', () => {
    const checkTemplate = (text: string) => {
      throw new Error(`unclosed action in ${text}`);
    };
    expect(() => create({ message: '{{' }, { checkTemplate })).toThrow('unclosed action in {{');
  });
});
