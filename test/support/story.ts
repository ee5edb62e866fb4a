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
import { pino } from 'pino';
import type { Receiver } from '../../receivers/receiver.ts';
import type { ReloadResult } from '../../src/api/dependencies.ts';
import { type App, startApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { parseServerFlags, type ServerFlags } from '../../src/flags.ts';
import { parseDuration } from '../../src/model/duration.ts';
import { fingerprint, type Labels, labelValue, sortedLabels } from '../../src/model/labels.ts';
import type { System, Timer } from '../../src/system.ts';
import { BreakableStore } from './breakable-store.ts';
import { RecordingReceiver, ToldPlace } from './recording-receiver.ts';
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
  /** By receiver and host, in the order in which they were first configured. */
  readonly #places = new Map<string, ToldPlace>();
  #heardOf = 0;
  #disk = new BreakableStore();
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
    return this.post(labels, { startsAt: this.wallTime(), endsAt: this.wallTime('30d'), ...alert });
  }

  /** A checker that posts at once and every minute for the time given, each time good for resolve_timeout. */
  async keepsFiring(labels: Labels, duration: string): Promise<void> {
    const untilMs = this.system.now().monotonicMs + durationMs(duration);
    for (;;) {
      await this.post(labels);
      const leftMs = untilMs - this.system.now().monotonicMs;
      if (leftMs <= 0) return;
      await this.system.advance(Math.min(leftMs, 60_000));
    }
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
    const response = await this.request('DELETE', `/api/v2/silence/${id}`);
    if (response.status !== 200) throw new Error(`the silence was not ended: ${response.status}`);
  }

  /** The process gets no time at all (SIGSTOP, a suspended machine) while everything else goes on. */
  stalls(duration: string): Promise<void> {
    return this.system.stall(durationMs(duration));
  }

  /** @param by a duration, `-` in front sets the clock back */
  wallClockJumps(by: string): void {
    this.system.jumpWallClock(durationMs(by));
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
    this.#disk = await this.#disk.afterKill();
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    const stopping = this.app.stop();
    this.#app = undefined;
    await this.system.advance(10_000);
    await stopping;
    await this.#disk.reopen();
  }

  async start(): Promise<void> {
    this.#process = new NodeProcess(this.system);
    this.#app = await startApp(
      {
        system: this.#process,
        logger: pino({ level: 'silent' }),
        openStore: async (load) => {
          const { store } = this.#disk;
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

  /** A story may break it. */
  get disk(): BreakableStore {
    return this.#disk;
  }

  /**
   * Where a receiver tells, to make it misbehave: `team`, or `team/mail` where the URL's host does not begin with the
   * receiver's name. It is somebody else's machine: reloads and restarts do not change it.
   */
  receiver(name: string): ToldPlace {
    const place = this.#places.get(name);
    if (!place) throw new Error(`no receiver ${name}; there are ${[...this.#places.keys()].join(', ')}`);
    return place;
  }

  /** Every message since the beginning, in order: `minutes:seconds receiver: reason: alertname/instance status, …`. */
  told(only?: string): string[] {
    const messages = [...this.#places].flatMap(([name, { told }]) => told.map((message) => ({ name, ...message })));
    messages.sort((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1));
    return messages
      .filter(({ name }) => only === undefined || name === only)
      .map(({ name, atMs, notification: { reason, alerts } }) => {
        const list = alerts.map(({ labels, status }) => `${alertText(labels)} ${status}`).sort();
        return `${this.#clock(atMs)} ${name}: ${reason}: ${list.join(', ')}`;
      });
  }

  /** What was told since this was last asked. */
  news(): string[] {
    const told = this.told();
    const news = told.slice(this.#heardOf);
    this.#heardOf = told.length;
    return news;
  }

  /** Of the alerts the API shows as active, as in {@link told}. */
  async activeAlerts(): Promise<string[]> {
    const alerts = await this.json<{ labels: Labels }[]>('/api/v2/alerts?silenced=false&inhibited=false');
    return alerts.map(({ labels }) => alertText(labels)).sort();
  }

  /** The value of a series on /metrics, `name` or `name{label="value"}`; undefined if there is no such series. */
  async metric(series: string): Promise<number | undefined> {
    const text = await (await this.request('GET', '/metrics')).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
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

  /** RFC 3339, `after` from now; `-5m` is five minutes ago. */
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

  #createReceivers(config: Config): ReadonlyMap<string, readonly Receiver[]> {
    return new Map(
      config.receivers.map(({ name, integrations }) => [
        name,
        integrations.map((config) => {
          if (config.integration !== 'webhook') throw new Error('a story tells by webhook');
          const { url, sendResolved, timeoutMs } = config;
          if (url.kind !== 'inline') throw new Error('a story names its places by URL');
          const destination = url.secret.reveal();
          const host = new URL(destination).hostname.split('.')[0];
          const key = host === name ? name : `${name}/${host}`;
          const place = this.#places.get(key) ?? new ToldPlace(this.system);
          this.#places.set(key, place);
          return new RecordingReceiver(place, { sendResolved, destination, attemptTimeoutMs: timeoutMs });
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

function alertText(labels: Labels): string {
  const instance = labelValue(labels, 'instance');
  const name = labelValue(labels, 'alertname');
  return instance === '' ? name : `${name}/${instance}`;
}

/** As in the configuration; with `-` in front, backwards. */
function durationMs(text: string): number {
  if (text.startsWith('-')) return -durationMs(text.slice(1));
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return ms;
}
