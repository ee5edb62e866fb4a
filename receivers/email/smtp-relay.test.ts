import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DeadlineError } from '../../src/system.ts';
import { makeCertificates } from '../testing/certificates.ts';
import { emailReceiver } from '../testing/email-receivers.ts';
import { rawServer } from '../testing/http-server.ts';
import {
  answerAt,
  greylisting,
  type MailServer,
  type MailServerOptions,
  type MailStep,
  startMailServer,
} from '../testing/mail-server.ts';
import { notification } from '../testing/notifications.ts';

const certificates = makeCertificates();
afterAll(() => certificates[Symbol.dispose]());

const PASSWORD = 'S3cret-of-the-relay';

interface Sending {
  readonly options: MailServerOptions;
  readonly block?: Readonly<Record<string, unknown>>;
  readonly times?: number;
}

/** The outcomes of sending one and the same notification, and what the relay then had. */
async function sending({ options, block = {}, times = 1 }: Sending) {
  await using server = await startMailServer(options);
  const receiver = emailReceiver(server.port, block);
  const outcomes = [];
  for (let time = 0; time < times; time++) {
    outcomes.push(await receiver.send(notification(), { signal: AbortSignal.timeout(5000) }));
  }
  await receiver.close?.();
  return { outcome: outcomes[0], outcomes, mails: server.mails, connections: server.connections };
}

const SENT = { kind: 'sent' };

describe('TLS', () => {
  const tls = certificates.server;
  const trusted = { require_tls: 'true', tls_config: { ca: certificates.ca } };

  it('begins with STARTTLS, if it is required', async () => {
    const { outcome, mails } = await sending({ options: { tls }, block: trusted });
    expect(outcome).toEqual(SENT);
    expect(mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('is refused in plain words, if the relay does not do STARTTLS', async () => {
    const { outcome, mails } = await sending({ options: {}, block: trusted });
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringMatching(/require_tls is true.*STARTTLS/) });
    expect(mails).toEqual([]);
  });

  it('is not used, if it is neither required nor first', async () => {
    const { mails } = await sending({ options: { tls } });
    expect(mails).toMatchObject([{ isEncrypted: false }]);
  });

  it('comes before everything else with force_implicit_tls', async () => {
    const { outcome, mails } = await sending({
      options: { tls: { ...tls, isImplicit: true } },
      block: { ...trusted, force_implicit_tls: 'true' },
    });
    expect(outcome).toEqual(SENT);
    expect(mails).toMatchObject([{ isEncrypted: true }]);
  });

  it.each([
    ['by a stranger', { tls, ca: certificates.strangerCa }],
    ['for another host', { tls: certificates.otherName, ca: certificates.ca }],
  ])('tells nobody with a certificate %s', async (_who, { tls: shown, ca }) => {
    const { outcome, mails } = await sending({ options: { tls: shown }, block: { ...trusted, tls_config: { ca } } });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
    expect(mails).toEqual([]);
  });

  it('takes the certificate of server_name, and any with insecure_skip_verify', async () => {
    const options = { tls: certificates.otherName };
    for (const tls_config of [
      { ca: certificates.ca, server_name: 'hooks.example.org' },
      { insecure_skip_verify: 'true' },
    ]) {
      expect(await sending({ options, block: { ...trusted, tls_config } })).toMatchObject({ outcome: SENT });
    }
  });

  it('reads a rotated authority before the next mail', async () => {
    await using server = await startMailServer({ tls });
    const ca_file = join(certificates.directory, 'rotating-ca.pem');
    await writeFile(ca_file, certificates.strangerCa);
    const receiver = emailReceiver(server.port, { require_tls: 'true', tls_config: { ca_file } });
    const send = () => receiver.send(notification(), { signal: AbortSignal.timeout(5000) });
    expect(await send()).toMatchObject({ kind: 'refused', retryable: true });
    await writeFile(ca_file, certificates.ca);
    expect(await send()).toEqual(SENT);
    await receiver.close?.();
  });
});

describe('a login', () => {
  const auth = { username: 'tocsin', password: PASSWORD };
  const password = { auth_username: 'tocsin', auth_password: PASSWORD };

  it.each([
    ['PLAIN', { ...password, auth_identity: 'ops' }, { method: 'PLAIN', identity: 'ops' }],
    ['LOGIN', password, { method: 'LOGIN' }],
    ['CRAM-MD5', { auth_username: 'tocsin', auth_secret: PASSWORD }, { method: 'CRAM-MD5' }],
  ])('by %s', async (method, block, login) => {
    const { outcome, mails } = await sending({ options: { auth: { ...auth, methods: [method] } }, block });
    expect(outcome).toEqual(SENT);
    expect(mails).toMatchObject([{ login }]);
  });

  it.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])(
    'by %s with the wrong password is refused as such, and not shown',
    async (method) => {
      const wrong = { auth_username: 'tocsin', auth_password: 'not-the-word', auth_secret: 'not-the-word' };
      const { outcome } = await sending({ options: { auth: { ...auth, methods: [method] } }, block: wrong });
      expect(outcome).toMatchObject({ kind: 'refused', retryable: false, reason: 'authError' });
      expect(JSON.stringify(outcome)).not.toMatch(/not-the-word|bm90LXRoZS13b3Jk/);
    },
  );

  it('with a password only, where only CRAM-MD5 is offered, says what is missing', async () => {
    const { outcome } = await sending({ options: { auth: { ...auth, methods: ['CRAM-MD5'] } }, block: password });
    expect(outcome).toMatchObject({ reason: 'authError', message: expect.stringContaining('auth_secret') });
  });

  it('is not tried without a user name, nor where the relay offers none', async () => {
    const anonymous = await sending({ options: { auth } });
    expect(anonymous.outcome).toMatchObject({ kind: 'refused', reason: 'authError' });
    expect(await sending({ options: {}, block: password })).toMatchObject({ outcome: SENT });
  });

  it('reads the password at each mail, so that it may be rotated', async () => {
    await using server = await startMailServer({ auth });
    const auth_password_file = join(certificates.directory, 'password');
    const receiver = emailReceiver(server.port, { auth_username: 'tocsin', auth_password_file });
    const send = () => receiver.send(notification(), { signal: AbortSignal.timeout(5000) });
    expect(await send()).toMatchObject({
      kind: 'refused',
      retryable: true,
      message: expect.stringContaining('ENOENT'),
    });
    await writeFile(auth_password_file, 'old');
    expect(await send()).toMatchObject({ reason: 'authError' });
    await writeFile(auth_password_file, `${PASSWORD}\n`);
    expect(await send()).toEqual(SENT);
    await rm(auth_password_file);
    await receiver.close?.();
  });
});

