/**
 * One node of a real cluster and its lives: started from the sources as a process of its own, killed, frozen, stopped, and
 * started again at the same addresses with the same, an empty or an old disk. It signs webhooks with its name:
 * their `externalURL` is `http://NAME.test/`.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterReport } from '../../src/api/cluster-report.ts';
import { AlertApi } from './alert-api.ts';
import { RealProcess } from './real-process.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const START_TIMEOUT_MS = 45_000;

export interface ProcessNodeSettings {
  readonly name: string;
  /** host:port */
  readonly webAddress: string;
  readonly clusterAddress: string;
  /** The text of its configuration file. */
  readonly config: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A disk as it was when it was copied. */
export interface DiskCopy {
  readonly path: string;
}

export class ProcessNode implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly api: AlertApi;
  readonly clusterAddress: string;
  /** Added to its command line and environment from the next start on. */
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** All its processes, oldest first; their lines are its log. */
  readonly lives: RealProcess[] = [];
  readonly #directory = new TemporaryDirectory();
  readonly #webAddress: string;
  #running: RealProcess | undefined;
  #isFrozen = false;
  #id: string | undefined;
  #copies = 0;

  constructor({ name, webAddress, clusterAddress, config, args, env }: ProcessNodeSettings) {
    this.name = name;
    this.#webAddress = webAddress;
    this.url = `http://${webAddress}`;
    this.api = new AlertApi(this.url);
    this.clusterAddress = clusterAddress;
    this.args = args;
    this.env = env;
    this.useConfig(config);
  }

  /** Its name in the ranking, given by its disk. Known once it has been ready on that disk. */
  get id(): string {
    if (this.#id === undefined) throw new Error(`${this.name} has not been ready on this disk: start it first`);
    return this.#id;
  }

  get process(): RealProcess {
    if (!this.#running) throw new Error(`${this.name} does not run`);
    return this.#running;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Neither down nor frozen. */
  get isAwake(): boolean {
    return this.isRunning && !this.#isFrozen;
  }

  /** In force at the next start or reload. */
  useConfig(config: string): void {
    this.#directory.write('config.yml', config);
  }

  /** Its log says so when it is ready; one that finds none of its peers waits for them first, as long as its flags say. */
  async start({ until = 'ready' }: { until?: 'listening' | 'ready' } = {}): Promise<void> {
    if (this.#running) throw new Error(`${this.name} runs already`);
    const child = RealProcess.start(
      process.execPath,
      [
        MAIN,
        `--config.file=${this.#directory.join('config.yml')}`,
        `--storage.path=${this.#disk}`,
        `--web.listen-address=${this.#webAddress}`,
        `--web.external-url=http://${this.name}.test/`,
        `--cluster.listen-address=${this.clusterAddress}`,
        `--cluster.peer-name=${this.name}`,
        ...this.args,
      ],
      { cwd: this.#directory.path, env: this.env },
    );
    this.#running = child;
    this.#isFrozen = false;
    this.lives.push(child);
    await child.waitForLine(/msg="?Listening on/, { timeoutMs: START_TIMEOUT_MS });
    if (until === 'listening') return;
    await child.waitForLine(/msg="?Ready/, { timeoutMs: START_TIMEOUT_MS });
    this.#id = (await this.view()).self;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.process;
    this.#running = undefined;
    await child.kill();
  }

  /** SIGTERM; resolves when it has ended by itself, and fails if it had to be made to. */
  async stop(): Promise<void> {
    const child = this.process;
    this.#running = undefined;
    const { code } = await child.stop({ timeoutMs: 25_000 });
    if (code !== 0) throw new Error(`${this.name} ended with exit code ${code}:\n${child.lines.slice(-20).join('\n')}`);
  }

  /** SIGSTOP: it neither runs nor closes anything. */
  freeze(): void {
    this.process.signal('SIGSTOP');
    this.#isFrozen = true;
  }

  thaw(): void {
    this.process.signal('SIGCONT');
    this.#isFrozen = false;
  }

  /** Of a node that does not run. Goes with the node. */
  copyDisk(): DiskCopy {
    this.#assertDown();
    this.#copies += 1;
    const path = this.#directory.join(`copy-${this.#copies}`);
    cpSync(this.#disk, path, { recursive: true });
    return { path };
  }

  /** From the next start on; without a copy it begins as a new node, with a new id. */
  replaceDisk(copy?: DiskCopy): void {
    this.#assertDown();
    rmSync(this.#disk, { recursive: true, force: true });
    if (copy) cpSync(copy.path, this.#disk, { recursive: true });
    this.#id = undefined;
  }

  /** GET /api/v3/cluster: what it knows of itself and the others. */
  async view(): Promise<ClusterReport & { readonly status: string }> {
    const response = await fetch(`${this.url}/api/v3/cluster`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}`);
    return (await response.json()) as ClusterReport & { status: string };
  }

  /** Lines of its log, of all lives. */
  lines(pattern: RegExp): string[] {
    return this.lives.flatMap(({ lines }) => lines.filter((line) => pattern.test(line)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running) await this.kill();
    this.#directory[Symbol.dispose]();
  }

  get #disk(): string {
    return this.#directory.join('data');
  }

  #assertDown(): void {
    if (this.#running) throw new Error(`${this.name} runs: stop or kill it first`);
  }
}
