/** Whatever goes wrong with a channel, no secret of it is in a log, an answer, a metric or the configuration shown. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { runProgram } from '../support/real-process.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { startRepeatingHttp, startRepeatingIrc, startRepeatingSmtp } from '../support/repeating-servers.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

const SECRETS = {
  'SASL password': 'qYsaslPassWord7Kd',
  'NickServ password': 'qYnickServPassWord3Jw',
  'channel key': 'qYchannelKey5Tz',
  'server password': 'qYserverPassWord8Lm',
  'SMTP password': 'qYsmtpPassWord2Vx',
  'bot token': '998877:qYbotToken-of-nobody_4Rb',
  'global Bot API password': 'qYglobalApiPassWord9Fc',
  'own Bot API password': 'qYownApiPassWord1Gt',
  'webhook address': 'qYwebhookPath6Np',
} as const;

interface Ports {
  readonly irc: number;
  readonly smtp: number;
  readonly http: number;
}

function configFor({ irc, smtp, http }: Ports): string {
  return `
global:
  smtp_smarthost: 127.0.0.1:${smtp}
  smtp_from: tocsin@example.org
  smtp_require_tls: false
  smtp_auth_username: tocsin
  smtp_auth_password: ${SECRETS['SMTP password']}
  telegram_api_url: http://ops:${SECRETS['global Bot API password']}@127.0.0.1:${http}
  telegram_bot_token: ${SECRETS['bot token']}
route: {receiver: all, group_wait: 0s, group_interval: 1s}
receivers:
  - name: all
    webhook_configs:
      - url: http://127.0.0.1:${http}/${SECRETS['webhook address']}
    email_configs:
      - to: ops@example.org
    telegram_configs:
      - chat_id: 1001
      - chat_id: 1002
        api_url: http://ops:${SECRETS['own Bot API password']}@127.0.0.1:${http}
    irc_configs:
      - server: 127.0.0.1
        port: ${irc}
        tls: false
        nick: tocsin
        server_password: ${SECRETS['server password']}
        account: tocsin
        password: ${SECRETS['SASL password']}
        channels: [{name: '#ops', key: ${SECRETS['channel key']}}]
      - server: 127.0.0.1
        port: ${irc}
        tls: false
        nick: tocsin2
        nickserv_password: ${SECRETS['NickServ password']}
        channels: [{name: '#dev', key: ${SECRETS['channel key']}}]
`;
}

/** Which secrets are in a text, also as they look in an address, in JSON or in base64 at any offset. */
function secretsIn(text: string): string[] {
  const found = Object.entries(SECRETS).filter(([, secret]) => {
    const base64 = [0, 1, 2].map((pad) => {
      const encoded = Buffer.from('\0'.repeat(pad) + secret).toString('base64');
      // The first and the last characters also hold bits of their neighbours.
      return encoded.slice(pad === 0 ? 0 : 4, -4);
    });
    return [secret, encodeURIComponent(secret), ...base64].some((form) => text.includes(form));
  });
  return found.map(([name]) => name);
}

/** All that a node says to anybody, by where it says it. */
async function everythingSaidBy(node: RealServer): Promise<ReadonlyMap<string, string>> {
  const paths = ['/metrics', '/api/v2/status', '/api/v2/receivers', '/api/v2/alerts', '/api/v2/alerts/groups'];
  const said = new Map<string, string>();
  for (const path of paths) said.set(path, await (await fetch(node.url + path)).text());
  const tried = await fetch(`${node.url}/api/v3/receivers/all/test`, { method: 'POST' });
  said.set('receiver test', await tried.text());
  said.set('the log', node.process.lines.join('\n'));
  return said;
}

async function failedAttempts(api: AlertApi): Promise<boolean> {
  return ((await api.metric('alertmanager_notification_requests_failed_total')) ?? 0) >= 6;
}

describe('no secret is told', () => {
  test('the forms that are looked for are found', () => {
    const secret = SECRETS['SASL password'];
    for (const text of [secret, `x\0tocsin\0${secret}`, `tocsin\0tocsin\0${secret}`, `ab\0${secret}`]) {
      expect(secretsIn(Buffer.from(text).toString('base64'))).toEqual(['SASL password']);
    }
    expect(secretsIn(`http://x/bot${encodeURIComponent(SECRETS['bot token'])}/getMe`)).toEqual(['bot token']);
    expect(secretsIn('<secret>')).toEqual([]);
  });

  test('by servers that refuse and repeat what they were told', async () => {
    await using irc = await startRepeatingIrc();
    await using smtp = await startRepeatingSmtp();
    await using http = await startRepeatingHttp();
    const config = configFor({ irc: irc.port, smtp: smtp.port, http: http.port });
    await using node = await startTocsin({ config, args: ['--log.level=debug'] });
    const api = new AlertApi(node.url);
    await api.post({ labels: { alertname: 'DiskFull', severity: 'urgent' } });
    await eventually('every channel was tried', () => failedAttempts(api));
    const heard = () => irc.heard + smtp.heard + http.heard;
    // Else nothing would be proved.
    await eventually(`the servers were told all secrets: ${secretsIn(heard())}`, () => {
      return secretsIn(heard()).length === Object.keys(SECRETS).length;
    });

    for (const [where, said] of await everythingSaidBy(node)) expect(secretsIn(said), where).toEqual([]);
  });

  test('where nobody listens', async () => {
    const config = configFor({ irc: 9, smtp: 9, http: 9 });
    await using node = await startTocsin({ config, args: ['--log.level=debug'] });
    const api = new AlertApi(node.url);
    await api.post({ labels: { alertname: 'DiskFull', severity: 'urgent' } });
    await eventually('every channel was tried', () => failedAttempts(api));
    for (const [where, said] of await everythingSaidBy(node)) expect(secretsIn(said), where).toEqual([]);
  });

  test.each([
    ['a list', (secret: string) => `[${secret}]`],
    ['a block', (secret: string) => `{${secret}: x}`],
    ['an open quote', (secret: string) => `"${secret}`],
    ['a key', (secret: string) => `${secret}: ${secret}`],
  ])('in the errors of a configuration whose secrets are mistaken for %s', async (_, mistaken) => {
    const good = configFor({ irc: 9, smtp: 9, http: 9 });
    await using node = await startTocsin({ config: good });
    const bad = Object.values(SECRETS).reduce((text, secret) => text.replaceAll(secret, mistaken(secret)), good);
    const file = node.directory.write('config.yml', bad);
    const reloaded = await fetch(`${node.url}/-/reload`, { method: 'POST' });
    const checked = await runProgram(process.execPath, [MAIN, 'check-config', file]);
    expect([reloaded.status, checked.code]).toEqual([500, 1]);
    expect(secretsIn([await reloaded.text(), checked.output, ...node.process.lines].join('\n'))).toEqual([]);
  });
});
