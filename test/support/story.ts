/**
 * A story: a whole node in virtual time, from HTTP in to receivers out, on a disk in memory that survives kill -9.
 *
 *     await using story = await Story.begin(`route: …`);
 *     await story.fire({ alertname: 'Down' });
 *     await story.passes('30s');
 *     expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLevel } from 'memory-level';
import { pino } from 'pino';
import type { TextStore } from '../../cluster/disk.ts';
import type { ReloadResult } from '../../src/api/dependencies.ts';
import { type App, startApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { parseServerFlags, type ServerFlags } from '../../src/flags.ts';
import { parseDuration } from '../../src/model/duration.ts';
import { fingerprint, type Labels, labelValue, sortedLabels } from '../../src/model/labels.ts';
import type { System, Timer } from '../../src/system.ts';
import { RecordingReceiver } from './recording-receiver.ts';
import { VirtualSystem } from './virtual-system.ts';

export interface PostedAlert {
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly annotations?: Labels;
  readonly generatorURL?: string;
}

export interface StoryOptions {
  /** Server flags, as on a command line. */
  readonly flags?: readonly string[];
  readonly wallMs?: number;
  readonly seed?: number;
}

export class Story implements AsyncDisposable {
  readonly system: VirtualSystem;
  readonly #directory: string;
  readonly #options: StoryOptions;
  readonly #beganMs: number;
  readonly #receivers = new Map<string, RecordingReceiver>();
  #store: MemoryLevel<string, string> = new MemoryLevel<string, string>();
  #process: NodeProcess;
  #app: App | undefined;

  private constructor(directory: string, options: StoryOptions) {
    this.#directory = directory;
    this.#options = options;
    this.system = new VirtualSystem({
      ...(options.seed !== undefined && { seed: options.seed }),
      ...(options.wallMs !== undefined && { wallMs: options.wallMs }),
    });
    this.#process = new NodeProcess(this.system);
    this.#beganMs = this.system.now().monotonicMs;
  }

