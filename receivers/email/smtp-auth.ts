/**
 * How a relay is told who we are: CRAM-MD5 with auth_secret, else PLAIN or LOGIN with auth_password, as Alertmanager does.
 * nodemailer's own choice knows one password for all mechanisms and no authorization identity.
 */
import { createHmac } from 'node:crypto';
import type { SMTPConnectionOptions } from 'nodemailer';

type CustomAuth = NonNullable<SMTPConnectionOptions['customAuth']>;
type AuthContext = Parameters<CustomAuth[string]>[0];

export interface Login {
  readonly username: string;
  /** For PLAIN; undefined: the user acts for themselves. */
  readonly identity: string | undefined;
  readonly password: string | undefined;
  readonly secret: string | undefined;
  /** False: what is sent can be read on the way. */
  readonly isProtected: boolean;
}

export type Mechanism = 'CRAM-MD5' | 'PLAIN' | 'LOGIN';

/** The name under which nodemailer is given all mechanisms in one. */
const METHOD = 'TOCSIN';

/** The options of a transport that logs in this way, if the relay offers any. */
export function loginOptions(login: Login) {
  const handler = (context: AuthContext) => authenticate(login, context);
  return { auth: { user: login.username, method: METHOD }, customAuth: { [METHOD]: handler } };
}

/** All that a relay might repeat of it in an answer. */
export function loginSecrets({ username, identity, password, secret }: Login): string[] {
  const known = [password, secret].filter((value) => value !== undefined && value !== '') as string[];
  const plain = known.map((value) => `${identity ?? ''}\0${username}\0${value}`);
  return [...known, ...[...known, ...plain].map((value) => base64(value).replace(/=+$/, ''))];
}

/** The mechanism to use of those offered, or why none can be. */
export function chooseMechanism(
  login: Login,
  offered: readonly string[],
): { mechanism: Mechanism } | { problem: string } {
  const { password, secret, isProtected } = login;
  const offers = (mechanism: Mechanism) => offered.includes(mechanism);
  if (offers('CRAM-MD5') && secret !== undefined) return { mechanism: 'CRAM-MD5' };
  if (offers('PLAIN') && password !== undefined) {
    if (isProtected) return { mechanism: 'PLAIN' };
    return { problem: 'PLAIN would send the password unencrypted; set require_tls or force_implicit_tls' };
  }
  if (offers('LOGIN') && password !== undefined) return { mechanism: 'LOGIN' };
  if (offers('CRAM-MD5') && password !== undefined) {
    return { problem: 'the relay offers CRAM-MD5 only, which needs auth_secret instead of auth_password' };
  }
  if (password === undefined && secret === undefined) {
    return { problem: 'auth_username is set, but neither auth_password nor auth_secret' };
  }
  const names = offered.join(', ') || 'none that is known';
  return { problem: `none of the relay's mechanisms (${names}) works with what is configured` };
}

async function authenticate(login: Login, { authMethods, sendCommand }: AuthContext): Promise<void> {
  const choice = chooseMechanism(login, authMethods);
  if ('problem' in choice) throw new Error(choice.problem);
  const { username, identity = '', password = '', secret = '' } = login;
  const expect = async (status: number, command: string) => {
    const answer = await sendCommand(command);
    if (answer.status !== status) throw new Error(`the relay refused the ${choice.mechanism} login`);
    return answer.text;
  };
  switch (choice.mechanism) {
    case 'PLAIN':
      await expect(235, `AUTH PLAIN ${base64(`${identity}\0${username}\0${password}`)}`);
      return;
    case 'LOGIN':
      await expect(334, 'AUTH LOGIN');
      await expect(334, base64(username));
      await expect(235, base64(password));
      return;
    case 'CRAM-MD5': {
      const challenge = Buffer.from(await expect(334, 'AUTH CRAM-MD5'), 'base64');
      const proof = createHmac('md5', secret).update(challenge).digest('hex');
      await expect(235, base64(`${username} ${proof}`));
    }
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
