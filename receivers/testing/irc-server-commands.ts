/** The commands of irc-server.ts: what each client may say, and what it hears in answer. */
import type { IrcChannel, IrcServerClient, IrcServerState } from './irc-server.ts';

export interface IrcRequest {
  readonly command: string;
  readonly params: readonly string[];
}

interface Command {
  /** Whether it may come before the welcome. */
  readonly isForStrangers?: true;
  run(server: IrcServerState, client: IrcServerClient, request: IrcRequest): void;
}

const NICK = /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/;
/** SASL is worked off by services elsewhere on the network. */
const SERVICES_ANSWER_AFTER_MS = 20;
const CHANNEL = /^#[^\s,:\x07]{1,49}$/;

const ERRORS: Readonly<Record<number, string>> = {
  403: 'No such channel',
  404: 'Cannot send to channel',
  405: 'You have joined too many channels',
  437: 'Nick/channel is temporarily unavailable',
  442: "You're not on that channel",
  471: 'Cannot join channel (+l)',
  473: 'Cannot join channel (+i)',
  474: 'Cannot join channel (+b)',
  475: 'Cannot join channel (+k)',
  477: 'You need a registered nick',
  489: 'Cannot join channel (+z)',
};

export function maskOf({ nick, username }: IrcServerClient): string {
  return `${nick}!${username}@localhost`;
}

export function sendToChannel(server: IrcServerState, { members }: IrcChannel, line: string): void {
  for (const member of members.keys()) server.reply(member, line);
}

/** The welcome, once everything is there that it needs; called after every line. */
export function register(server: IrcServerState, client: IrcServerClient): void {
  if (client.isRegistered || client.isNegotiating || client.nick === '' || client.username === '') return;
  const { faults, options, name } = server;
  if (!server.clients.has(client)) return;
  if (faults.dropsBeforeRegistration) {
    client.socket.destroy();
    return;
  }
  if (faults.errorBeforeRegistration !== undefined) {
    server.disconnect(client, faults.errorBeforeRegistration);
    return;
  }
  if (options.password !== undefined && client.password !== options.password) {
    numeric(server, client, 464, ':Password incorrect');
    server.disconnect(client, 'Closing Link: (Bad Password)');
    return;
  }
  client.isRegistered = true;
  numeric(server, client, 1, `:Welcome to the Internet Relay Network ${maskOf(client)}`);
  numeric(server, client, 2, `:Your host is ${name}, running version tocsin-stand-in`);
  numeric(server, client, 3, ':This server was started for you');
  numeric(server, client, 4, `${name} tocsin-stand-in o nkt`);
  numeric(
    server,
    client,
    5,
    'CASEMAPPING=ascii CHANTYPES=# CHANMODES=,k,,nt PREFIX=(o)@ NICKLEN=30 CHANNELLEN=50 NETWORK=Tocsin :are supported',
  );
  numeric(server, client, 422, ':There is no message of the day');
}

