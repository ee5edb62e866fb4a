/**
 * The one registry of receivers. To add a kind, write its folder and list it here: configuration, `receivers` in the API
 * and the pipeline follow. See README.md.
 */
import { email } from './email/email.ts';
import { irc } from './irc/irc.ts';
import type { ReceiverDependencies, ReceiverKind } from './kind.ts';
import type { Receiver } from './receiver.ts';
import { telegram } from './telegram/telegram.ts';
import { webhook } from './webhook/webhook.ts';

/** In the order in which Alertmanager builds a receiver's integrations; what it does not know comes last. */
const kinds = [webhook, email, telegram, irc] as const;

type ConfigOf<Kind> = Kind extends ReceiverKind<infer Config> ? Config : never;

/** The typed configuration of one integration, told apart by `integration`. */
export type IntegrationConfig = ConfigOf<(typeof kinds)[number]>;

export const receiverKinds: readonly ReceiverKind<IntegrationConfig>[] = kinds;

export type { ReceiverDependencies, ReceiverKind, ReceiverLog } from './kind.ts';

/** The kind that made this configuration, and the only one whose methods may be given it. */
export function receiverKindOf(config: IntegrationConfig): ReceiverKind<IntegrationConfig> {
  const kind = receiverKinds.find(({ integration }) => integration === config.integration);
  if (!kind) throw new TypeError(`no receiver kind "${config.integration}"`);
  return kind;
}

/** What the configuration says of a named receiver, as far as it matters here. */
interface NamedReceiver {
  readonly name: string;
  readonly integrations: readonly IntegrationConfig[];
}

/**
 * The receivers behind each name, in the order of its integrations. The caller closes them.
 * @throws Error naming the receiver that cannot be made
 */
export function createReceivers(
  receivers: readonly NamedReceiver[],
  dependencies: ReceiverDependencies,
): ReadonlyMap<string, readonly Receiver[]> {
  return new Map(
    receivers.map(({ name, integrations }) => [
      name,
      integrations.map((config, index) => {
        try {
          return receiverKindOf(config).create(config, dependencies);
        } catch (cause) {
          const message = cause instanceof Error ? cause.message : String(cause);
          throw new Error(`receiver ${JSON.stringify(name)}, ${config.integration} ${index}: ${message}`, { cause });
        }
      }),
    ]),
  );
}