  static async begin(config: string, options: StoryOptions = {}): Promise<Story> {
    const story = new Story(await mkdtemp(join(tmpdir(), 'tocsin-story-')), options);
    await story.writeConfig(config);
    await story.start();
    return story;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  /** A checker posts one alert and expects it to be taken. */
  async post(labels: Labels, alert: PostedAlert = {}): Promise<void> {
    const response = await this.request('POST', '/api/v2/alerts', [{ labels, ...alert }]);
    if (response.status !== 200)
      throw new Error(`the alert was not taken: ${response.status} ${await response.text()}`);
  }

  /** An alert that goes on: posted once with an end so far off that no checker need refresh it. */
  fire(labels: Labels, alert: PostedAlert = {}): Promise<void> {
    return this.post(labels, { endsAt: this.wallTime('30d'), ...alert });
  }

  /** A checker says that the alert is over. */
  resolve(labels: Labels, alert: PostedAlert = {}): Promise<void> {
    return this.post(labels, { ...alert, endsAt: this.wallTime() });
  }

  /** @param durations as in the configuration: `5m`, `1h30m` */
  passes(duration: string): Promise<void> {
    return this.system.advance(durationMs(duration));
  }

  /** Resolves with the id. */
  async silence(matchers: Labels, duration = '1h', startsIn = '0s'): Promise<string> {
    const response = await this.request('POST', '/api/v2/silences', {
      matchers: Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
      startsAt: this.wallTime(startsIn),
      endsAt: this.wallTime(duration),
      createdBy: 'story',
      comment: 'told not to',
    });
    const answer = (await response.json()) as { silenceID: string };
    if (response.status !== 200) throw new Error(`the silence was not taken: ${JSON.stringify(answer)}`);
    return answer.silenceID;
  }

  async expireSilence(id: string): Promise<void> {
    await this.request('DELETE', `/api/v2/silence/${id}`);
  }

  writeConfig(config: string): Promise<void> {
    return writeFile(this.#configFile, config);
  }

  async reload(config?: string): Promise<ReloadResult> {
    if (config !== undefined) await this.writeConfig(config);
    return this.app.reload();
  }

  /** kill -9: nothing is drained, no timer fires any more; the disk keeps what was written. */
  async kill(): Promise<void> {
    if (!this.#app) return;
    this.#app = undefined;
    this.#process.die();
    const survived = await this.#store.iterator().all();
    this.#store = new MemoryLevel<string, string>();
    await this.#store.batch(survived.map(([key, value]) => ({ type: 'put' as const, key, value })));
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    const stopping = this.app.stop();
    this.#app = undefined;
    await this.system.advance(10_000);
    await stopping;
    await this.#store.open();
  }

  async start(): Promise<void> {
    this.#process = new NodeProcess(this.system);
    this.#app = await startApp(
      {
        system: this.#process,
        logger: pino({ level: 'silent' }),
        openStore: async (load) => {
          const store = this.#store as unknown as TextStore;
          await load(store);
          return { store };
        },
        createReceivers: (config) => this.#createReceivers(config),
      },
      { flags: this.#flags() },
    );
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  // --- what is seen -------------------------------------------------------------------------------------------------

  get app(): App {
    if (!this.#app) throw new Error('the node is down');
    return this.#app;
  }

  /** The disk; a story may break it. */
  get store(): MemoryLevel<string, string> {
    return this.#store;
  }

  /** The integration of a receiver, to make it misbehave. Survives reloads and restarts: it is somebody else's machine. */
  receiver(name: string, index = 0): RecordingReceiver {
    const receiver = this.#receivers.get(`${name}/${index}`);
    if (!receiver) throw new Error(`no receiver ${name}/${index}; there are ${[...this.#receivers.keys()].join(', ')}`);
    return receiver;
  }

  /** Every message since the beginning, in order: `minutes:seconds receiver: reason: alertname status, …`. */
  told(): string[] {
    const messages = [...this.#receivers].flatMap(([key, { told }]) => told.map((message) => ({ key, ...message })));
    messages.sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
    return messages.map(({ key, atMs, notification: { reason, alerts } }) => {
      const name = key.endsWith('/0') ? key.slice(0, -2) : key;
      const list = alerts.map(({ labels, status }) => `${labelValue(labels, 'alertname')} ${status}`).sort();
      return `${this.#clock(atMs)} ${name}: ${reason}: ${list.join(', ')}`;
    });
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return this.app.fetch(new Request(`http://tocsin.test${path}`, init));
  }

  async json<Answer>(path: string): Promise<Answer> {
    return (await (await this.request('GET', path)).json()) as Answer;
  }

  /** RFC 3339, `after` from now. */
  wallTime(after = '0s'): string {
    return new Date(this.system.now().wallMs + durationMs(after)).toISOString();
  }

  fingerprint(labels: Labels): string {
    return fingerprint(sortedLabels(labels));
  }

  get #configFile(): string {
    return join(this.#directory, 'tocsin.yml');
  }

  #flags(): ServerFlags {
    const line = parseServerFlags([`--config.file=${this.#configFile}`, ...(this.#options.flags ?? [])]);
    if (line.kind !== 'run') throw new Error(JSON.stringify(line));
    return { ...line.flags, webListenAddresses: [] };
  }

  #createReceivers(config: Config): ReadonlyMap<string, readonly RecordingReceiver[]> {
    return new Map(
      config.receivers.map(({ name, integrations }) => [
        name,
        integrations.map(({ sendResolved }, index) => {
          const key = `${name}/${index}`;
          const known = this.#receivers.get(key);
          if (known?.sendResolved === sendResolved) return known;
          const receiver = new RecordingReceiver(this.system, { sendResolved, destination: key });
          this.#receivers.set(key, receiver);
          return receiver;
        }),
      ]),
    );
  }

  #clock(atMs: number): string {
    const seconds = Math.floor((atMs - this.#beganMs) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}

/** The System as one process sees it: when it dies, its timers die with it. */
class NodeProcess implements System {
  readonly #machine: VirtualSystem;
  readonly #timers = new Set<Timer>();
  #alive = true;

  constructor(machine: VirtualSystem) {
    this.#machine = machine;
  }

  now = () => this.#machine.now();
  random = () => this.#machine.random();
  uuid = () => this.#machine.uuid();

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!this.#alive) return { cancel() {} };
    const timer = this.#machine.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  die(): void {
    this.#alive = false;
    for (const timer of this.#timers) timer.cancel();
  }
}

function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return ms;
}