export const commands: Readonly<Record<string, Command>> = {
  CAP: {
    isForStrangers: true,
    run(server, client, { params: [subcommand = '', ...rest] }) {
      const offered = server.options.capabilities ?? [];
      const say = (words: string) => server.reply(client, `:${server.name} CAP ${client.nick || '*'} ${words}`);
      if (subcommand === 'LS') {
        client.isNegotiating = !client.isRegistered;
        say(`LS :${offered.map((name) => (name === 'sasl' ? 'sasl=PLAIN' : name)).join(' ')}`);
      } else if (subcommand === 'REQ') {
        client.isNegotiating = !client.isRegistered;
        const wanted = (rest.at(-1) ?? '').split(' ').filter((name) => name !== '');
        const all = wanted.every((name) => offered.some((known) => known === name));
        if (all) for (const name of wanted) client.capabilities.add(name);
        say(`${all ? 'ACK' : 'NAK'} :${wanted.join(' ')}`);
      } else if (subcommand === 'LIST') say(`LIST :${[...client.capabilities].join(' ')}`);
      else if (subcommand === 'END') client.isNegotiating = false;
    },
  },
  AUTHENTICATE: {
    isForStrangers: true,
    run(server, client, { params: [answer = ''] }) {
      if (answer === 'PLAIN') return server.reply(client, 'AUTHENTICATE +');
      const [, account = '', password] = Buffer.from(answer, 'base64').toString().split('\0');
      const accounts = server.options.accounts ?? {};
      if (!Object.hasOwn(accounts, account) || accounts[account] !== password) {
        return numeric(server, client, 904, ':SASL authentication failed');
      }
      numeric(server, client, 900, `${maskOf(client)} ${account} :You are now logged in as ${account}`);
      // Where services log people in, this comes a moment later, and a client that did not wait is not logged in.
      setTimeout(() => {
        if (client.isNegotiating) numeric(server, client, 903, ':SASL authentication successful');
        else numeric(server, client, 906, ':SASL authentication aborted');
      }, SERVICES_ANSWER_AFTER_MS);
    },
  },
  PASS: {
    isForStrangers: true,
    run(_server, client, { params: [password = ''] }) {
      client.password = password;
    },
  },
  NICK: {
    isForStrangers: true,
    run(server, client, { params: [nick = ''] }) {
      if (!NICK.test(nick)) return numeric(server, client, 432, `${nick || '*'} :Erroneous nickname`);
      const isSame = (other: string) => other.toLowerCase() === nick.toLowerCase();
      const isTaken = [...server.clients].some((other) => other !== client && isSame(other.nick));
      if (isTaken || server.faults.isNickInUse(nick)) {
        return numeric(server, client, 433, `${nick} :Nickname is already in use`);
      }
      if (client.isRegistered) {
        const heard = new Set([client, ...[...client.channels].flatMap(({ members }) => [...members.keys()])]);
        for (const other of heard) server.reply(other, `:${maskOf(client)} NICK :${nick}`);
      }
      client.nick = nick;
    },
  },
  USER: {
    isForStrangers: true,
    run(_server, client, { params: [username = '', , , realname = ''] }) {
      client.username = username.replace(/[^\w.-]/g, '') || 'unknown';
      client.realname = realname;
    },
  },
  PING: {
    isForStrangers: true,
    run: (server, client, { params }) =>
      server.reply(client, `:${server.name} PONG ${server.name} :${params.at(-1) ?? ''}`),
  },
  PONG: { isForStrangers: true, run() {} },
  QUIT: {
    isForStrangers: true,
    run: (server, client, { params: [reason = ''] }) => server.disconnect(client, `Quit: ${reason}`),
  },
  JOIN: {
    run(server, client, { params: [names = '', keys = ''] }) {
      const given = keys.split(',');
      for (const [index, name] of names.split(',').entries()) join(server, client, { name, key: given[index] });
    },
  },
  PART: {
    run(server, client, { params: [names = '', reason = ''] }) {
      for (const name of names.split(',')) {
        const channel = channelOf(server, client, name);
        if (!channel) continue;
        sendToChannel(server, channel, `:${maskOf(client)} PART ${channel.name} :${reason}`);
        channel.members.delete(client);
        client.channels.delete(channel);
      }
    },
  },
  PRIVMSG: { run: (server, client, { params }) => speak(server, client, { kind: 'message', params }) },
  NOTICE: { run: (server, client, { params }) => speak(server, client, { kind: 'notice', params }) },
  TOPIC: {
    run(server, client, { params: [name = '', topic] }) {
      const channel = channelOf(server, client, name);
      if (!channel) return;
      if (topic === undefined) return tellTopic(server, client, channel);
      channel.topic = topic;
      sendToChannel(server, channel, `:${maskOf(client)} TOPIC ${channel.name} :${topic}`);
    },
  },
  NAMES: {
    run: (server, client, { params: [name = ''] }) => {
      const channel = server.channels.get(name.toLowerCase());
      if (channel) tellNames(server, client, channel);
      else numeric(server, client, 366, `${name || '*'} :End of /NAMES list`);
    },
  },
  LIST: {
    run(server, client) {
      for (const { name, members, topic } of server.channels.values()) {
        numeric(server, client, 322, `${name} ${members.size} :${topic}`);
      }
      numeric(server, client, 323, ':End of /LIST');
    },
  },
  KICK: {
    run(server, client, { params: [name = '', nick = '', reason = client.nick] }) {
      const channel = channelOf(server, client, name);
      if (!channel) return;
      const kicked = [...channel.members.keys()].find((member) => member.nick.toLowerCase() === nick.toLowerCase());
      if (!kicked) return numeric(server, client, 441, `${nick} ${name} :They aren't on that channel`);
      if (channel.members.get(client) !== 'operator') {
        return numeric(server, client, 482, `${name} :You're not channel operator`);
      }
      sendToChannel(server, channel, `:${maskOf(client)} KICK ${channel.name} ${kicked.nick} :${reason}`);
      channel.members.delete(kicked);
      kicked.channels.delete(channel);
    },
  },
  /** Modes can be asked for, not set. */
  MODE: {
    run(server, client, { params: [name = '', change, ...rest] }) {
      if (!name.startsWith('#')) return numeric(server, client, 221, '+');
      if (change === undefined) {
        return numeric(server, client, 324, `${name} +nt${keyOf(server, name) === undefined ? '' : 'k'}`);
      }
      if (rest.length === 0 && /^\+?b$/.test(change)) {
        return numeric(server, client, 368, `${name} :End of channel ban list`);
      }
      numeric(server, client, 482, `${name} :Modes cannot be changed here`);
    },
  },
  WHO: {
    run(server, client, { params: [name = ''] }) {
      for (const [member, rank] of server.channels.get(name.toLowerCase())?.members ?? []) {
        const flags = rank === 'operator' ? 'H@' : 'H';
        const words = `${member.username} localhost ${server.name} ${member.nick} ${flags} :0 ${member.realname}`;
        numeric(server, client, 352, `${name} ${words}`);
      }
      numeric(server, client, 315, `${name || '*'} :End of /WHO list`);
    },
  },
  WHOIS: {
    run(server, client, { params }) {
      const nick = params.at(-1) ?? '';
      const found = [...server.clients].find((other) => other.nick.toLowerCase() === nick.toLowerCase());
      if (found) numeric(server, client, 311, `${found.nick} ${found.username} localhost * :${found.realname}`);
      else numeric(server, client, 401, `${nick} :No such nick`);
      numeric(server, client, 318, `${nick} :End of /WHOIS list`);
    },
  },
  USERHOST: { run: (server, client) => numeric(server, client, 302, `:${client.nick}=+${client.username}@localhost`) },
  ISON: { run: (server, client) => numeric(server, client, 303, ':') },
  AWAY: {
    run: (server, client, { params: [reason = ''] }) =>
      reason === ''
        ? numeric(server, client, 305, ':You are no longer marked as being away')
        : numeric(server, client, 306, ':You have been marked as being away'),
  },
};

