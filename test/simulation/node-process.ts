/**
 * One process of a node: its System and Transport, and the doors through which everything it does to the world, and all
 * it hears of it, passes. So it can be frozen and ended, and can die at any instant that makes a difference: just before
 * or just after a write or a message. What a dead process still wants to do has no effect, and nothing answers it.
 */
import type { SkewedSystem } from '../support/skewed-system.ts';
import type { ProcessOptions, VirtualWorld } from '../support/virtual-world.ts';
import { DeafTransport } from './deaf-transport.ts';

/** Between two deeds of these kinds nobody outside can tell when a process died. */
export type Deed = 'disk write' | 'message';

export interface CrashPoint {
  readonly at: Deed;
  /** 1 is the next one. */
  readonly count: number;
  /** Just before it is done, or just after, when the process has not heard of it yet. */
  readonly when: 'before' | 'after';
}

/** What a process that has died gets instead of an answer. */
export function never<Answer>(): Promise<Answer> {
  return new Promise(() => {});
}

export class NodeProcess {
  readonly system: SkewedSystem;
  readonly transport: DeafTransport;
  readonly #world: VirtualWorld;
  readonly #name: string;
  readonly #onCrash: (why: string) => void;
  #state: 'running' | 'frozen' | 'ended' = 'running';
  #crash: { readonly point: CrashPoint; left: number } | undefined;
  readonly #inbox: (() => void)[] = [];
  readonly #ends = new Set<() => void>();

  constructor(
    dependencies: { world: VirtualWorld; onCrash: (why: string) => void },
    { name, ...options }: ProcessOptions & { readonly name: string },
  ) {
    this.#world = dependencies.world;
    this.#onCrash = dependencies.onCrash;
    this.#name = name;
    const { system, transport } = this.#world.process(name, options);
    this.system = system;
    this.transport = new DeafTransport(transport);
  }

  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  /** Whatever reaches the process from outside: now, when it thaws, or never. */
  hear(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'frozen') this.#inbox.push(action);
  }

  /** Called when it ends; at once if it has. Returns the way to stop listening. */
  onEnd(listener: () => void): () => void {
    if (this.isEnded) listener();
    else this.#ends.add(listener);
    return () => this.#ends.delete(listener);
  }

  /** Does it if the process lives so long. False if it is dead before or after. */
  does(deed: Deed, act: () => void): boolean {
    if (this.#diesAt(deed, 'before')) return false;
    act();
    return !this.#diesAt(deed, 'after');
  }

  /** Undefined takes it back. */
  crashAt(point: CrashPoint | undefined): void {
    this.#crash = point && { point, left: point.count };
  }

  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.#world.freeze(this.#name);
  }

  /** Timers that fell due first, then what came over sockets. */
  async thaw(): Promise<void> {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    await this.#world.thaw(this.#name);
    this.#world.system.setTimer(0, () => {
      for (const action of this.#inbox.splice(0)) this.hear(action);
    });
  }

  end(how: 'killed' | 'vanished'): void {
    if (this.isEnded) return;
    this.#state = 'ended';
    this.#inbox.length = 0;
    if (how === 'killed') this.#world.kill(this.#name);
    else this.#world.vanish(this.#name);
    for (const listener of this.#ends) listener();
    this.#ends.clear();
  }

  #diesAt(deed: Deed, when: CrashPoint['when']): boolean {
    const crash = this.#crash;
    if (this.isEnded || !crash || crash.point.at !== deed || crash.point.when !== when) return this.isEnded;
    crash.left -= 1;
    if (crash.left > 0) return false;
    this.#crash = undefined;
    this.#onCrash(`${when} ${deed} ${crash.point.count}`);
    return true;
  }
}
