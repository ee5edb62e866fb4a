/**
 * What a newcomer needs no account for: an IRC server, an SMTP server and a Bot API of our own, on the loopback address.
 * What they receive goes to the inbox.
 */
import { startBotApi } from '../../receivers/testing/bot-api.ts';
import { startIrcServer } from '../../receivers/testing/irc-server.ts';
import { startMailServer } from '../../receivers/testing/mail-server.ts';
import { startNear } from '../free-port.ts';
import type { ConnectionPorts } from './connection-ports.ts';
import type { Inbox } from './inbox.ts';
import { EXAMPLE_PORTS, type StandInPorts } from './ladder-copy.ts';
import { arrivingMail } from './received-mail.ts';

export interface StandIns extends AsyncDisposable {
  readonly ports: StandInPorts;
}

export interface StandInOptions {
  /** To be there before anybody joins. */
  readonly channels: readonly string[];
  /** Where to listen if nobody else does; else on the next free port. */
  readonly preferredPorts?: StandInPorts;
}

export async function startStandIns(
  { inbox, connections }: { readonly inbox: Inbox; readonly connections: ConnectionPorts },
  { channels, preferredPorts = EXAMPLE_PORTS }: StandInOptions,
): Promise<StandIns> {
  await using stack = new AsyncDisposableStack();
  const topics = Object.fromEntries(channels.map((channel) => [channel, 'What the ladder tells']));
  const irc = await startNear(preferredPorts.irc, (port) =>
    startIrcServer({
      port,
      name: 'irc.playground.local',
      capabilities: ['echo-message'],
      topics,
      forgets: true,
      onMessage: ({ port: from, ...line }) => inbox.receiveLine({ ...line, node: connections.nodeOf(from) }),
    }),
  );
  stack.use(irc);
  const smtp = await startNear(preferredPorts.smtp, (port) =>
    startMailServer({
      port,
      forgets: true,
      onMail: (mail) => inbox.receiveMail({ ...arrivingMail(mail), node: connections.nodeOf(mail.port) }),
    }),
  );
  stack.use(smtp);
  const botApi = await startNear(preferredPorts.botApi, (port) =>
    startBotApi({
      port,
      onMessage: ({ chatId, plainText: text, entities, isSilent, port: from }) =>
        inbox.receivePhoneMessage({ chat: chatId, text, entities, isSilent, node: connections.nodeOf(from) }),
    }),
  );
  stack.use(botApi);
  const owned = stack.move();
  return {
    ports: { irc: irc.port, smtp: smtp.port, botApi: botApi.port },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