function numeric(server: IrcServerState, client: IrcServerClient, code: number, words: string): void {
  server.reply(client, `:${server.name} ${String(code).padStart(3, '0')} ${client.nick || '*'} ${words}`);
}

/** The channel the client is in; told what is wrong if it is not. */
function channelOf(server: IrcServerState, client: IrcServerClient, name: string): IrcChannel | undefined {
  const channel = server.channels.get(name.toLowerCase());
  if (channel && client.channels.has(channel)) return channel;
  const code = channel ? 442 : 403;
  numeric(server, client, code, `${name} :${ERRORS[code]}`);
  return undefined;
}

function keyOf({ options }: IrcServerState, name: string): string | undefined {
  const keys = options.channelKeys ?? {};
  const lower = name.toLowerCase();
  return Object.hasOwn(keys, lower) ? keys[lower] : undefined;
}

function join(
  server: IrcServerState,
  client: IrcServerClient,
  { name, key }: { name: string; key: string | undefined },
): void {
  const wantedKey = keyOf(server, name);
  const hasKey = wantedKey === undefined || wantedKey === key;
  const code = CHANNEL.test(name) ? (server.faults.joinErrors.get(name.toLowerCase()) ?? (hasKey ? 0 : 475)) : 403;
  if (code !== 0) {
    numeric(server, client, code, `${name} :${ERRORS[code] ?? 'Cannot join channel'}`);
    return;
  }
  let channel = server.channels.get(name.toLowerCase());
  if (!channel) {
    channel = { name, topic: '', members: new Map() };
    server.channels.set(name.toLowerCase(), channel);
  }
  if (channel.members.has(client)) return;
  channel.members.set(client, channel.members.size === 0 ? 'operator' : 'member');
  client.channels.add(channel);
  sendToChannel(server, channel, `:${maskOf(client)} JOIN ${channel.name}`);
  if (channel.topic !== '') tellTopic(server, client, channel);
  tellNames(server, client, channel);
}

