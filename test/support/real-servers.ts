/**
 * Tocsin, Alertmanager and Prometheus as processes of their own, each on free ports of the loopback address and with a
 * directory that goes with it.
 */
import { join } from 'node:path';
import { type ProcessOptions, RealProcess } from './real-process.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 30_000;

/** A process that serves HTTP; ended and removed at the end of the block. */
export interface RealServer extends AsyncDisposable {
  readonly process: RealProcess;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly directory: TemporaryDirectory;
}

export interface ServerOptions {
  /** The text of its configuration file. */
  readonly config: string;
  /** After those that are always given, so that they override them where a flag may be repeated. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of a former server, to start on its data; the caller removes it. */
  readonly directory?: TemporaryDirectory;
  /** The port of a former server, or free. */
  readonly port?: number;
}

/** Ready when this resolves; alone, unless its arguments say where it listens for peers. */
export function startTocsin(options: ServerOptions): Promise<RealServer> {
  const main = join(REPOSITORY, 'src/main.ts');
  const hasPeers = options.args?.some((arg) => arg.startsWith('--cluster.listen-address=')) ?? false;
  return startServer(options, (directory, configFile, address) => ({
    program: process.execPath,
    args: [
      main,
      `--config.file=${configFile}`,
      `--storage.path=${directory.join('data')}`,
      `--web.listen-address=${address}`,
      ...(hasPeers ? [] : ['--cluster.listen-address=']),
    ],
    ready: /msg="?Ready/,
  }));
}

/** Debian's Alertmanager. */
export function startAlertmanager(options: ServerOptions): Promise<RealServer> {
  return startServer(options, (directory, configFile, address) => ({
    program: 'prometheus-alertmanager',
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${directory.join('data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    ready: LISTENING,
  }));
}

/** Debian's Prometheus. */
export function startPrometheus(options: ServerOptions): Promise<RealServer> {
  return startServer(options, (directory, configFile, address) => ({
    program: 'prometheus',
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${directory.join('data')}`,
      `--web.listen-address=${address}`,
    ],
    ready: /Server is ready to receive web requests/,
  }));
}

/** All three say so in the same words when their port is bound, whatever port that is. */
const LISTENING = /msg="Listening on".* address=127\.0\.0\.1:(?<port>\d+)/;

interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly ready: RegExp;
}

async function startServer(
  { config, args = [], env = {}, directory: givenDirectory, port = 0 }: ServerOptions,
  commandOf: (directory: TemporaryDirectory, configFile: string, address: string) => ServerCommand,
): Promise<RealServer> {
  await using stack = new AsyncDisposableStack();
  const directory = givenDirectory ?? stack.use(new TemporaryDirectory());
  const configFile = directory.write('config.yml', config);
  const command = commandOf(directory, configFile, `127.0.0.1:${port}`);
  const options: ProcessOptions = { cwd: directory.path, env };
  const child = stack.use(RealProcess.start(command.program, [...command.args, ...args], options));
  const listening = await child.waitForLine(LISTENING, { timeoutMs: START_TIMEOUT_MS });
  await child.waitForLine(command.ready, { timeoutMs: START_TIMEOUT_MS });
  // Moved out only now: a server that does not come up is ended, and its directory removed, on the way out.
  const owned = stack.move();
  return {
    process: child,
    url: `http://127.0.0.1:${listening.groups?.port}`,
    directory,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