describe('the relay', () => {
  it('that greylists is worth a retry, which it takes', async () => {
    const { outcomes, mails } = await sending({ options: { answer: greylisting() }, times: 2 });
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'refused', retryable: true, reason: 'serverError' }),
      SENT,
    ]);
    expect(mails).toHaveLength(1);
  });

  it.each(['greeting', 'sender', 'recipient', 'message'] as const)(
    'that says 421 or 5xx at the %s refuses, the one for now, the other for good',
    async (stage) => {
      for (const [code, retryable] of [
        [421, true],
        [554, false],
      ] as const) {
        const { outcome, mails } = await sending({ options: { answer: answerAt(stage, { code, text: 'x.7.1 No' }) } });
        expect(outcome).toMatchObject({ kind: 'refused', retryable, message: expect.stringContaining(String(code)) });
        expect(mails).toEqual([]);
      }
    },
  );

  it.each(['greeting', 'sender', 'recipient'] as const)(
    'that hangs or cuts at the %s was surely told nothing',
    async (stage) => {
      for (const answer of ['hang', 'cut'] as const) {
        await using server = await startMailServer({ answer: answerAt(stage, answer) });
        expect(await untilReached(server, stage)).toMatchObject({ kind: 'refused', retryable: true });
      }
    },
  );

  async function untilReached(server: MailServer, stage: MailStep['stage']) {
    const receiver = emailReceiver(server.port);
    const controller = new AbortController();
    const sent = receiver.send(notification(), { signal: controller.signal });
    await server.reached(stage);
    controller.abort(new DeadlineError('no result'));
    const outcome = await sent;
    await receiver.close?.();
    return outcome;
  }

  it.each([
    ['message', 'unknown'],
    ['greeting', 'refused'],
  ] as const)('that cuts the connection at the %s is not tried again by itself', async (stage, kind) => {
    const { outcome, mails, connections } = await sending({ options: { answer: answerAt(stage, 'cut', 1) } });
    expect(outcome).toMatchObject({ kind });
    expect({ mails: mails.length, connections }).toEqual({ mails: 0, connections: 1 });
  });

  it('that ends the connection without a word is not tried again by itself either', async () => {
    let connections = 0;
    await using server = await rawServer((socket) => {
      connections++;
      socket.end();
    });
    const receiver = emailReceiver(server.port);
    const outcome = await receiver.send(notification(), { signal: AbortSignal.timeout(5000) });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
    expect(connections).toBe(1);
    await receiver.close?.();
  });

  it('takes a burst over a few connections', async () => {
    await using server = await startMailServer();
    const receiver = emailReceiver(server.port);
    const burst = Array.from({ length: 30 }, (_, index) => notification({ groupKey: `group ${index}` }));
    const outcomes = await Promise.all(burst.map((told) => receiver.send(told, { signal: AbortSignal.timeout(5000) })));
    expect(outcomes).toEqual(burst.map(() => SENT));
    expect(server.mails).toHaveLength(30);
    expect(server.connections).toBeLessThanOrEqual(5);
    await receiver.close?.();
  });

  it('by a port that is none cannot be told anything, and that is said', async () => {
    const receiver = emailReceiver(0, { smarthost: 'mail.example.org:imap' });
    const outcome = await receiver.send(notification(), { signal: AbortSignal.timeout(5000) });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: false, message: expect.stringContaining('port') });
  });
});
