import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { realSystem } from '../../src/system.ts';
import type { BotApi, BotApiBehaviour } from '../testing/bot-api.ts';
import { notifiedAlert } from '../testing/notifications.ts';
import { situation, TOKEN } from './testing/situation.ts';

/** So many alerts that they take several messages, told apart by their number. */
function manyAlerts(count: number): Partial<Notification> {
  const alerts = Array.from({ length: count }, (_, number) =>
    notifiedAlert({
      labels: { alertname: 'DiskFull', instance: `db${number}`, severity: 'urgent' },
      annotations: { summary: `The disk of db${number} is full. `.repeat(20) },
    }),
  );
  return { alerts, commonLabels: { alertname: 'DiskFull', severity: 'urgent' } };
}

const NEXT_TICK_MS = Date.UTC(2026, 0, 2, 4);

/** Takes so many messages, and then none. */
function failsAfter({ messages }: BotApi, count: number): BotApiBehaviour {
  return () => (messages.length < count ? undefined : { kind: 'error', code: 500, description: 'x' });
}

function partsOf({ messages }: BotApi): (string | undefined)[] {
  return messages.map(({ plainText }) => /\((\d\/\d)\)\n/.exec(plainText)?.[1]);
}

/** Which of the messages made the phone ring. */
function ringsOf({ messages }: BotApi): number[] {
  return messages.flatMap(({ isSilent }, index) => (isSilent ? [] : [index]));
}

describe('a page that takes several messages', () => {
  it('rings once', async () => {
    await using told = await situation();
    expect(await told.send(manyAlerts(20))).toEqual({ kind: 'sent' });
    expect(partsOf(told.api)).toEqual(['1/4', '2/4', '3/4', '4/4']);
    expect(ringsOf(told.api)).toEqual([0]);
  });

  it('goes on where it broke off, and is unknown meanwhile, with the pause Telegram asks for', async () => {
    await using told = await situation();
    told.api.behave(failsAfter(told.api, 2));
    expect(await told.send(manyAlerts(20))).toMatchObject({
      kind: 'unknown',
      reason: 'serverError',
      message: 'sent 2 of 4 messages, then: Telegram says 500: x',
    });
    told.api.behave('rate limit');
    expect(await told.send(manyAlerts(20))).toMatchObject({
      kind: 'unknown',
      reason: 'rateLimited',
      message: expect.stringMatching(/^sent 2 of 4 messages, then: Telegram says 429: /),
      retryAfterMs: 7000,
    });
    told.api.behave(undefined);
    expect(await told.send(manyAlerts(20))).toEqual({ kind: 'sent' });
    expect(partsOf(told.api)).toEqual(['1/4', '2/4', '3/4', '4/4']);
    expect(ringsOf(told.api)).toEqual([0]);
    await told.send(manyAlerts(20));
    expect(told.api.messages).toHaveLength(8);
  });

  it('is unknown also where the rest cannot even be tried', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-telegram-'));
    try {
      const file = join(directory, 'token');
      writeFileSync(file, TOKEN);
      await using told = await situation({ bot_token: undefined, bot_token_file: file });
      told.api.behave(failsAfter(told.api, 1));
      await told.send(manyAlerts(20));
      rmSync(file);
      expect(await told.send(manyAlerts(20))).toMatchObject({
        kind: 'unknown',
        message: `sent 1 of 4 messages, then: cannot read bot_token_file ${file}: ENOENT`,
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('goes on at the next tick, and does not ring again', async () => {
    await using told = await situation();
    told.api.behave(failsAfter(told.api, 1));
    await told.send(manyAlerts(20));
    told.api.behave(undefined);
    expect(await told.send({ ...manyAlerts(20), nowMs: NEXT_TICK_MS })).toEqual({ kind: 'sent' });
    expect(partsOf(told.api)).toEqual(['1/4', '2/4', '3/4', '4/4']);
    expect(ringsOf(told.api)).toEqual([0]);
  });

  it.each<[string, Partial<Notification>]>([
    ['at the repeat', { reason: 'repeat interval elapsed' }],
    [
      'when the alerts fire again',
      { alerts: manyAlerts(20).alerts?.map((alert) => ({ ...alert, startsAtMs: 1 })) ?? [] },
    ],
  ])('begins anew %s, though a template may use the same words', async (_, change) => {
    await using told = await situation({ message: 'all the same '.repeat(700), parse_mode: '' });
    told.api.behave(failsAfter(told.api, 1));
    await told.send(manyAlerts(20));
    told.api.behave(undefined);
    await told.send({ ...manyAlerts(20), nowMs: NEXT_TICK_MS, ...change });
    expect(told.api.messages).toHaveLength(4);
    expect(ringsOf(told.api)).toEqual([0, 1]);
  });

  it('begins anew once its group has said something else', async () => {
    await using told = await situation();
    told.api.behave(failsAfter(told.api, 1));
    await told.send(manyAlerts(20));
    told.api.behave(undefined);
    await told.send(manyAlerts(1));
    await told.send(manyAlerts(20));
    expect(partsOf(told.api)).toEqual(['1/4', undefined, '1/4', '2/4', '3/4', '4/4']);
    expect(ringsOf(told.api)).toEqual([0, 1, 2]);
  });

  it('begins anew when its beginning is long ago', async () => {
    let laterMs = 0;
    const now = () => {
      const { wallMs, monotonicMs } = realSystem.now();
      return { wallMs: wallMs + laterMs, monotonicMs: monotonicMs + laterMs };
    };
    await using told = await situation({}, { system: { ...realSystem, now } });
    told.api.behave(failsAfter(told.api, 1));
    await told.send(manyAlerts(20));
    // The channel was to be left alone for as long as is ever obeyed, and then the next tick had to come.
    laterMs = 15 * 60_000;
    told.api.behave(failsAfter(told.api, 2));
    expect(await told.send(manyAlerts(20))).toMatchObject({ message: expect.stringMatching(/^sent 2 of 4 /) });
    laterMs += 3_600_000;
    told.api.behave(undefined);
    await told.send(manyAlerts(20));
    expect(partsOf(told.api)).toEqual(['1/4', '2/4', '1/4', '2/4', '3/4', '4/4']);
    expect(ringsOf(told.api)).toEqual([0, 2]);
  });
});
