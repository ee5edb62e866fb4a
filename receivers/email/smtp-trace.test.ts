import { expect, test } from 'vitest';
import { smtpLogger } from './smtp-trace.ts';

test('of a login only the mechanism and the verdict are shown, whatever the relay repeats', () => {
  const lines: string[] = [];
  const { debug } = smtpLogger((line) => lines.push(line), ['S3CR3T']);
  debug({ tnx: 'server' }, '220 relay ready');
  debug({ tnx: 'client' }, 'EHLO oslo');
  debug({ tnx: 'server' }, '250-relay\r\n250 AUTH LOGIN PLAIN');
  debug({ tnx: 'client' }, 'AUTH LOGIN');
  debug({ tnx: 'server' }, '334 VXNlcm5hbWU6');
  debug({ tnx: 'client' }, 'dG9jc2lu');
  debug({ tnx: 'server' }, '334 UGFzc3dvcmQ6');
  debug({ tnx: 'client' }, 'UzNDUjNU');
  debug({ tnx: 'server' }, '535 wrong: S3CR3T');
  debug({ tnx: 'client' }, 'AUTH PLAIN AHRvY3NpbgBTM0NSM1Q=');
  debug({ tnx: 'server' }, '235 welcome');
  debug({ tnx: 'client' }, 'MAIL FROM:<a@b>');
  debug({ tnx: 'message' }, 'the mail itself');
  debug(undefined, 7);
  expect(lines).toEqual([
    '< 220 relay ready',
    '> EHLO oslo',
    '< 250-relay',
    '< 250 AUTH LOGIN PLAIN',
    '> AUTH LOGIN (the rest is secret)',
    '< 334 (secret)',
    '> (secret)',
    '< 334 (secret)',
    '> (secret)',
    '< 535 wrong: <secret>',
    '> AUTH PLAIN (the rest is secret)',
    '< 235 welcome',
    '> MAIL FROM:<a@b>',
  ]);
});
