/**
 * One node of the playground as a process of its own, which ends with the playground whatever that dies of. It says when
 * the node is ready, and hands on its log line by line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { realSystem } from '../../src/system.ts';
import { repository } from '../step.ts';

export interface NodeListener {
  /** Called once. The address is undefined if the log does not say, as with --log.level=error. */
  onReady(address: string | undefined): void;
  /** The node has made a connection from this port. */
  onConnection(port: number): void;
  /** Without its line end. */
  onLog(line: string): void;
  /** Called once, after the last line of the log: 1 for a node that was killed or could not be started. */
  onEnd(exitCode: number): void;
}

const preload = (file: string) => ['--import', pathToFileURL(join(import.meta.dirname, file)).href];
const PRELOADS = [...preload('end-with-parent.ts'), ...preload('tell-ports.ts')];

/** A log that says nothing may be one that was asked to be silent. */
const READY_AT_LATEST_MS = 20_000;

export class NodeProcess {
  readonly #child: ChildProcess;

  constructor(args: readonly string[], listener: NodeListener) {
    // Detached, so that the terminal's Ctrl-C does not reach it as well: it takes a second signal for impatience. What would
    // end it with this process is the pipe that is its stdin.
    const child = spawn(process.execPath, [...PRELOADS, join(repository, 'src/main.ts'), ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    // It may be killed while it is written to.
    child.stdin?.on('error', () => undefined);
    const end = listenerOnce(listener);
    child.on('error', (error) => {
      listener.onLog(`The node could not be started: ${error.message}`);
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
    watchLog(child, listener);
    watchConnections(child, listener);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it to end; what it is sending may still arrive. */
  stop(): void {
    this.#child.kill('SIGTERM');
  }

  /** kill -9. It reaches this very process or, once that has ended, nobody: the number is not given away before `onEnd`. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function listenerOnce({ onEnd }: NodeListener): (exitCode: number) => void {
  let hasEnded = false;
  return (exitCode) => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd(exitCode);
  };
}

function watchLog(child: ChildProcess, { onReady, onLog }: NodeListener): void {
  if (!child.stderr) return;
  let address: string | undefined;
  let isReady = false;
  const ready = () => {
    timer.cancel();
    if (isReady) return;
    isReady = true;
    onReady(address);
  };
  const timer = realSystem.setTimer(READY_AT_LATEST_MS, ready);
  child.on('close', () => timer.cancel());
  createInterface({ input: child.stderr }).on('line', (line) => {
    onLog(line);
    address ??= listeningAddress(line);
    if (/"?msg"?[=:]"?Ready\b/.test(line)) ready();
  });
}

/** See tell-ports.ts. What else is on standard output, as after --help, is for people. */
function watchConnections(child: ChildProcess, { onConnection }: NodeListener): void {
  if (!child.stdout) return;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const port = /^port (\d{1,5})$/.exec(line)?.[1];
    if (port === undefined) process.stdout.write(`${line}\n`);
    else onConnection(Number(port));
  });
}

/** In either format of the log. */
function listeningAddress(line: string): string | undefined {
  return /Listening on".*"?address"?[=:]"?([^\s",}]+)/.exec(line)?.[1];
}
