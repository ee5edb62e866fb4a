/**
 * What every receiver keeps of its contract, whatever it speaks. A receiver's tests run this against a real other side,
 * on loopback, that behaves as asked.
 */
import { describe, expect, it } from 'vitest';
import { DeadlineError } from '../src/system.ts';
import type { Outcome, Receiver } from './receiver.ts';
import { notification } from './testing/notifications.ts';

export type OtherSide =
  /** Takes every message and says so. */
  | 'takes'
  /** Reads the message and says no. */
  | 'refuses'
  /** Nobody is there: no message can even be begun. */
  | 'absent'
  /** Takes the message whole, and then says nothing. */
  | 'falls silent'
  /** Takes the message whole, and then cuts the connection. */
  | 'hangs up';

export interface Stage extends AsyncDisposable {
  readonly receiver: Receiver;
  /** The words that reached the other side, one text a message. */
  told(): readonly string[];
  /** Resolves as soon as so many messages have reached the other side whole. */
  toldSoMany(count: number): Promise<void>;
  /** What the receiver knows and no message may show. */
  readonly secrets: readonly string[];
}

/** Generous: real sockets on a busy machine. Shorter than any deadline of a receiver, which it must not need. */
const SOON_MS = 3000;

export function receiverContract(open: (otherSide: OtherSide) => Promise<Stage>): void {
  const patience = () => ({ signal: AbortSignal.timeout(SOON_MS) });

  function hidesSecrets(outcome: Outcome, { secrets }: Stage): void {
    for (const secret of secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
  }

  describe('keeps the contract of a receiver:', () => {
    it('sent, when the other side took it, once', async () => {
      await using stage = await open('takes');
      expect(await stage.receiver.send(notification(), patience())).toEqual({ kind: 'sent' });
      expect(stage.told()).toHaveLength(1);
      expect(stage.told()[0]).toContain('DiskFull');
    });

    it('refused, when the other side said no, with its reason and without secrets', async () => {
      await using stage = await open('refuses');
      const outcome = await stage.receiver.send(notification(), patience());
      expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringMatching(/\w/) });
      hidesSecrets(outcome, stage);
    });

    it('refused for now, when nobody is there', async () => {
      await using stage = await open('absent');
      const outcome = await stage.receiver.send(notification(), patience());
      expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
      hidesSecrets(outcome, stage);
    });

    it('unknown, when the other side took it and hung up', async () => {
      await using stage = await open('hangs up');
      const outcome = await stage.receiver.send(notification(), patience());
      expect(outcome).toMatchObject({ kind: 'unknown' });
      hidesSecrets(outcome, stage);
    });

    it.each([
      ['deadline', new DeadlineError('no result within 1 ms'), 'contextDeadlineExceeded'],
      ['stop', new Error('shutting down'), 'contextCanceled'],
    ])('unknown as soon as the %s comes, when the other side fell silent', async (_name, why, reason) => {
      await using stage = await open('falls silent');
      const controller = new AbortController();
      const sending = stage.receiver.send(notification(), { signal: controller.signal });
      await stage.toldSoMany(1);
      controller.abort(why);
      const outcome = await Promise.race([sending, tooLate()]);
      expect(outcome).toMatchObject({ kind: 'unknown', reason });
      if (outcome) hidesSecrets(outcome, stage);
    });

    it('refused at once and nothing told, when it was stopped before it began', async () => {
      await using stage = await open('takes');
      const outcome = await stage.receiver.send(notification(), {
        signal: AbortSignal.abort(new DeadlineError('late')),
      });
      expect(outcome).toMatchObject({ kind: 'refused', retryable: true, reason: 'contextDeadlineExceeded' });
      expect(stage.told()).toHaveLength(0);
    });

    it('many at the same time, each told once', async () => {
      await using stage = await open('takes');
      const names = Array.from({ length: 20 }, (_, index) => `Receiver${index}of20`);
      const outcomes = await Promise.all(
        names.map((name) => {
          const commonLabels = { alertname: name };
          const alerts = notification().alerts.map((alert) => ({ ...alert, labels: commonLabels }));
          return stage.receiver.send(notification({ alerts, groupLabels: commonLabels, commonLabels }), patience());
        }),
      );
      expect(outcomes).toEqual(names.map(() => ({ kind: 'sent' })));
      for (const name of names) expect(stage.told().filter((words) => words.includes(name))).toHaveLength(1);
    });

    it('a test message says that it is one', async () => {
      await using stage = await open('takes');
      await stage.receiver.send(notification({ isTest: true }), patience());
      expect(stage.told()[0]).toMatch(/\btest\b/i);
      await stage.receiver.send(notification(), patience());
      expect(stage.told()[1]).not.toMatch(/\btest\b/i);
    });

    it.each<OtherSide>(['takes', 'refuses', 'absent', 'hangs up'])(
      'what is said and answered can be followed, without secrets, where the other side %s',
      async (otherSide) => {
        await using stage = await open(otherSide);
        const lines: string[] = [];
        const trace = (line: string) => void lines.push(line);
        await stage.receiver.send(notification({ isTest: true }), { ...patience(), trace });
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.filter((line) => !/^[<>*] ./.test(line))).toEqual([]);
        if (otherSide === 'takes') expect(lines.map(([first]) => first)).toEqual(expect.arrayContaining(['>', '<']));
        for (const secret of stage.secrets) expect(lines.join('\n')).not.toContain(secret);
      },
    );

    it('it can be closed, and refuses from then on', async () => {
      await using stage = await open('takes');
      await stage.receiver.send(notification(), patience());
      await stage.receiver.close?.();
      expect(await stage.receiver.send(notification(), patience())).toMatchObject({ kind: 'refused', retryable: true });
    });
  });
}

/** Undefined, after longer than any receiver may take to notice an abort. */
function tooLate(): Promise<undefined> {
  return new Promise((resolve) => {
    AbortSignal.timeout(SOON_MS).addEventListener('abort', () => resolve(undefined));
  });
}
