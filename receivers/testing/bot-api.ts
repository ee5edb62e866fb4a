/**
 * A Telegram Bot API on loopback that remembers what a bot sends: it takes what the real server takes, refuses what that refuses in
 * the same words, and misbehaves when it is asked to. Knows `getMe` and `sendMessage`.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type MarkupEntity,
  MarkupError,
  type ParsedMarkup,
  parseHtml,
  parseMarkdown,
  parseMarkdownV2,
} from './telegram-markup.ts';

export interface BotMessage {
  readonly messageId: number;
  /** Decimal digits, perhaps with a minus, or `@channel`. */
  readonly chatId: string;
  /** As it was sent, markup and all. */
  readonly text: string;
  /** As people read it. */
  readonly plainText: string;
  readonly entities: readonly MarkupEntity[];
  readonly parseMode: '' | 'HTML' | 'Markdown' | 'MarkdownV2';
  readonly isSilent: boolean;
  readonly messageThreadId: number | undefined;
  /** From which the bot connected. */
  readonly port: number | undefined;
}

/** One call, taken or not. */
export interface BotCall {
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: http.IncomingHttpHeaders;
  /** From which the bot connected. */
  readonly port: number | undefined;
}

/** What it does instead of answering as it should. `isTaken`: whether the message arrives all the same. */
export type BotApiAnswer =
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly description: string;
      readonly parameters?: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'hang up'; readonly isTaken: boolean }
  | { readonly kind: 'silence'; readonly isTaken: boolean }
  /** Any body at all, such as a gateway's page; the message is not taken. */
  | {
      readonly kind: 'other';
      readonly status: number;
      readonly body: string;
      readonly headers?: http.OutgoingHttpHeaders;
    };

/** Undefined: as it should. A promise holds the answer back. */
export type BotApiBehaviour = (call: BotCall) => BotApiAnswer | undefined | Promise<BotApiAnswer | undefined>;

const MISBEHAVIOURS = {
  'rate limit': {
    kind: 'error',
    code: 429,
    description: 'Too Many Requests: retry after 7',
    parameters: { retry_after: 7 },
  },
  'no such chat': { kind: 'error', code: 400, description: 'Bad Request: chat not found' },
  'no entities': {
    kind: 'error',
    code: 400,
    description: "Bad Request: can't parse entities: Unclosed start tag at byte offset 0",
  },
  'wrong token': { kind: 'error', code: 401, description: 'Unauthorized' },
  blocked: { kind: 'error', code: 403, description: 'Forbidden: bot was blocked by the user' },
  'server error': { kind: 'error', code: 500, description: 'Internal Server Error' },
  'bad gateway': { kind: 'other', status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
  'hangs up': { kind: 'hang up', isTaken: true },
  'falls silent': { kind: 'silence', isTaken: true },
} as const satisfies Record<string, BotApiAnswer>;

export type BotApiMisbehaviour = keyof typeof MISBEHAVIOURS;

export interface BotApiOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** The only one that is taken. Undefined: any that looks like one. */
  readonly token?: string;
  readonly onMessage?: (message: BotMessage) => void;
}

export interface BotApi extends AsyncDisposable {
  /** The `api_url`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** One that is taken. */
  readonly token: string;
  /** What arrived, oldest first; at most the last 1000. */
  readonly messages: readonly BotMessage[];
  /** Every call with the right token, oldest first; at most the last 1000. */
  readonly calls: readonly BotCall[];
  /** Resolves as soon as so many messages have arrived. */
  received(count: number): Promise<void>;
  /** From the next call on, until told otherwise: a named misbehaviour, a function that decides, or undefined for none. */
  behave(how: BotApiMisbehaviour | BotApiBehaviour | undefined): void;
  /** The group became a supergroup: its old id is refused with the new one. */
  migrate(fromChatId: string, toChatId: number): void;
}

const ANY_TOKEN = '123456:FAKE-TOKEN-of-35-characters-0123456';
const LIKE_A_TOKEN = /^\d+:[\w-]+$/;
const REMEMBERED = 1000;
const MAX_BODY_BYTES = 1024 * 1024;
/** After parsing, in UTF-16 code units. */
const MAX_TEXT_UNITS = 4096;
/** Before parsing, in bytes of UTF-8. */
const MAX_SOURCE_BYTES = 32_768;
/** Those beyond are dropped without a word. */
const MAX_ENTITIES = 100;

