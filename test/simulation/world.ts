/**
 * A world: nodes on their machines, a network between them, checkers that post to them, places that they tell, people who
 * silence, and one clock by which all of it happens. A run depends on nothing but its seed and the calls made; its history
 * is complete, and the same for the same run.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { MemoryNetworkOptions } from '../../cluster/testing/memory-network.ts';
import { parseDuration } from '../../src/model/duration.ts';
import type { Labels } from '../../src/model/labels.ts';
import { VirtualWorld } from '../support/virtual-world.ts';
import { Checker, type CheckerPlan } from './checker.ts';
import { History } from './history.ts';
import { clock } from './must-tell.ts';
import { NetworkFaults } from './network-faults.ts';
import { alertText, type Message, Place } from './place.ts';
import { configText, type RingPlan } from './ring-plan.ts';
import { NodeGoneError, type NodePlan, SimulatedNode } from './simulated-node.ts';
import { type AlertText, messageText } from './world-event.ts';

export interface WorldOptions {
  readonly seed?: number;
  readonly rings: readonly RingPlan[];
  /** Names or plans; each is started. One node `n1`, unless said otherwise. */
  readonly nodes?: readonly (string | NodePlan)[];
  /** Each text names nodes that are linked with each other; all are, unless said otherwise. */
  readonly links?: readonly (readonly string[])[];
  readonly network?: MemoryNetworkOptions;
  readonly flags?: readonly string[];
  /** Has the trace say what the nodes log, too. */
  readonly logs?: boolean;
}

export class World implements AsyncDisposable {
  readonly history: History;
  readonly network: NetworkFaults;
  readonly rings: readonly RingPlan[];
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly #virtual: VirtualWorld;
  readonly #directory = mkdtempSync(join(tmpdir(), 'tocsin-world-'));
  readonly #configFile = join(this.#directory, 'tocsin.yml');
  readonly #places = new Map<string, Place>();
  readonly #checkers = new Map<string, Checker>();
  readonly #truth = new Map<AlertText, Labels>();
  #failure: Error | undefined;
  #attempts = 0;

