/** For tests: a node that answers as told and remembers what it was asked, and a terminal that remembers what it was shown. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { realSystem, type System } from '../system.ts';
import { runCli } from './cli.ts';
import type { Surroundings } from './command.ts';
import type { ExitCode } from './command-error.ts';

export interface SeenRequest {
  readonly method: string;
  /** With its query, as sent. */
  readonly path: string;
  readonly authorization: string | undefined;
  /** Parsed JSON; undefined if there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  /** Instead of JSON. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answers. */
  readonly hangs?: boolean;
}

export interface FakeNode extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
}

/** Listens on a free port of the loopback interface. */
export async function startFakeNode(answer: (request: SeenRequest) => Answer): Promise<FakeNode> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    readJson(incoming).then(
      (body) => {
        const { method = '', url: path = '' } = incoming;
        const request = { method, path, authorization: incoming.headers.authorization, body };
        requests.push(request);
        const { status = 200, json, raw, headers, hangs = false } = answer(request);
        if (hangs) return;
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
        outgoing.end(raw ?? (json === undefined ? '' : JSON.stringify(json)));
      },
      () => incoming.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
}

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly system?: System;
  readonly isTTY?: boolean;
  readonly tryConfigure?: Surroundings['tryConfigure'];
  readonly fetchBy?: Surroundings['fetchBy'];
  readonly tryWebConfig?: Surroundings['tryWebConfig'];
}

export async function runCommand(argv: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const { stdin, env = {}, system = realSystem, isTTY = false, tryConfigure = findsNothingWrong } = options;
  const { fetchBy = async () => fetch, tryWebConfig = async () => ({ ok: true, warnings: [] }) } = options;
  const stdout: string[] = [];
  const stderr: string[] = [];
  const input = (async function* () {
    yield Buffer.from(stdin ?? '');
  })();
  const exitCode = await runCli(argv, {
    stdout: { isTTY, write: (text) => stdout.push(text) },
    stderr: { isTTY, write: (text) => stderr.push(text) },
    stdin: Object.assign(input, { isTTY: stdin === undefined }),
    env,
    system,
    fetch,
    fetchBy,
    tryWebConfig,
    tryConfigure,
  });
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

const findsNothingWrong: Surroundings['tryConfigure'] = async () => ({ ok: true, templateFiles: [] });

/** The real system with its wall clock stopped at this instant. */
export function systemAt(rfc3339: string): System {
  return { ...realSystem, now: () => ({ ...realSystem.now(), wallMs: Date.parse(rfc3339) }) };
}
