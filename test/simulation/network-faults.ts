/** What is done to the network of a world, said in its history: each fault names the two nodes it stands between. */
import type { LinkConditions, MemoryNetwork } from '../../cluster/testing/memory-network.ts';
import type { History } from './history.ts';

const LOSSY = 'lossy';

export class NetworkFaults {
  readonly #network: MemoryNetwork;
  readonly #history: History;
  readonly #nodes: readonly string[];
  /** By pair; a link is healthy when nothing is wrong with it any more. */
  readonly #faults = new Map<string, { readonly between: readonly [string, string]; readonly what: Set<string> }>();

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
    this.#note(one, two, 'reset');
    this.#mend(one, two, ['reset']);
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

  /** Its machine has lost its power: nothing reaches it until the network is healed. */
  vanished(node: string): void {
    for (const other of this.#nodes) if (other !== node) this.#note(node, other, 'silent');
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
    for (const { between, what } of [...this.#faults.values()]) {
      this.#mend(
        ...between,
        [...what].filter((fault) => fault !== LOSSY),
      );
    }
  }

  /** Both ways. Losses count as a fault, delays and disorder do not: worlds keep them short. */
  setConditions(one: string, two: string, conditions: Partial<LinkConditions>): void {
    this.#network.setConditions({ from: one, to: two }, conditions);
    this.#network.setConditions({ from: two, to: one }, conditions);
    const said = Object.entries(conditions).map(([name, value]) => `${name} ${value}`);
    this.#history.remark(`${pair(one, two).join('–')} ${said.join(', ')}`);
    if (conditions.lossRate === undefined) return;
    if (conditions.lossRate > 0) this.#note(one, two, LOSSY);
    else this.#mend(one, two, [LOSSY]);
  }

  #note(one: string, two: string, fault: string): void {
    const between = pair(one, two);
    const known = this.#faults.get(between.join(' ')) ?? { between, what: new Set() };
    known.what.add(fault);
    this.#faults.set(between.join(' '), known);
    this.#history.add({ what: 'link', between, fault });
  }

  #mend(one: string, two: string, faults: readonly string[]): void {
    const between = pair(one, two);
    const what = this.#faults.get(between.join(' '))?.what;
    if (!what) return;
    for (const fault of faults) what.delete(fault);
    if (what.size > 0) return;
    this.#faults.delete(between.join(' '));
    this.#history.add({ what: 'link', between, fault: undefined });
  }
}

function pair(one: string, two: string): [string, string] {
  return one < two ? [one, two] : [two, one];
}
