/** What is done to the network of a world, said in its history: each fault names the two nodes it stands between. */
import type { LinkConditions, MemoryNetwork } from '../../cluster/testing/memory-network.ts';
import type { History } from './history.ts';

export class NetworkFaults {
  readonly #network: MemoryNetwork;
  readonly #history: History;
  readonly #nodes: readonly string[];
  /** Faults that a heal ends, by pair. */
  readonly #faults = new Map<string, readonly [string, string]>();

  constructor(dependencies: { network: MemoryNetwork; history: History }, nodes: readonly string[]) {
    this.#network = dependencies.network;
    this.#history = dependencies.history;
    this.#nodes = nodes;
  }

  /** From the beginning. Who is in no group with another has no link to it, which is no fault. */
  link(group: readonly string[]): void {
    this.#network.connectAll(...group);
    for (const [index, one] of group.entries()) {
      for (const two of group.slice(index + 1)) this.#history.add({ what: 'are linked', between: pair(one, two) });
    }
  }

  /** As a TCP reset: both see it and dial again. */
  reset(one: string, two: string): void {
    this.#network.reset(one, two);
    this.#history.add({ what: 'link', between: pair(one, two), fault: 'reset' });
    this.#history.add({ what: 'link', between: pair(one, two), fault: undefined });
  }

  cut(one: string, two: string): void {
    this.#network.cut(one, two);
    this.#note(one, two, 'cut');
  }

  /** Both ways, and nobody is told. */
  silence(one: string, two: string): void {
    this.#network.blackHole({ from: one, to: two });
    this.#network.blackHole({ from: two, to: one });
    this.#note(one, two, 'silent');
  }

  /** One way. */
  blackHole(link: { readonly from: string; readonly to: string }): void {
    this.#network.blackHole(link);
    this.#note(link.from, link.to, `black hole from ${link.from} to ${link.to}`);
  }

  /** Between those in the group and those outside. */
  partition(group: readonly string[], { how }: { readonly how: 'closed' | 'silent' }): void {
    for (const one of group) {
      for (const two of this.#nodes.filter((node) => !group.includes(node))) {
        if (how === 'closed') this.cut(one, two);
        else this.silence(one, two);
      }
    }
  }

  /** Ends every cut, black hole and partition. */
  heal(): void {
    this.#network.heal();
    for (const between of this.#faults.values()) this.#history.add({ what: 'link', between, fault: undefined });
    this.#faults.clear();
  }

  /** Both ways. Losses count as a fault, delays and disorder do not: worlds keep them short. */
  setConditions(one: string, two: string, conditions: Partial<LinkConditions>): void {
    this.#network.setConditions({ from: one, to: two }, conditions);
    this.#network.setConditions({ from: two, to: one }, conditions);
    const said = Object.entries(conditions).map(([name, value]) => `${name} ${value}`);
    this.#history.remark(`${pair(one, two).join('–')} ${said.join(', ')}`);
    if (conditions.lossRate === undefined) return;
    const fault = conditions.lossRate > 0 ? 'lossy' : undefined;
    this.#history.add({ what: 'link', between: pair(one, two), fault });
  }

  #note(one: string, two: string, fault: string): void {
    const between = pair(one, two);
    this.#faults.set(between.join(' '), between);
    this.#history.add({ what: 'link', between, fault });
  }
}

function pair(one: string, two: string): [string, string] {
  return one < two ? [one, two] : [two, one];
}
