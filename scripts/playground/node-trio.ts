/**
 * The three nodes of a playground: started together, killed and brought back one by one. A node that dies takes nobody
 * along, except at the first start, when what is wrong with one is wrong with the playground.
 */
import type { NodeListener } from './node-process.ts';

/** `dead`: there is no process. */
export type NodeState = 'starting' | 'alive' | 'dead';

export interface ShownNode {
  readonly number: number;
  /** Undefined until it was ready once. */
  readonly url: string | undefined;
  readonly state: NodeState;
  readonly pid: number | undefined;
}

export interface RunningProcess {
  readonly pid: number | undefined;
  stop(): void;
  kill(): void;
}

export interface TrioDependencies {
  /** `formerAddress`: where it listened when it ran before. */
  start(number: number, formerAddress: string | undefined, listener: NodeListener): RunningProcess;
  urlOf(number: number, address: string | undefined): string;
  onLog(number: number, line: string): void;
  onConnection(number: number, port: number): void;
}

/** The playground's answer to `npm run kill` and `npm run revive`. */
export interface NodeCommandResult {
  readonly isDone: boolean;
  /** For people: what was done, or why not. */
  readonly message: string;
}

/** A node could not start; its log says why. */
export class NodeStartError extends Error {
  override readonly name = 'NodeStartError';
  readonly number: number;

  constructor(number: number) {
    super(`node ${number} could not start`);
    this.number = number;
  }
}

interface Place {
  state: NodeState;
  process: RunningProcess | undefined;
  address: string | undefined;
  url: string | undefined;
  /** Resolves when there is no process any more. */
  ended: Promise<void>;
  /** Of this start; false if it ended instead. */
  ready: Promise<boolean>;
}

export class NodeTrio {
  readonly #dependencies: TrioDependencies;
  readonly #places: ReadonlyMap<number, Place>;
  readonly #watchers = new Set<() => void>();
  #isStopping = false;
  #worstExitCode = 0;

  constructor(dependencies: TrioDependencies, numbers: readonly number[]) {
    this.#dependencies = dependencies;
    this.#places = new Map(
      numbers.map((number) => [
        number,
        {
          state: 'dead',
          process: undefined,
          address: undefined,
          url: undefined,
          ended: Promise.resolve(),
          ready: Promise.resolve(false),
        },
      ]),
    );
  }

  get nodes(): readonly ShownNode[] {
    return [...this.#places].map(([number, { url, state, process }]) => ({ number, url, state, pid: process?.pid }));
  }

  /** Calls back after every change until disposed of. */
  watch(watcher: () => void): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  /**
   * Resolves when all are ready, or when they were stopped before.
   * @throws NodeStartError as soon as one of them ends of itself
   */
  async start(): Promise<void> {
    await Promise.all(
      [...this.#places].map(async ([number, place]) => {
        this.#run(number, place);
        const isReady = await place.ready;
        if (!isReady && !this.#isStopping) throw new NodeStartError(number);
      }),
    );
  }

  /** With SIGKILL; resolves when it is dead. */
  async kill(number: number): Promise<NodeCommandResult> {
    const place = this.#places.get(number);
    if (!place) return this.#unknown(number);
    if (!place.process) return { isDone: false, message: `node ${number} is dead already` };
    const { pid } = place.process;
    place.process.kill();
    await place.ended;
    return { isDone: true, message: `Killed node ${number} (kill -9 ${pid}).` };
  }

  /** Resolves when it is ready again, at the address and with the data it had. */
  async revive(number: number): Promise<NodeCommandResult> {
    const place = this.#places.get(number);
    if (!place) return this.#unknown(number);
    if (place.process) return { isDone: false, message: `node ${number} is alive` };
    if (this.#isStopping) return { isDone: false, message: 'the playground is about to end' };
    this.#run(number, place);
    return (await place.ready)
      ? { isDone: true, message: `Node ${number} is back at ${place.url}.` }
      : { isDone: false, message: `node ${number} could not start; its log, where npm start runs, says why` };
  }

  /** Asks all to end. */
  stop(): void {
    this.#isStopping = true;
    for (const { process } of this.#places.values()) process?.stop();
  }

  /** Ends all at once. */
  killAll(): void {
    this.#isStopping = true;
    for (const { process } of this.#places.values()) process?.kill();
  }

  /** Resolves once no process is left, with the worst exit code of those that were asked to end. */
  async ended(): Promise<number> {
    await Promise.all([...this.#places.values()].map(({ ended }) => ended));
    return this.#worstExitCode;
  }

  #unknown(number: number): NodeCommandResult {
    return { isDone: false, message: `there is no node ${number}; there are ${[...this.#places.keys()].join(', ')}` };
  }

  #run(number: number, place: Place): void {
    const ended = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<boolean>();
    place.ended = ended.promise;
    place.ready = ready.promise;
    place.state = 'starting';
    place.process = this.#dependencies.start(number, place.address, {
      onReady: (address) => {
        place.address ??= address;
        place.url = this.#dependencies.urlOf(number, place.address);
        place.state = 'alive';
        this.#changed();
        ready.resolve(true);
      },
      onLog: (line) => this.#dependencies.onLog(number, line),
      onConnection: (port) => this.#dependencies.onConnection(number, port),
      onEnd: (exitCode) => {
        if (this.#isStopping) this.#worstExitCode = Math.max(this.#worstExitCode, exitCode);
        place.process = undefined;
        place.state = 'dead';
        this.#changed();
        ready.resolve(false);
        ended.resolve();
      },
    });
    this.#changed();
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
