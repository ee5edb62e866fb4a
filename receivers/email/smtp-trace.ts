/**
 * The dialogue with a relay as nodemailer logs it, without what is said in confidence: nothing of a login but the mechanism and the
 * relay's verdict, and nothing of the mail itself.
 */
import type { Trace } from '../receiver.ts';
import { redact } from '../secret.ts';

/** Bunyan style, as nodemailer wants it. */
export interface SmtpLogger {
  debug(entry: { readonly tnx?: string } | undefined, message?: unknown): void;
}

/** `secrets`: all of a login that the relay might repeat. */
export function smtpLogger(trace: Trace, secrets: readonly string[]): SmtpLogger {
  let isLoggingIn = false;
  const say = (line: string) => trace(redact(line, secrets));
  const said = (command: string) => {
    const [, mechanism] = /^AUTH +(\S+)/i.exec(command) ?? [];
    isLoggingIn ||= mechanism !== undefined;
    if (mechanism !== undefined) say(`> AUTH ${mechanism} (the rest is secret)`);
    else say(isLoggingIn ? '> (secret)' : `> ${command}`);
  };
  const answered = (reply: string) => {
    for (const line of reply.split(/\r?\n/)) say(isLoggingIn && /^334/.test(line) ? '< 334 (secret)' : `< ${line}`);
    // 334 asks for more of the login; any other reply ends it.
    if (!/^334/.test(reply)) isLoggingIn = false;
  };
  return {
    debug(entry, message) {
      if (typeof message !== 'string') return;
      if (entry?.tnx === 'client') said(message);
      else if (entry?.tnx === 'server') answered(message);
    },
  };
}
