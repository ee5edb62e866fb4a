/** A Telegram receiver as a configuration makes it, and the Bot API it writes to. */
import type { Notification } from '../../../src/model/notification.ts';
import type { ReceiverDependencies } from '../../kind.ts';
import type { Outcome, Receiver } from '../../receiver.ts';
import { type BotApi, type BotApiMisbehaviour, startBotApi } from '../../testing/bot-api.ts';
import { receiverDependencies } from '../../testing/dependencies.ts';
import { notification } from '../../testing/notifications.ts';
import { telegram } from '../telegram.ts';

export const TOKEN = '987654:S3CR3T-part-of-the-bot-token';
export const CHAT = '-1000000000042';

export function create(block: object, change: Partial<ReceiverDependencies> = {}): Receiver {
  const config = telegram.schema.parse({ bot_token: TOKEN, chat_id: CHAT, ...block });
  return telegram.create(config, receiverDependencies(change));
}

export interface Situation extends AsyncDisposable {
  readonly api: BotApi;
  readonly receiver: Receiver;
  /** What the receiver told of itself. */
  readonly warnings: readonly string[];
  send(change?: Partial<Notification>): Promise<Outcome>;
}

export async function situation(
  block: object = {},
  { behaviour, ...change }: Partial<ReceiverDependencies> & { behaviour?: BotApiMisbehaviour } = {},
): Promise<Situation> {
  const api = await startBotApi({ token: TOKEN });
  api.behave(behaviour);
  const warnings: string[] = [];
  const warn = (fields: object, message: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const receiver = create({ api_url: api.url, ...block }, { log: { info() {}, warn }, ...change });
  return {
    api,
    receiver,
    warnings,
    send: (change) => receiver.send(notification(change), { signal: AbortSignal.timeout(10_000) }),
    async [Symbol.asyncDispose]() {
      await receiver.close?.();
      await api[Symbol.asyncDispose]();
    },
  };
}
