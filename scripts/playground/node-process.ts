/**
 * The playground's node as a process of its own. Its log is held back until it is ready, so that the greeting comes
 * first; a node that never gets there shows all of it.
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
  /** The node's log, with its line ends. */
  onLog(text: string): void;
}

const END_WITH_PARENT = pathToFileURL(join(import.meta.dirname, 'end-with-parent.ts')).href;

/** A log that says nothing may be one that was asked to be silent. */
const READY_AT_LATEST_MS = 10_000;

export class NodeProcess {
  /** The exit code, 1 for a node that was killed. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], listener: NodeListener) {
    // Detached, so that the terminal's Ctrl-C does not reach it as well: it takes a second signal for impatience. What would
    // end it with this process is the pipe that is its stdin.
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, join(repository, 'src/main.ts'), ...args], {
      stdio: ['pipe', 'inherit', 'pipe'],
      detached: true,
    });
    this.#child = child;
    process.on('exit', () => this.kill());
    this.exited = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
    showLog(child, listener);
  }

  /** Asks it to end; what it is sending may still arrive. */
  stop(): void {
    this.#child.kill('SIGTERM');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function showLog(child: ChildProcess, { onReady, onLog }: NodeListener): void {
  if (!child.stderr) return;
  let held: string[] | undefined = [];
  let address: string | undefined;
  const release = () => {
    const lines = held ?? [];
    held = undefined;
    if (lines.length > 0) onLog(lines.join(''));
  };
  const ready = () => {
    timer.cancel();
    if (!held) return;
    onReady(address);
    release();
  };
  const timer = realSystem.setTimer(READY_AT_LATEST_MS, ready);
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!held) return onLog(`${line}\n`);
    held.push(`${line}\n`);
    address ??= listeningAddress(line);
    if (/"?msg"?[=:]"?Ready\b/.test(line)) ready();
  });
  child.on('close', () => {
    timer.cancel();
    release();
  });
}

/** In either format of the log. */
function listeningAddress(line: string): string | undefined {
  return /Listening on".*"?address"?[=:]"?([^\s",}]+)/.exec(line)?.[1];
}
