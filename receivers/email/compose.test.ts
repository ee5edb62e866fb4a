import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Notification, NotifiedAlert } from '../../src/model/notification.ts';
import type { ReceiverDependencies } from '../kind.ts';
import { receiverDependencies } from '../testing/dependencies.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { compose } from './compose.ts';
import { withDefaults } from './config.ts';
import { email } from './email.ts';

interface Composing {
  readonly block?: Readonly<Record<string, unknown>>;
  readonly told?: Notification;
  readonly change?: Partial<ReceiverDependencies>;
}

function composing({ block = {}, told = notification(), change = {} }: Composing) {
  const dependencies = receiverDependencies(change);
  const config = email.schema.parse({
    to: 'ops@example.org',
    from: 'tocsin@example.org',
    smarthost: 'mail:25',
    ...block,
  });
  return compose(dependencies, withDefaults(config, dependencies.defaults), told);
}

/** The mail as a mail program reads it. */
async function read(given: Composing): Promise<Email> {
  const composed = composing(given);
  if (!composed.ok) return expect.unreachable(composed.problem);
  const { envelope, ...mail } = composed.mail;
  const raw = await new MailComposer({ ...mail, envelope: { from: envelope.from, to: [...envelope.to] } })
    .compile()
    .build();
  return PostalMime.parse(raw);
}

const failing = () => {
  throw new Error('template: :1:1: it is wrong');
};

/** Stands for the template engine: `{{team}}` becomes the label of that name. */
const renderTemplate = (text: string, { commonLabels }: Notification) =>
  text.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => commonLabels[name] ?? '');

describe('addresses', () => {
  it('are templates', () => {
    const told = notification({ commonLabels: { team: 'db' } });
    const block = { to: '{{team}}@example.org, all@example.org', from: 'Tocsin <tocsin+{{team}}@example.org>' };
    expect(composing({ block, told, change: { renderTemplate } })).toMatchObject({
      mail: { envelope: { from: 'tocsin+db@example.org', to: ['db@example.org', 'all@example.org'] } },
    });
  });

  it.each([
    [{ to: '{{team}}' }, /^to: there is no address/],
    [{ to: 'ops' }, /^to: no mail address: "ops"/],
    [{ to: 'ops@example.org, root' }, /^to: no mail address: "root"/],
    [{ from: 'a@example.org, b@example.org' }, /^from: must be exactly one from address \(got: 2\)/],
  ])('%j are not', (block, problem) => {
    expect(composing({ block, change: { renderTemplate } })).toEqual({
      ok: false,
      problem: expect.stringMatching(problem),
    });
  });

  it('that cannot be rendered send nothing, and say why', () => {
    const composed = composing({ change: { renderTemplate: failing } });
    expect(composed).toEqual({ ok: false, problem: expect.stringContaining('it is wrong') });
  });
});

describe('headers', () => {
  it('of the configuration take the place of ours, whatever their spelling', async () => {
    const headers = { subject: 'Look!', 'x-tocsin-status': 'mine', TO: 'The team <team@example.org>' };
    const mail = await read({ block: { headers } });
    expect(mail).toMatchObject({ subject: 'Look!', to: [{ name: 'The team', address: 'team@example.org' }] });
    expect(mail.headers.filter(({ key }) => key === 'x-tocsin-status')).toMatchObject([{ value: 'mine' }]);
  });

  it('change nothing about who gets the mail', () => {
    const composed = composing({
      block: { headers: { To: 'team@example.org', Cc: 'boss@example.org', Bcc: 'x@y.z' } },
    });
    expect(composed).toMatchObject({ mail: { envelope: { to: ['ops@example.org'] } } });
  });

  it("that make the form of a mail are not the configuration's, which is told so", async () => {
    const headers = { 'content-type': 'text/plain', Bcc: 'x@example.org', 'MIME-Version': '7' };
    const { key, value } = (await read({ block: { headers } })).headers.find(({ key }) => key === 'content-type') ?? {};
    expect({ key, value }).toMatchObject({ value: expect.stringContaining('multipart/alternative') });
    const warnings: unknown[] = [];
    const config = email.schema.parse({ to: 'ops@example.org', headers });
    email.create(config, receiverDependencies({ log: { info() {}, warn: (fields) => warnings.push(fields) } }));
    expect(warnings).toEqual([{ headers: ['Content-Type', 'Mime-Version', 'Bcc'] }]);
  });

  it('are one visible line of a length that relays take', async () => {
    const told = notification({ commonLabels: { evil: `a\u202eb\r\n\u0000c ${'x'.repeat(100_000)}` } });
    const mail = await read({ told, block: { headers: { Subject: '{{evil}}' } }, change: { renderTemplate } });
    expect(mail.subject).toMatch(/^ab c x+…$/);
    expect(mail.subject?.length).toBeLessThanOrEqual(1000);
  });

  it('say of a test that it is one, also with a subject of its own', async () => {
    const told = notification({ isTest: true });
    const mail = await read({ told, block: { headers: { Subject: 'Look!' } } });
    expect(mail.subject).toBe('TEST: Look!');
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'x-tocsin-test', value: 'true' }));
    expect(mail.headers.map(({ key }) => key)).not.toContain('importance');
  });

  it('are of the same names whatever an alert says', async () => {
    const block = { headers: { Subject: '{{evil}}', 'X-Evil': '{{evil}}' } };
    const namesOf = (mail: Email) => mail.headers.map(({ key }) => key).sort();
    const mailWith = (evil: string) => {
      const labels = { alertname: evil, evil };
      const alerts = [notifiedAlert({ labels, annotations: { summary: evil } })];
      const told = notification({ receiver: evil, groupLabels: labels, commonLabels: labels, alerts });
      return read({ block, told, change: { renderTemplate } });
    };
    const expected = namesOf(await mailWith('x'));
    const hostile = fc.stringMatching(/^x[\r\n\t \0\v\f\u2028\u0085:<>,;"a-zA-Z=?.@-]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          hostile,
          fc.string({ unit: 'binary' }).map((text) => `x${text}`),
        ),
        async (evil) => {
          expect(namesOf(await mailWith(evil))).toEqual(expected);
        },
      ),
      { numRuns: 60, examples: [['x\r\nBcc: victim@example.org\r\n\r\nHello'], ['x\r.\r\n'], ['x\u2028Bcc: a@b.c']] },
    );
  });
});

