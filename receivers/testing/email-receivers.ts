/** Mail receivers as a configuration makes them, for a relay on loopback. */
import { email } from '../email/email.ts';
import type { ReceiverDependencies } from '../kind.ts';
import type { Receiver } from '../receiver.ts';
import { receiverDependencies } from './dependencies.ts';

/** By default without TLS and login, and told of ends, too. */
export function emailReceiver(
  port: number,
  block: Readonly<Record<string, unknown>> = {},
  change: Partial<ReceiverDependencies> = {},
): Receiver {
  const config = email.schema.parse({
    to: 'ops@example.org',
    from: 'tocsin@example.org',
    smarthost: `127.0.0.1:${port}`,
    require_tls: 'false',
    send_resolved: 'true',
    ...block,
  });
  return email.create(config, receiverDependencies(change));
}
