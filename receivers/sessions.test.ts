import { expect, it } from 'vitest';
import { type Session, Sessions } from './sessions.ts';

class Connection implements Session {
  closed = 0;

  async close(): Promise<void> {
    this.closed++;
  }
}

it('receivers of the same place share one session, which ends with its last user', async () => {
  const sessions = new Sessions();
  const first = sessions.acquire('irc a', () => new Connection());
  const second = sessions.acquire('irc a', () => new Connection());
  expect(second.session).toBe(first.session);
  await first.release();
  expect(first.session.closed).toBe(0);
  await second.release();
  expect(first.session.closed).toBe(1);
});

it('a session outlives a reload that names its place again', async () => {
  const sessions = new Sessions();
  const before = sessions.acquire('irc a', () => new Connection());
  const after = sessions.acquire('irc a', () => new Connection());
  await before.release();
  expect(after.session).toBe(before.session);
  expect(after.session.closed).toBe(0);
});

it('different places have different sessions', () => {
  const sessions = new Sessions();
  const one = sessions.acquire('irc a', () => new Connection());
  expect(sessions.acquire('irc b', () => new Connection()).session).not.toBe(one.session);
});

it('letting go twice counts once', async () => {
  const sessions = new Sessions();
  const first = sessions.acquire('irc a', () => new Connection());
  sessions.acquire('irc a', () => new Connection());
  await first.release();
  await first.release();
  expect(first.session.closed).toBe(0);
});

it('a place that was given up is begun anew', async () => {
  const sessions = new Sessions();
  const first = sessions.acquire('irc a', () => new Connection());
  await first.release();
  expect(sessions.acquire('irc a', () => new Connection()).session).not.toBe(first.session);
});
