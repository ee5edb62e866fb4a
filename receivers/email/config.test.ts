import { describe, expect, it } from 'vitest';
import { defaultReceiverDefaults, type ReceiverDefaults } from '../defaults.ts';
import { Secret } from '../secret.ts';
import { type EmailConfig, withDefaults } from './config.ts';
import { email } from './email.ts';

const parse = (block: Record<string, unknown>) => email.schema.safeParse({ to: 'a@example.org', ...block });

function load(block: Record<string, unknown> = {}): EmailConfig {
  return parse(block).data ?? expect.unreachable();
}

const problemsOf = (block: Record<string, unknown>) =>
  parse(block).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

const secret = (value: string) => ({ kind: 'inline', secret: new Secret(value) }) as const;

const defaults: ReceiverDefaults = {
  ...defaultReceiverDefaults,
  smtp: {
    from: 'tocsin@example.org',
    hello: 'tocsin.example.org',
    smarthost: 'mail.example.org:587',
    authUsername: 'tocsin',
    authPassword: secret('pass-of-all'),
    authSecret: secret('secret-of-all'),
    authIdentity: 'ops',
    requireTls: false,
    tls: undefined,
    forceImplicitTls: true,
  },
};

describe('what is wrong', () => {
  it.each([
    [{ to: undefined }, 'to: missing to address in email config'],
    [{ to: '' }, 'to: missing to address in email config'],
    [{ headers: { subject: 'a', SUBJECT: 'b' } }, 'headers.SUBJECT: duplicate header "Subject" in email config'],
    [{ headers: { 'X Y': 'a' } }, 'headers.X Y: is not the name of a header'],
    [{ headers: { 'X\r\nBcc': 'a' } }, 'headers.X\r\nBcc: is not the name of a header'],
    [{ smarthost: 'mail.example.org' }, 'smarthost: must be host:port'],
    [{ auth_password: 'a', auth_password_file: 'b' }, 'auth_password_file: at most one of auth_password and'],
    [{ auth_secret: 'a', auth_secret_file: 'b' }, 'auth_secret_file: at most one of auth_secret and'],
    [{ threading: { enabled: 'true' } }, 'threading.thread_by_date: must be set: daily or none'],
    [{ threading: { enabled: 'true', thread_by_date: 'weekly' } }, 'threading.thread_by_date: must be daily or none'],
    [{ threading: { enable: 'true' } }, 'threading: '],
    [{ tos: 'x' }, ': '],
    [{ require_tls: 'maybe' }, 'require_tls: must be true or false'],
  ])('%j', (block, problem) => expect(problemsOf(block)).toEqual([expect.stringContaining(problem)]));
});

it('only sends what fires, if it does not say otherwise', () => {
  expect(load().sendResolved).toBe(false);
});

it('everything it does not say itself comes from global, password and secret each for itself', () => {
  expect(withDefaults(load({ auth_password_file: '/run/pass', require_tls: 'true' }), defaults)).toMatchObject({
    ...defaults.smtp,
    authPassword: { kind: 'file', path: '/run/pass' },
    requireTls: true,
    tls: { insecureSkipVerify: false },
  });
});

it("says what neither it nor global says, in Alertmanager's words", () => {
  expect(email.findMissing?.(load(), defaultReceiverDefaults).map(({ message }) => message)).toEqual([
    'no global SMTP smarthost set',
    'no global SMTP from set',
  ]);
  expect(email.findMissing?.(load(), defaults)).toEqual([]);
});

describe('as it is shown', () => {
  const block = {
    to: 'a@example.org',
    from: 'b@example.org',
    smarthost: '[::1]:25',
    auth_password: 'pass',
    html: '',
    text: '{{ .Status }}',
    headers: { 'x-team': 'db' },
    threading: { enabled: 'true', thread_by_date: 'daily' },
    tls_config: { server_name: 'mail' },
  };

  it('hides passwords', () => {
    const shown = JSON.stringify(email.show(load(block), defaults));
    expect(shown).not.toMatch(/pass"|secret-of-all/);
    expect(shown).toContain('"auth_password":"<secret>"');
  });

  it('means the same when it is loaded again', () => {
    const texts = (shown: unknown): unknown =>
      JSON.parse(JSON.stringify(shown), (_key, value) => (typeof value === 'boolean' ? String(value) : value));
    const again = email.schema.parse(texts(email.show(load(block), defaults)));
    expect(email.show(again, defaultReceiverDefaults)).toEqual(email.show(load(block), defaults));
  });

  it('leaves out what Alertmanager 0.25 does not know and nobody set', () => {
    expect(email.show(load(), defaultReceiverDefaults)).toEqual({
      send_resolved: false,
      to: 'a@example.org',
      hello: 'localhost',
      require_tls: true,
    });
  });
});
