/**
 * The inbox as a page on the loopback address, and as JSON for programs; also the door of `npm run kill` and its like.
 * Hostile labels end up in what it shows, so the page is given text only, a mail's HTML lives in a sandbox of its own, and
 * nothing may be loaded from elsewhere.
 */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { System, Timer } from '../../src/system.ts';
import { listenNear } from '../free-port.ts';
import type { Inbox, InboxMessage } from './inbox.ts';
import { answerNodeCommand, isNodeCommand, type NodeDoor } from './node-door.ts';
import type { ShownNode } from './node-trio.ts';

/** What the page says about the playground it belongs to. */
export interface About {
  readonly addresses: readonly { readonly name: string; readonly address: string }[];
  /** Up to the flags. */
  readonly fireCommand: string;
}

export interface InboxServerDependencies {
  readonly inbox: Inbox;
  readonly system: System;
  /** Asked anew for each page, since addresses become known one after the other. */
  readonly about: () => About;
  readonly nodes: NodeDoor & {
    readonly nodes: readonly ShownNode[];
    /** Calls back after every change until disposed of. */
    watch(watcher: () => void): Disposable;
  };
  /** Without it nobody may command the nodes: any page in the browser could ask, but has no way to know it. */
  readonly token: string;
}

export interface InboxServer extends AsyncDisposable {
  readonly port: number;
}

const PAGE_DIRECTORY = join(import.meta.dirname, 'page');
const PAGE_FILES: ReadonlyMap<string, readonly [file: string, type: string]> = new Map([
  ['/', ['inbox.html', 'text/html; charset=utf-8']],
  ['/inbox.css', ['inbox.css', 'text/css; charset=utf-8']],
  ['/inbox.js', ['inbox.js', 'text/javascript; charset=utf-8']],
  ['/channel.js', ['channel.js', 'text/javascript; charset=utf-8']],
  ['/nodes.js', ['nodes.js', 'text/javascript; charset=utf-8']],
  ['/mailbox.js', ['mailbox.js', 'text/javascript; charset=utf-8']],
  ['/phone.js', ['phone.js', 'text/javascript; charset=utf-8']],
  ['/element.js', ['element.js', 'text/javascript; charset=utf-8']],
]);

/** Trusted types make the browser itself refuse markup that a script would put into the page. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/** Mails style themselves by attributes. Their links may open a tab; nothing else works. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

const MOST_WATCHERS = 32;
/** A page that does not read so much of what it is sent is hung up on; it comes back and goes on where it was. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;
/** Often enough for both sides to notice a connection that died without a word. */
const SIGN_OF_LIFE_MS = 15_000;
const RECONNECT_MS = 1_000;

/** On the preferred port or the next free one. */
export async function startInboxServer(
  dependencies: InboxServerDependencies,
  preferredPort: number,
): Promise<InboxServer> {
  const streams = new Streams(dependencies);
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    answer(request, response, { ...dependencies, streams });
  });
  const port = await listenNear(server, preferredPort);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { inbox, streams, nodes, token }: InboxServerDependencies & { readonly streams: Streams },
): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  const end = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(status, { 'Content-Type': type }).end(body);

  // Another page's script could otherwise give its own name this address and read along (DNS rebinding).
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return void end(403, 'Ask for 127.0.0.1 or localhost.\n');
  }
  const path = (request.url ?? '/').replace(/\?.*$/s, '');
  if (isNodeCommand(path)) return void answerNodeCommand(request, response, { nodes, token, path });
  if (request.method !== 'GET' && request.method !== 'HEAD') return void end(405, 'Only GET.\n');
  const file = PAGE_FILES.get(path);
  if (file) {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    return void end(200, readFileSync(join(PAGE_DIRECTORY, file[0]), 'utf8'), file[1]);
  }
  if (path === '/api/messages') return void end(200, JSON.stringify(inbox.columns), 'application/json');
  if (path === '/api/events') return void streams.open(request, response);
  const part = /^\/mails\/(\d{1,15})\/(text|html)$/.exec(path);
  const mail = part ? inbox.mail(Number(part[1])) : undefined;
  if (!mail || (part?.[2] === 'html' && mail.html === undefined)) return void end(404, 'There is no such thing.\n');
  if (part?.[2] === 'text') return void end(200, mail.text);
  response.setHeader('Content-Security-Policy', MAIL_POLICY);
  end(200, withLinksInNewTabs(mail.html ?? ''), 'text/html; charset=utf-8');
}

/** A link that opened in the frame itself would be refused by the page's policy. */
function withLinksInNewTabs(html: string): string {
  return html.replace(/<head(?:\s[^>]{0,200})?>/i, (head) => `${head}<base target="_blank">`);
}

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Each begins with `start`; then one
 * event a message, and `nodes` whenever one of them dies or comes back. A page that was cut off names the last event it saw and is given what it missed.
 */
class Streams {
  readonly #dependencies: InboxServerDependencies;
  /** Ids of another run mean nothing here. */
  readonly #run: string;
  #count = 0;

  constructor(dependencies: InboxServerDependencies) {
    this.#dependencies = dependencies;
    this.#run = dependencies.system.uuid();
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    const { inbox, system, about, nodes } = this.#dependencies;
    if (this.#count >= MOST_WATCHERS) {
      response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '5' }).end('Too many pages are open.\n');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    if (request.method === 'HEAD') return void response.end();
    const lastSeen = this.#lastSeen(request);
    const write = (text: string) => {
      response.write(text);
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    };
    write(`retry: ${RECONNECT_MS}\nevent: start\n${data({ isContinued: lastSeen !== undefined, ...about() })}`);
    const send = (message: InboxMessage) => write(`id: ${this.#run}/${message.id}\n${data(shown(message))}`);
    const sendNodes = () =>
      write(`event: nodes\n${data(nodes.nodes.map(({ number, url, state }) => ({ number, url, state })))}`);
    sendNodes();
    for (const message of inbox.since(lastSeen ?? 0)) send(message);
    const watches = [inbox.watch(send), nodes.watch(sendNodes)];
    let timer: Timer;
    const signOfLife = () => {
      write(': alive\n\n');
      timer = system.setTimer(SIGN_OF_LIFE_MS, signOfLife);
    };
    timer = system.setTimer(SIGN_OF_LIFE_MS, signOfLife);
    this.#count += 1;
    response.on('close', () => {
      this.#count -= 1;
      timer.cancel();
      for (const watch of watches) watch[Symbol.dispose]();
    });
  }

  #lastSeen(request: IncomingMessage): number | undefined {
    const [run, id] = String(request.headers['last-event-id'] ?? '').split('/');
    return run === this.#run && /^\d{1,15}$/.test(id ?? '') ? Number(id) : undefined;
  }
}

/** JSON holds no line end, which is all that could break out of an event. */
function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A mail's parts are fetched when it is opened. */
function shown(message: InboxMessage): unknown {
  if (message.column !== 'mailbox') return message;
  const { text, html, ...summary } = message;
  return { ...summary, hasText: text !== '', hasHtml: html !== undefined };
}