function tellTopic(server: IrcServerState, client: IrcServerClient, { name, topic }: IrcChannel): void {
  if (topic === '') numeric(server, client, 331, `${name} :No topic is set`);
  else numeric(server, client, 332, `${name} :${topic}`);
}

function tellNames(server: IrcServerState, client: IrcServerClient, { name, members }: IrcChannel): void {
  const nicks = [...members].map(([{ nick }, rank]) => (rank === 'operator' ? `@${nick}` : nick));
  numeric(server, client, 353, `= ${name} :${nicks.join(' ')}`);
  numeric(server, client, 366, `${name} :End of /NAMES list`);
}

function speak(
  server: IrcServerState,
  client: IrcServerClient,
  { kind, params: [target = '', text = ''] }: { kind: 'message' | 'notice'; params: readonly string[] },
): void {
  const { afterMessage } = server.faults;
  const isToChannel = target.startsWith('#');
  const error = server.faults.messageErrors.get(target.toLowerCase());
  if (error !== undefined) {
    numeric(server, client, error, `${target} :${ERRORS[error] ?? 'Cannot send to channel'}`);
    return;
  }
  if (isToChannel && afterMessage === 'swallow') return;
  const hearers = hearersOf(server, client, target);
  if (!hearers) return;
  const line = `:${maskOf(client)} ${kind === 'notice' ? 'NOTICE' : 'PRIVMSG'} ${target} :`;
  const room = 510 - Buffer.byteLength(line);
  const heard = Buffer.from(text).subarray(0, room).toString();
  for (const hearer of hearers) server.reply(hearer, line + heard);
  server.delivered({ nick: client.nick, target, text: heard, kind, port: client.socket.remotePort });
  if (!isToChannel || afterMessage === 'relay') {
    if (client.capabilities.has('echo-message')) server.reply(client, line + heard);
  } else if (afterMessage === 'relay and fall silent') server.faults.isSilent = true;
  else client.socket.resetAndDestroy();
}

/** Who hears it, without the speaker; undefined, and the speaker told why, if it may not speak there. */
function hearersOf(server: IrcServerState, client: IrcServerClient, target: string): IrcServerClient[] | undefined {
  if (target.startsWith('#')) {
    const channel = server.channels.get(target.toLowerCase());
    const code = channel ? 404 : 403;
    if (channel?.members.has(client)) return [...channel.members.keys()].filter((member) => member !== client);
    numeric(server, client, code, `${target} :${ERRORS[code]}`);
    return undefined;
  }
  const found = [...server.clients].find(({ nick }) => nick.toLowerCase() === target.toLowerCase());
  if (found) return [found];
  numeric(server, client, 401, `${target} :No such nick/channel`);
  return undefined;
}