  private constructor(options: WorldOptions) {
    const { seed = 1, rings, nodes = ['n1'], network = {}, flags = [], logs = false } = options;
    this.#virtual = new VirtualWorld({ ...network, seed });
    this.history = new History(() => this.nowMs);
    this.history.remark(`seed ${seed}`);
    this.rings = rings;
    const configFile = this.#configFile;
    this.configure(rings);
    const plans = nodes.map((node) => (typeof node === 'string' ? { name: node } : node));
    const world = {
      virtual: this.#virtual,
      history: this.history,
      logger: (node: string) => (logs ? this.#logger(node) : SILENT),
      configFile,
      flags,
      names: plans.map(({ name }) => name),
      place: (name: string) => this.place(name),
      onVanished: (node: string) => this.network.vanished(node),
    };
    this.nodes = new Map(plans.map((plan) => [plan.name, new SimulatedNode(world, plan)]));
    this.network = new NetworkFaults({ network: this.#virtual.network, history: this.history }, [...this.nodes.keys()]);
    for (const group of options.links ?? [[...this.nodes.keys()]]) this.network.link(group);
  }

  /** All nodes are started, one after the other, and ready. */
  static async begin(options: WorldOptions): Promise<World> {
    const world = new World(options);
    for (const node of world.nodes.values()) await node.start();
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const checker of this.#checkers.values()) checker.stop();
    for (const node of this.nodes.values()) node.kill('the world ends');
    await this.#virtual.system.settle();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  /** @param duration as in the configuration, `1m30s`, or milliseconds */
  async passes(duration: string | number): Promise<void> {
    await this.#virtual.system.advance(durationMs(duration));
    if (this.#failure) throw this.#failure;
  }

  /** Until the world is so old. */
  passesUntil(atMs: number): Promise<void> {
    return this.passes(atMs - this.nowMs);
  }

  /** Does it then, while time passes. */
  after(duration: string | number, act: () => unknown): void {
    this.#virtual.system.setTimer(durationMs(duration), () => {
      Promise.try(act).catch((cause: unknown) => {
        this.#failure ??= new Error(`what was to happen at ${this.nowMs} ms failed`, { cause });
      });
    });
  }

  begins(labels: Labels): void {
    const alert = alertText(labels);
    this.#truth.set(alert, labels);
    this.history.add({ what: 'begins', alert, labels: { ...labels } });
  }

  ends(labels: Labels): void {
    const alert = alertText(labels);
    if (this.#truth.delete(alert)) this.history.add({ what: 'ends', alert });
  }

  checks(plan: CheckerPlan): Checker {
    const checker = new Checker(
      {
        system: this.#virtual.system,
        history: this.history,
        nowMs: () => this.nowMs,
        truth: this.#truth,
        nodes: this.nodes,
      },
      { ...plan, phaseMs: plan.phaseMs ?? 0 },
    );
    this.#checkers.set(plan.name, checker);
    return checker;
  }

  /** Resolves with the id, or undefined if the node did not take it. */
  async silence(node: string, matchers: Labels, duration: string | number): Promise<string | undefined> {
    const nowWallMs = this.#virtual.system.now().wallMs;
    const untilMs = this.nowMs + durationMs(duration);
    this.history.add({ what: 'is asked to silence', node, matchers: { ...matchers }, untilMs });
    const response = await this.#ask(node, 'POST', '/api/v2/silences', {
      matchers: Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
      startsAt: new Date(nowWallMs - 1000).toISOString(),
      endsAt: new Date(nowWallMs + durationMs(duration)).toISOString(),
      createdBy: 'somebody',
      comment: 'told not to',
    });
    if (response?.status !== 200) return undefined;
    const { silenceID: id } = (await response.json()) as { silenceID: string };
    this.history.add({ what: 'is silenced', node, id, untilMs });
    return id;
  }

  /** Resolves with whether the node took it. */
  async expireSilence(node: string, id: string): Promise<boolean> {
    this.history.add({ what: 'is asked to expire', node, id });
    const response = await this.#ask(node, 'DELETE', `/api/v2/silence/${id}`);
    const taken = response?.status === 200;
    if (taken) this.history.add({ what: 'has expired', node, id });
    return taken;
  }

  /** What nodes that start or are reloaded from now on find as their configuration. */
  configure(rings: readonly RingPlan[]): void {
    writeFileSync(this.#configFile, configText(rings));
  }

  /** Somebody looks at every node that answers. */
  async look(): Promise<void> {
    for (const { name, isFrozen } of this.nodes.values()) {
      if (isFrozen) continue;
      const alerts = await this.#shown<{ labels: Labels }>(name, '/api/v2/alerts');
      const silences = await this.#shown<{ id: string; status: { state: string } }>(name, '/api/v2/silences');
      if (!alerts || !silences) continue;
      this.history.add({
        what: 'shows',
        node: name,
        alerts: alerts.map(({ labels }) => alertText(labels)).sort(),
        silences: silences.flatMap(({ id, status }) => (status.state === 'active' ? [id] : [])).sort(),
      });
    }
  }

  // --- what is seen -------------------------------------------------------------------------------------------------

  /** Since the world began. */
  get nowMs(): number {
    return this.#virtual.passedMs;
  }

  node(name: string): SimulatedNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no node ${name}; there are ${[...this.nodes.keys()].join(', ')}`);
    return node;
  }

  checker(name: string): Checker {
    const checker = this.#checkers.get(name);
    if (!checker) throw new Error(`no checker ${name}`);
    return checker;
  }

  place(name: string): Place {
    let place = this.#places.get(name);
    if (!place) {
      const { history } = this;
      const nextAttempt = () => ++this.#attempts;
      place = new Place({ system: this.#virtual.system, history, nowMs: () => this.nowMs, nextAttempt }, name);
      this.#places.set(name, place);
    }
    return place;
  }

  /** What was told, in order: `minutes:seconds place: reason: Down/a firing, …`. */
  told(): string[] {
    return this.messages().map(
      (message) => `${clock(message.toldAtMs ?? 0)} ${message.place}: ${messageText(message)}`,
    );
  }

  /** What was told, in order. */
  messages(): readonly Message[] {
    const told = [...this.#places.values()].flatMap((place) => place.told);
    return told.sort((a, b) => (a.toldAtMs ?? 0) - (b.toldAtMs ?? 0) || a.attempt - b.attempt);
  }

  /** One line an event, and the same text for the same run. */
  trace(): string {
    return this.history.text();
  }

  /** Messages and bytes a node has sent to its peers so far. */
  traffic(node: string): { readonly messages: number; readonly bytes: number } {
    return this.#virtual.network.traffic(node);
  }

  async #shown<Item>(node: string, path: string): Promise<readonly Item[] | undefined> {
    const response = await this.#ask(node, 'GET', path);
    return response?.status === 200 ? ((await response.json()) as Item[]) : undefined;
  }

  /** Undefined if nobody answers: whoever asks sees that and goes on. */
  async #ask(node: string, method: string, path: string, body?: unknown): Promise<Response | undefined> {
    try {
      return await this.node(node).request(method, path, body);
    } catch (cause) {
      if (cause instanceof NodeGoneError) return undefined;
      throw cause;
    }
  }

  #logger(node: string): Logger {
    const write = (line: string) => this.history.remark(`${node} log ${line.trimEnd()}`);
    return pino({ level: 'debug', timestamp: false, base: null }, { write });
  }
}

const SILENT = pino({ level: 'silent' });

function durationMs(duration: string | number): number {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration);
  if (ms === undefined) throw new Error(`${duration} is no duration`);
  return ms;
}
