/**
 * Warns of blocks of `irc_configs` that mean one bot and say different things about it: a nick can be used once, a bot
 * introduces itself once, and a channel has one key.
 */
import {
  type ChannelConfig,
  type ConnectionConfig,
  channelKey,
  connectionKey,
  connectionTraits,
  DEFAULT_INTRODUCTION,
  type IrcConfig,
  secretIdentity,
} from '../../receivers/irc/config.ts';
import type { ConfigPath } from './config-error.ts';
import type { Problems } from './problems.ts';
import type { ReceiversSection } from './receivers.ts';

interface Block {
  readonly config: IrcConfig;
  readonly path: ConfigPath;
}

export function warnOfIrcDisagreements(receivers: ReceiversSection, problems: Problems): void {
  const blocks = ircBlocks(receivers);
  warnOfNicks(blocks, problems);
  warnOfIntroductions(blocks, problems);
  warnOfKeys(blocks, problems);
}

function ircBlocks({ config, places }: ReceiversSection): Block[] {
  return config.flatMap(({ name, integrations }) => {
    const path = places.get(name) ?? [];
    const blocks = integrations.filter((integration) => integration.integration === 'irc');
    return blocks.map((block, index) => ({ config: block, path: [...path, 'irc_configs', index] }));
  });
}

/** One nick on one server, and yet two connections: the second is called otherwise, and which that is may change. */
function warnOfNicks(blocks: readonly Block[], problems: Problems): void {
  const firsts = new Map<string, Block>();
  const known = new Set<string>();
  for (const block of blocks) {
    const { connection } = block.config;
    const nick = JSON.stringify([serverOf(connection), channelKey(connection.nick)]);
    const first = firsts.get(nick);
    if (first === undefined) firsts.set(nick, block);
    else if (!known.has(connectionKey(connection))) {
      const keys = differingKeys(first.config.connection, connection).join(', ');
      const message = `same server and nick as on line ${problems.lineOf(first.path)}, but not the same ${keys}: each gets a connection of its own, and one of them another nick; make them agree, or give this one a nick of its own`;
      problems.warning(block.path, message);
    }
    known.add(connectionKey(connection));
  }
}

function differingKeys(one: ConnectionConfig, other: ConnectionConfig): string[] {
  const traits = connectionTraits(other);
  return [...connectionTraits(one)].filter(([key, value]) => traits.get(key) !== value).map(([key]) => key);
}

/** A block that leaves the introduction to the default has no wish of its own. */
function warnOfIntroductions(blocks: readonly Block[], problems: Problems): void {
  const firsts = new Map<string, Block>();
  for (const block of blocks) {
    const { connection } = block.config;
    const first = firsts.get(connectionKey(connection));
    if (first === undefined) firsts.set(connectionKey(connection), block);
    for (const key of ['username', 'realname'] as const) {
      const value = first?.config.connection[key];
      if (first === undefined || value === connection[key] || connection[key] === DEFAULT_INTRODUCTION[key]) continue;
      const message = `is not used: the connection is shared with the block on line ${problems.lineOf(first.path)}, which comes first and has another; set the same in both`;
      problems.warning([...block.path, key], message);
    }
  }
}

function warnOfKeys(blocks: readonly Block[], problems: Problems): void {
  const firsts = new Map<string, { readonly channel: ChannelConfig; readonly path: ConfigPath }>();
  for (const { config, path } of blocks) {
    for (const [index, channel] of config.channels.entries()) {
      if (channel.key === undefined) continue;
      const place = JSON.stringify([serverOf(config.connection), channelKey(channel.name)]);
      const channelPath = [...path, 'channels', index];
      const first = firsts.get(place);
      if (first === undefined) firsts.set(place, { channel, path: channelPath });
      else if (JSON.stringify(secretIdentity(first.channel.key)) !== JSON.stringify(secretIdentity(channel.key))) {
        const message = `${channel.name} has another key here than on line ${problems.lineOf(first.path)}; a channel has only one, so set the same in both`;
        problems.warning(channelPath, message);
      }
    }
  }
}

/** This machine goes by several names, and a name may end in a dot; other names for one server are not looked up. */
function serverOf({ server, port }: ConnectionConfig): string {
  const host = server.toLowerCase().replace(/\.$/, '');
  return `${/^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? 'localhost' : host} ${port}`;
}
