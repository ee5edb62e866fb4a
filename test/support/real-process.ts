/**
 * A child process as a test's resource: started, listened to, signalled and surely ended at the end of the block. Every
 * wait has a deadline, and a failed one shows what the process said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
}

/** How long a process may take to end when asked to; then it is killed. */
const STOP_TIMEOUT_MS = 10_000;
/** Of output; a process that writes more has run wild and is killed. */
const MOST_LINES = 100_000;
/** How many of the last lines an error shows. */
const SHOWN_LINES = 30;

/** Ended with the test run, whatever happens to it: an orphan would hold its port and confuse the next run. */
const alive = new Set<ChildProcess>();
let endsWithTests = false;

export class RealProcess implements AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process has ended and everything it wrote has been read. */
  readonly exited: Promise<ProcessExit>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #stdout: string[] = [];
  readonly #watchers = new Set<() => void>();
  #exit: ProcessExit | undefined;

  /** Throws if there is no such program, and says what to install. */
  static start(program: string, args: readonly string[] = [], options: ProcessOptions = {}): RealProcess {
    const path = findProgram(program);
    const child = spawn(path, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: 'pipe' });
    if (child.pid === undefined) throw new Error(`${path} could not be started`);
    child.stdin.on('error', () => undefined); // it may have ended before reading its input
    child.stdin.end(options.input ?? '');
    return new RealProcess(program, child, child.pid);
  }

  private constructor(name: string, child: ChildProcess, pid: number) {
    this.#name = name;
    this.#child = child;
    this.pid = pid;
    alive.add(child);
    if (!endsWithTests) process.on('exit', killAll);
    endsWithTests = true;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#stdout.push(chunk));
    this.#readLines(child.stdout);
    this.#readLines(child.stderr);
    this.exited = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        alive.delete(child);
        this.#exit = { code, signal };
        this.#announce();
        resolve(this.#exit);
      });
    });
  }

  /** Everything on standard output so far. */
  get stdout(): string {
    return this.#stdout.join('');
  }

  /** Lines of standard output and standard error as they came. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Resolves with the match of the first line that has one, also of lines already written, with `after` only from that
   * line on. Rejects when the deadline passes or the process ends first.
   */
  waitForLine(
    pattern: RegExp,
    { timeoutMs, after = 0 }: { timeoutMs: number; after?: number },
  ): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      let next = after;
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        settle();
      };
      const check = () => {
        for (; next < this.#lines.length; next += 1) {
          const match = this.#lines[next]?.match(pattern);
          if (match) return end(() => resolve(match));
        }
        const exit = this.#exit;
        if (exit) end(() => reject(this.#failure(`ended (${exitText(exit)}) without a line like ${pattern}`)));
      };
      const timer = setTimeout(
        () => end(() => reject(this.#failure(`wrote no line like ${pattern} within ${timeoutMs} ms`))),
        timeoutMs,
      );
      this.#watchers.add(check);
      check();
    });
  }

  /** SIGSTOP freezes it, SIGCONT thaws it, SIGHUP makes it reload. */
  signal(signal: NodeJS.Signals): void {
    if (this.#exit) throw this.#failure(`got no ${signal}: it has ended (${exitText(this.#exit)})`);
    this.#child.kill(signal);
  }

  /** Asks it to end, then makes it; resolves when it has. A process that has to be made to end is a failure. */
  async stop({ timeoutMs = STOP_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<ProcessExit> {
    if (this.#exit) return this.#exit;
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT'); // a frozen process would never hear of it
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      this.#child.kill('SIGKILL');
    }, timeoutMs);
    const exit = await this.exited;
    clearTimeout(timer);
    if (killed) throw this.#failure(`did not end within ${timeoutMs} ms of SIGTERM and was killed`);
    return exit;
  }

  /** kill -9; resolves when it has ended. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #readLines(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    const keep = (line: string) => {
      if (this.#lines.length < MOST_LINES) this.#lines.push(line);
      else this.#child.kill('SIGKILL');
    };
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) keep(line);
      this.#announce();
    });
    stream?.on('end', () => {
      if (rest !== '') keep(rest);
      this.#announce();
    });
  }

  #announce(): void {
    for (const check of [...this.#watchers]) check();
  }

  #failure(what: string): Error {
    const last = this.#lines.slice(-SHOWN_LINES).map((line) => `  ${line}`);
    return new Error(`${this.#name} ${what}; its last lines:\n${last.join('\n') || '  (none)'}`);
  }
}

/** Runs a program to its end and gives what it wrote. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { timeoutMs = 30_000, ...options }: ProcessOptions & { timeoutMs?: number } = {},
): Promise<ProcessExit & { readonly stdout: string; readonly output: string }> {
  await using child = RealProcess.start(program, args, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.signal('SIGKILL');
  }, timeoutMs);
  const exit = await child.exited;
  clearTimeout(timer);
  const output = child.lines.join('\n');
  if (timedOut) throw new Error(`${program} ${args.join(' ')} did not end within ${timeoutMs} ms:\n${output}`);
  return { ...exit, stdout: child.stdout, output };
}

const DEBIAN_PACKAGES = new Map([
  ['prometheus', 'prometheus'],
  ['promtool', 'prometheus'],
  ['prometheus-alertmanager', 'prometheus-alertmanager'],
  ['amtool', 'prometheus-alertmanager'],
  ['ngircd', 'ngircd'],
  ['nginx', 'nginx-light'],
  ['faketime', 'faketime'],
  ['chromium', 'chromium'],
  ['openssl', 'openssl'],
  ['docker-compose', 'docker-compose'],
  ['systemd-analyze', 'systemd'],
]);

/** Daemons, which are on the PATH of root only; and docker's plugins, which are programs of their own. */
const OFF_PATH = ['/usr/sbin', '/usr/libexec/docker/cli-plugins', '/usr/lib/docker/cli-plugins'];

/** Its path. Throws if there is none, and says what to install. */
export function findProgram(program: string): string {
  const directories = program.includes('/') ? [''] : [...(process.env.PATH ?? '').split(delimiter), ...OFF_PATH];
  for (const directory of directories) {
    const path = join(directory, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next directory may have it.
    }
  }
  const debianPackage = DEBIAN_PACKAGES.get(program);
  const advice = debianPackage ? `on Debian: apt-get install ${debianPackage}` : 'install it or correct PATH';
  throw new Error(`this test needs the program "${program}", which is not installed (${advice})`);
}

function exitText({ code, signal }: ProcessExit): string {
  return signal ?? `exit code ${code}`;
}

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}
