/** A mail as the SMTP server took it, as the inbox shows it. */
import type { ReceivedMail } from '../../receivers/testing/mail-server.ts';
import type { ArrivingMail } from './inbox.ts';

/** Those it was delivered to, not those it names: a copy in secret is a mail, too. */
export function arrivingMail({
  envelope,
  parsed,
}: Pick<ReceivedMail, 'envelope' | 'parsed'>): Omit<ArrivingMail, 'node'> {
  const { from } = parsed;
  const address = from?.address ?? envelope.from;
  return {
    from: from?.name ? `${from.name} <${address}>` : address,
    to: envelope.to,
    subject: parsed.subject ?? '',
    messageId: parsed.messageId,
    threadId: /<[^<>\s]+>/.exec(parsed.references ?? parsed.inReplyTo ?? '')?.[0],
    text: parsed.text ?? '',
    html: parsed.html,
  };
}