describe('a template', () => {
  it('for html is rendered as HTML, and the others as text', async () => {
    const renderHtml = (text: string) => `<b>${text}</b>`;
    const mail = await read({ block: { html: 'mine', text: 'mine too' }, change: { renderHtml } });
    expect(mail).toMatchObject({
      html: expect.stringContaining('<b>mine</b>'),
      text: expect.stringContaining('mine too'),
    });
  });

  it('that fails costs its own part only', async () => {
    const warnings: unknown[] = [];
    const change: Partial<ReceiverDependencies> = {
      renderTemplate: (text) => (text.includes('{{') ? failing() : text),
      renderHtml: failing,
      log: { info() {}, warn: (fields) => warnings.push(fields.part) },
    };
    const headers = { Subject: '{{broken}}', 'X-Team': 'db' };
    const mail = await read({ block: { html: '{{broken}}', text: '{{broken}}', headers }, change });
    expect(mail).toMatchObject({
      subject: '[FIRING:1] DiskFull (urgent)',
      html: expect.stringContaining('The disk of db1 is full'),
      text: expect.stringContaining('The disk of db1 is full'),
    });
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'x-team', value: 'db' }));
    expect(warnings).toEqual(['header Subject', 'html', 'text']);
  });

  it.each(['{{ template "email.default.html" . }}', ' {{- template "email.default.html" .-}}\n'])(
    "%j is Alertmanager's default, and so ours",
    async (html) => {
      const mail = await read({ block: { html }, change: { renderHtml: failing } });
      expect(mail.html).toContain('The disk of db1 is full');
    },
  );

  it('of a file with the name of a default is what is told instead', async () => {
    const change: Partial<ReceiverDependencies> = {
      definesTemplate: (name) => ['email.default.html', '__subject'].includes(name),
      renderTemplate: (text) => (text.includes('__subject') ? 'their subject' : text),
      renderHtml: (text) => (text.includes('email.default.html') ? 'their HTML' : 'ours'),
    };
    expect(await read({ change })).toMatchObject({
      subject: 'their subject',
      html: expect.stringContaining('their HTML'),
    });
  });
});

describe('a storm', () => {
  const alerts = Array.from({ length: 3000 }, (_, index) =>
    notifiedAlert({
      status: index < 500 ? 'resolved' : 'firing',
      labels: { alertname: 'DiskFull', instance: `host-${index}.example.org` },
    }),
  );

  it('is told as a digest: the first in full, then titles, then a number', async () => {
    const { html = '', text = '' } = await read({ told: notification({ alerts }) });
    for (const part of [html, text]) {
      expect(part).toContain('2500 firing');
      expect(part.match(/The disk of db1 is full/g)).toHaveLength(100);
      expect(part).toContain('and 2900 more');
      expect(part).toContain('host-600.example.org');
    }
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('is not looked through alert by alert if templates say all of the mail', () => {
    const untouched: NotifiedAlert = {
      ...notifiedAlert(),
      get annotations(): never {
        return expect.fail('nobody asked for the annotations');
      },
    };
    const block = { html: 'our HTML', text: 'our text', headers: { Subject: 'our subject' } };
    expect(composing({ block, told: notification({ alerts: [untouched] }) })).toMatchObject({
      mail: { html: 'our HTML', text: 'our text' },
    });
  });

  it('of long alerts is still a mail that a relay takes', async () => {
    const long = alerts.slice(0, 200).map((alert) => ({ ...alert, annotations: { summary: 'x'.repeat(100_000) } }));
    const { html = '', text = '' } = await read({ told: notification({ alerts: long }) });
    expect(html.length).toBeLessThan(1_100_000);
    expect(text.length).toBeLessThan(1_100_000);
    expect(html).toContain('host-199.example.org');
  });
});

it('the HTML shows an alert as it is and loads nothing', async () => {
  const evil = '<img src="http://tracker.example.org/x.gif"><script>alert(1)</script>';
  const labels = { alertname: evil, team: evil };
  const annotations = { summary: evil, description: `${evil}!`, note: evil, runbook: 'javascript:alert(1)' };
  const told = notification({
    receiver: evil,
    commonLabels: labels,
    groupLabels: labels,
    alerts: [notifiedAlert({ labels, annotations, generatorURL: 'javascript:alert(1)' })],
    externalURL: 'javascript:alert(1)',
  });
  const { html = '' } = await read({ told });
  expect(html).toContain('&lt;img src=');
  expect(html).not.toMatch(/<(?:img|script|iframe|object|embed)|<link|url\(|@import|href="(?!https?:)/i);
});
