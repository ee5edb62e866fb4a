/**
 * A node of a world: a machine with a disk and clocks of its own, and on it, one after the other, processes of the whole
 * app. What is done to it is what is done to machines: kill -9, a pulled plug, SIGSTOP, SIGTERM, a set clock, a disk that
 * is full, lost, or restored from a backup.
 */
import type { Logger } from 'pino';
import type { Receiver } from '../../receivers/receiver.ts';
import { type App, type AppDependencies, startApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { parseServerFlags, type ServerFlags } from '../../src/flags.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import type { History } from './history.ts';
import { type CrashPoint, NodeProcess } from './node-process.ts';
import { type Place, PlaceReceiver } from './place.ts';
import { type DiskBehaviour, SimulatedDisk } from './simulated-disk.ts';
import type { DiskFound } from './world-event.ts';

export interface NodePlan {
  readonly name: string;
  /** How far the wall clock stands ahead of the world's as it begins. */
  readonly wallOffsetMs?: number;
  /** Milliseconds of its clocks per millisecond of the world. */
  readonly rate?: number;
  /** Until a write is answered. */
  readonly diskDelayMs?: number;
  /** Besides those of all nodes. */
  readonly flags?: readonly string[];
}

export interface NodeWorld {
  readonly virtual: VirtualWorld;
  readonly history: History;
  readonly logger: (node: string) => Logger;
  readonly configFile: string;
  /** Server flags, as on a command line. */
  readonly flags: readonly string[];
  /** All of them, who are configured as each other's peers. */
  readonly names: readonly string[];
  place(name: string): Place;
  /** Nothing reaches the node's machine any more until the network is healed. */
  onVanished(node: string): void;
}

/** Why a request got no answer. */
export class NodeGoneError extends Error {
  override readonly name = 'NodeGoneError';
}

/** Longer than a process drains for. */
const KILLED_AFTER_SIGTERM_MS = 30_000;

export class SimulatedNode {
  readonly name: string;
  readonly #world: NodeWorld;
  readonly #plan: NodePlan;
  readonly #disk: SimulatedDisk;
  readonly #copies: ReadonlyMap<string, string>[] = [];
  #process: NodeProcess | undefined;
  #app: App | undefined;
  #wallOffsetMs: number;
  #hasStarted = false;

  constructor(world: NodeWorld, plan: NodePlan) {
    this.#world = world;
    this.#plan = plan;
    this.name = plan.name;
    this.#wallOffsetMs = plan.wallOffsetMs ?? 0;
    this.#disk = new SimulatedDisk(
      { system: world.virtual.system },
      plan.diskDelayMs === undefined ? {} : { delayMs: plan.diskDelayMs },
    );
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get isFrozen(): boolean {
    return this.#process?.isFrozen ?? false;
  }

  /** Resolves when it is ready, or has died before it was. */
  async start(disk: DiskFound = 'its own disk'): Promise<void> {
    if (this.#process) throw new Error(`${this.name} runs already`);
    if (disk === 'an empty disk') this.#disk.replace();
    if (disk === 'an old copy of its disk') this.#disk.replace(this.#copies.at(-1));
    if (!this.#hasStarted && this.#wallOffsetMs !== 0) {
      this.#world.history.add({ what: 'clock is set', node: this.name, byMs: this.#wallOffsetMs });
    }
    this.#hasStarted = true;
    this.#world.history.add({ what: 'starts', node: this.name, with: disk });
    const { virtual } = this.#world;
    const process = new NodeProcess(
      { world: virtual, onCrash: (why) => this.kill(why) },
      { name: this.name, wallOffsetMs: this.#wallOffsetMs, rate: this.#plan.rate ?? 1 },
    );
    this.#process = process;
    const ended = new Promise<void>((resolve) => process.onEnd(resolve));
    const starting = startApp(this.#dependencies(process), { flags: this.#flags() }).then((app) => {
      if (process.isEnded) return;
      this.#app = app;
      this.#world.history.add({ what: 'is ready', node: this.name });
    });
    await Promise.race([starting, ended]);
  }

  /** kill -9: its links close; what it has written stays. */
  kill(why = 'kill -9'): void {
    if (!this.#process) return;
    this.#world.history.add({ what: 'is killed', node: this.name, why });
    this.#end('killed');
  }

  /** A power cut: nobody is told, and what was not synced is lost. It can start again when the network is healed. */
  vanish(): void {
    if (!this.#process) return;
    this.#world.history.add({ what: 'vanishes', node: this.name, why: 'power cut' });
    this.#end('vanished');
    this.#world.onVanished(this.name);
    this.#disk.losePower();
  }

  /** At an instant no timer could hit; undefined takes it back. */
  crashAt(point: CrashPoint | undefined): void {
    this.#process?.crashAt(point);
  }

  /** SIGTERM. Resolves when the process is gone. */
  async stop(): Promise<void> {
    const [process, app] = [this.#process, this.#app];
    if (!process || !app) return this.kill('SIGTERM before it was ready');
    const { history, virtual } = this.#world;
    history.add({ what: 'is told to stop', node: this.name });
    this.#app = undefined;
    const impatience = virtual.system.setTimer(KILLED_AFTER_SIGTERM_MS, () => this.kill('it did not stop in time'));
    const ended = new Promise<void>((resolve) => process.onEnd(resolve));
    await Promise.race([app.stop(), ended]);
    impatience.cancel();
    if (process.isEnded) return;
    history.add({ what: 'has stopped', node: this.name });
    this.#end('killed');
  }

  /** SIGSTOP: clocks and everybody else go on. */
  freeze(): void {
    if (!this.#process || this.isFrozen) return;
    this.#world.history.add({ what: 'is frozen', node: this.name });
    this.#process.freeze();
  }

  /** SIGCONT. */
  async thaw(): Promise<void> {
    if (!this.#process || !this.isFrozen) return;
    this.#world.history.add({ what: 'is thawed', node: this.name });
    await this.#process.thaw();
  }

  jumpWallClock(byMs: number): void {
    this.#world.history.add({ what: 'clock is set', node: this.name, byMs });
    if (this.#process) this.#process.system.jumpWallClock(byMs);
    else this.#wallOffsetMs += byMs;
  }

  get diskBehaviour(): DiskBehaviour {
    return this.#disk.behaviour;
  }

  set diskBehaviour(behaviour: DiskBehaviour) {
    this.#world.history.add({ what: 'disk', node: this.name, does: behaviour, works: behaviour === 'works' });
    this.#disk.behaviour = behaviour;
  }

  /** What its process does not hear of; undefined takes it back. */
  set deafTo(word: string | undefined) {
    this.#world.history.remark(`${this.name} is deaf to ${word ?? 'nothing'}`);
    if (this.#process) this.#process.transport.deafTo = word;
  }

  /** For a later start with an old copy of its disk. */
  copyDisk(): void {
    this.#copies.push(this.#disk.copy());
  }

  async reload(): Promise<void> {
    if (!this.#app) return;
    const { ok } = await this.#app.reload();
    this.#world.history.add({ what: 'reloads', node: this.name, ok });
  }

  /** Waits while the process is frozen. Rejects with NodeGoneError if there is none, or it dies before it has answered. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const process = this.#process;
    return new Promise((resolve, reject) => {
      const isGone = () => reject(new NodeGoneError(`${this.name} is gone`));
      if (!process) return isGone();
      const stopListening = process.onEnd(isGone);
      process.hear(() => {
        const app = this.#app;
        if (!app) {
          stopListening();
          return isGone();
        }
        const json = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_HEADERS };
        const answer = app.fetch(new Request(`http://${this.name}.test${path}`, { method, ...json }));
        answer.finally(stopListening).then(resolve, reject);
      });
    });
  }

  get app(): App {
    if (!this.#app) throw new Error(`${this.name} is down`);
    return this.#app;
  }

  #end(how: 'killed' | 'vanished'): void {
    const process = this.#process;
    if (!process) return;
    // The machine's clock goes on as it ran.
    this.#wallOffsetMs = process.system.now().wallMs - this.#world.virtual.system.now().wallMs;
    this.#process = undefined;
    this.#app = undefined;
    process.end(how);
  }

  #dependencies(process: NodeProcess): AppDependencies {
    const { logger } = this.#world;
    return {
      system: process.system,
      logger: logger(this.name),
      openStore: async (load: Parameters<NonNullable<AppDependencies['openStore']>>[0]) => {
        const store = await this.#disk.open(process);
        await load(store);
        return { store };
      },
      createReceivers: (config: Config) => this.#createReceivers(config, process),
      cluster: { transport: process.transport, expectedPeers: this.#world.names.length - 1 },
    };
  }

  #createReceivers(config: Config, process: NodeProcess): ReadonlyMap<string, readonly Receiver[]> {
    return new Map(
      config.receivers.map(({ name, integrations }) => [
        name,
        integrations.map((integration) => {
          if (integration.integration !== 'webhook') throw new Error('a world tells by webhook');
          const { url, sendResolved, timeoutMs } = integration;
          if (url.kind !== 'inline') throw new Error('a world names its places by URL');
          const destination = url.secret.reveal();
          const place = this.#world.place(new URL(destination).hostname.split('.')[0] ?? '');
          return new PlaceReceiver({ place, process, node: this.name }, { sendResolved, destination, timeoutMs });
        }),
      ]),
    );
  }

  #flags(): ServerFlags {
    const { configFile, flags, names } = this.#world;
    const own = [`--config.file=${configFile}`, `--cluster.peer-name=${this.name}`];
    const peers = names.filter((name) => name !== this.name).map((name) => `--cluster.peer=${name}:9094`);
    const line = parseServerFlags([...own, ...peers, ...flags, ...(this.#plan.flags ?? [])]);
    if (line.kind !== 'run') throw new Error(JSON.stringify(line));
    return { ...line.flags, webListenAddresses: [] };
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };
