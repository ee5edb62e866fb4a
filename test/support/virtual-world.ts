/**
 * A world of nodes in virtual time: one VirtualSystem, one MemoryNetwork with randomness of its own, and for each place a
 * System with its own clocks. What happens to a machine or its process happens here to both its System and its network.
 */
import { MemoryNetwork, type MemoryNetworkOptions } from '../../cluster/testing/memory-network.ts';
import type { NodeId, Transport } from '../../cluster/transport.ts';
import { SeededRandom } from './seeded-random.ts';
import { type Skew, SkewedSystem } from './skewed-system.ts';
import { VirtualSystem } from './virtual-system.ts';

export interface WorldProcess {
  readonly system: SkewedSystem;
  /** Not started yet. */
  readonly transport: Transport;
}

export interface ProcessOptions extends Omit<Skew, 'seed'> {
  /** Its node id, which is the place unless two nodes of one id are wanted. */
  readonly self?: NodeId;
}

export class VirtualWorld {
  readonly system: VirtualSystem;
  readonly network: MemoryNetwork;
  readonly #seeds: SeededRandom;
  readonly #processes = new Map<string, WorldProcess>();
  readonly #beganMs: number;

  constructor(options: MemoryNetworkOptions & { readonly seed?: number } = {}) {
    const seed = options.seed ?? 1;
    this.system = new VirtualSystem({ seed });
    this.#seeds = new SeededRandom(seed + 0.5);
    const random = new SeededRandom(this.#seeds.uint32());
    this.network = new MemoryNetwork({ system: this.system, random: () => random.fraction() }, options);
    this.#beganMs = this.system.now().monotonicMs;
  }

  /** A new process at the place. Two monotonic clocks never show the same, so that no node can rely on another's. */
  process(place: string, { self = place, ...skew }: ProcessOptions = {}): WorldProcess {
    const monotonicOffsetMs = skew.monotonicOffsetMs ?? Math.floor(this.#seeds.fraction() * 1e9);
    const system = new SkewedSystem(this.system, { ...skew, monotonicOffsetMs, seed: this.#seeds.uint32() });
    const process = { system, transport: this.network.join(self, { place }) };
    this.#processes.set(place, process);
    return process;
  }

  /** As SIGSTOP. */
  freeze(place: string): void {
    this.#at(place).system.freeze();
    this.network.freeze(place);
  }

  /** As SIGCONT: its overdue timers run now, and when time passes it hears what waited for it. */
  async thaw(place: string): Promise<void> {
    await this.#at(place).system.thaw();
    this.network.thaw(place);
  }

  /** As kill -9: its links close. */
  kill(place: string): void {
    this.#at(place).system.end();
    this.network.kill(place);
  }

  /** As a power cut or a pulled plug: nobody is told. */
  vanish(place: string): void {
    this.network.isolate(place);
    this.kill(place);
  }

  /** Since the world began. */
  get passedMs(): number {
    return this.system.now().monotonicMs - this.#beganMs;
  }

  #at(place: string): WorldProcess {
    const process = this.#processes.get(place);
    if (!process) throw new Error(`there is no process at ${place}`);
    return process;
  }
}