export async function startBotApi(options: BotApiOptions = {}): Promise<BotApi> {
  const { port = 0, token, onMessage } = options;
  const bot = new Bot(token, onMessage);
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => void bot.handle(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    token: token ?? ANY_TOKEN,
    messages: bot.messages,
    calls: bot.calls,
    received: (count) => bot.received(count),
    behave: (how) => bot.behave(how),
    migrate: (from, to) => bot.migrate(from, to),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class ApiError extends Error {
  readonly code: number;
  readonly parameters: Readonly<Record<string, number>> | undefined;

  constructor(code: number, description: string, parameters?: Readonly<Record<string, number>>) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

class Bot {
  readonly messages: BotMessage[] = [];
  readonly calls: BotCall[] = [];
  readonly #token: string | undefined;
  readonly #onMessage: ((message: BotMessage) => void) | undefined;
  readonly #migrations = new Map<string, number>();
  #behaviour: BotApiBehaviour | undefined;
  #taken = 0;
  #announce = Promise.withResolvers<void>();

  constructor(token: string | undefined, onMessage: ((message: BotMessage) => void) | undefined) {
    this.#token = token;
    this.#onMessage = onMessage;
  }

  async received(count: number): Promise<void> {
    while (this.#taken < count) await this.#announce.promise;
  }

  behave(how: BotApiMisbehaviour | BotApiBehaviour | undefined): void {
    this.#behaviour = typeof how === 'string' ? () => MISBEHAVIOURS[how] : how;
  }

  migrate(fromChatId: string, toChatId: number): void {
    this.#migrations.set(fromChatId, toChatId);
  }

  async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('error', () => {});
    try {
      const call = await this.#readCall(request);
      remember(this.calls, call);
      const instead = await this.#behaviour?.(call);
      if (instead !== undefined) return this.#misbehave(instead, call, response);
      answer(response, 200, { ok: true, result: this.#carryOut(call) });
    } catch (error) {
      if (!(error instanceof ApiError)) return void request.socket.destroy();
      const { code, message: description, parameters } = error;
      answer(response, code, { ok: false, error_code: code, description, ...(parameters && { parameters }) });
    }
  }

  async #readCall(request: http.IncomingMessage): Promise<BotCall> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [, token, method = ''] = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(pathname) ?? [];
    if (token === undefined || !LIKE_A_TOKEN.test(token)) throw new ApiError(404, 'Not Found');
    if (this.#token !== undefined && token !== this.#token) throw new ApiError(401, 'Unauthorized');
    const body = await readBody(request);
    const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
    const given = isJson ? jsonFields(body) : [...new URLSearchParams(body)];
    const { headers, socket } = request;
    return { method, parameters: Object.fromEntries([...searchParams, ...given]), headers, port: socket.remotePort };
  }

  #misbehave(instead: BotApiAnswer, call: BotCall, response: http.ServerResponse): void {
    switch (instead.kind) {
      case 'error':
        throw new ApiError(instead.code, instead.description, instead.parameters);
      case 'other':
        response.writeHead(instead.status, instead.headers).end(instead.body);
        return;
      case 'hang up':
        if (instead.isTaken) this.#carryOut(call);
        (response.socket as Socket | null)?.resetAndDestroy();
        return;
      case 'silence':
        if (instead.isTaken) this.#carryOut(call);
    }
  }

  #carryOut({ method, parameters, port }: BotCall): unknown {
    switch (method.toLowerCase()) {
      case 'getme':
        return { id: 123456, is_bot: true, first_name: 'Tocsin', username: 'tocsin_bot' };
      case 'sendmessage':
        return this.#sendMessage(parameters, port);
      default:
        throw new ApiError(404, 'Not Found: method not found');
    }
  }

  #sendMessage(parameters: Readonly<Record<string, string>>, port: number | undefined): unknown {
    const { chat_id: chatId = '', text = '' } = parameters;
    if (chatId === '') throw new ApiError(400, 'Bad Request: chat_id is empty');
    if (!/^(-?\d+|@\w+)$/.test(chatId)) throw new ApiError(400, 'Bad Request: chat not found');
    const parseMode = parseModeOf(parameters.parse_mode ?? '');
    const { text: plainText, entities } = parsed(text, parseMode);
    const migratedTo = this.#migrations.get(chatId);
    if (migratedTo !== undefined) {
      const description = 'Bad Request: group chat was upgraded to a supergroup chat';
      throw new ApiError(400, description, { migrate_to_chat_id: migratedTo });
    }
    const threadId = Number(parameters.message_thread_id ?? 0);
    const message: BotMessage = {
      messageId: ++this.#taken,
      chatId,
      text,
      plainText,
      entities,
      parseMode,
      isSilent: parameters.disable_notification === 'true',
      messageThreadId: threadId === 0 ? undefined : threadId,
      port,
    };
    remember(this.messages, message);
    this.#announce.resolve();
    this.#announce = Promise.withResolvers();
    this.#onMessage?.(message);
    const chat = { id: Number(chatId), type: chatId.startsWith('-') ? 'supergroup' : 'private' };
    return { message_id: message.messageId, date: 0, chat, text: plainText, entities };
  }
}

function parseModeOf(name: string): BotMessage['parseMode'] {
  const modes = ['HTML', 'Markdown', 'MarkdownV2', ''] as const;
  const mode = modes.find((known) => known.toLowerCase() === name.toLowerCase());
  if (mode === undefined) throw new ApiError(400, 'Bad Request: unsupported parse_mode');
  return mode;
}

const PARSERS = {
  HTML: parseHtml,
  Markdown: parseMarkdown,
  MarkdownV2: parseMarkdownV2,
  '': (text: string) => ({ text, entities: [] }),
} as const;

function parsed(source: string, parseMode: BotMessage['parseMode']): ParsedMarkup {
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) throw new ApiError(400, 'Bad Request: text is too long');
  try {
    const { text, entities } = PARSERS[parseMode](source);
    if (text.trim() === '') throw new ApiError(400, 'Bad Request: message text is empty');
    if (text.trim().length > MAX_TEXT_UNITS) throw new ApiError(400, 'Bad Request: message is too long');
    return { text, entities: entities.slice(0, MAX_ENTITIES) };
  } catch (error) {
    if (!(error instanceof MarkupError)) throw error;
    throw new ApiError(400, `Bad Request: can't parse entities: ${error.message}`);
  }
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new ApiError(413, 'Request Entity Too Large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Values as texts, whatever they are: the real server takes numbers and booleans either way. */
function jsonFields(body: string): [string, string][] {
  try {
    const fields: unknown = JSON.parse(body);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new SyntaxError('not an object');
    return Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
  } catch {
    throw new ApiError(400, 'Bad Request: object expected as JSON request body');
  }
}

function answer(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function remember<Item>(list: Item[], item: Item): void {
  list.push(item);
  if (list.length > REMEMBERED) list.shift();
}
