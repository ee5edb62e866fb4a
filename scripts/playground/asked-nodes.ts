/**
 * The nodes that a command speaks to. It posts to all of them, as a checker does, and is content if one takes it; what it
 * asks it asks the first that answers.
 */
import { CommandError } from '../../src/cli/command-error.ts';
import { type NodeClient, RefusedError } from '../../src/cli/node-client.ts';

export interface AskedNode {
  /** The number in the playground; undefined for a node that was named by its address. */
  readonly number: number | undefined;
  /** For people: without what may be secret in it. */
  readonly shownUrl: string;
  readonly client: NodeClient;
}

export interface Told {
  readonly taken: readonly AskedNode[];
  readonly silent: readonly AskedNode[];
}

export class AskedNodes {
  readonly #nodes: readonly AskedNode[];
  /** Once found dead a node is not asked again: a command lives for a moment. */
  readonly #silent = new Set<AskedNode>();

  /** At least one. */
  constructor(nodes: readonly AskedNode[]) {
    this.#nodes = nodes;
  }

  /** @throws CommandError of the last one if none answers, or of the first that refuses */
  async ask<Answer>(question: (node: NodeClient) => Promise<Answer>): Promise<Answer> {
    let failure: unknown;
    for (const node of this.#nodes.filter((one) => !this.#silent.has(one))) {
      try {
        return await question(node.client);
      } catch (error) {
        if (!isSilence(error)) throw error;
        this.#silent.add(node);
        failure = error;
      }
    }
    throw failure ?? new CommandError(3, 'no node answers');
  }

  /** To all at once. @throws CommandError if none takes it */
  async tell(message: (node: NodeClient) => Promise<void>): Promise<Told> {
    const taken: AskedNode[] = [];
    const failures: unknown[] = [];
    await Promise.all(
      this.#nodes.map(async (node) => {
        try {
          await message(node.client);
          taken.push(node);
        } catch (error) {
          failures.push(error);
          this.#silent.add(node);
        }
      }),
    );
    const refusal = failures.find((error) => !isSilence(error));
    if (taken.length === 0 || refusal !== undefined) throw refusal ?? failures[0];
    const inOrder = this.#nodes.filter((node) => taken.includes(node));
    return { taken: inOrder, silent: this.#nodes.filter((node) => !taken.includes(node)) };
  }
}

/** `at nodes 1 and 3; node 2 does not answer` */
export function toldWhom({ taken, silent }: Told): string {
  const missing = silent.length === 0 ? '' : `; ${namesOf(silent)} ${silent.length === 1 ? 'does' : 'do'} not answer`;
  return `at ${namesOf(taken)}${missing}`;
}

function namesOf(nodes: readonly AskedNode[]): string {
  const numbers = nodes.map(({ number }) => number).filter((number) => number !== undefined);
  if (numbers.length !== nodes.length) return nodes.map(({ shownUrl }) => shownUrl).join(', ');
  const last = numbers.at(-1);
  if (numbers.length === 1) return `node ${last}`;
  return `nodes ${numbers.slice(0, -1).join(', ')} and ${last}`;
}

/** It does not answer, or is not ready yet. */
function isSilence(error: unknown): boolean {
  return error instanceof RefusedError ? error.status === 503 : error instanceof CommandError && error.exitCode === 3;
}
