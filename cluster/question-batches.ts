/**
 * Questions to one peer that travel together. A few at a time go each alone and at once; what is asked while they are
 * under way goes in one message as soon as one of them is back. So a thousand questions of one moment are neither a
 * thousand streams nor more than the peer serves at a time, whose refusal would look like a peer out of reach.
 */
import { z } from 'zod';
import type { NodeId } from './transport.ts';

export type Body = Readonly<Record<string, unknown>>;

export type Ask = (peer: NodeId, kind: string, body: object, options: { signal: AbortSignal }) => Promise<Body>;

export const BATCH_KIND = 'questions';

/** To one peer; well below what it serves at a time. */
const MOST_UNDER_WAY = 8;
const MOST_IN_BATCH = 64;
const LARGEST_BATCH_CHARACTERS = 48 * 1024;
/** Beyond that, answers are left to another message; the first is always given, so that each message brings one at least. */
const LARGEST_ANSWERS_CHARACTERS = 48 * 1024;

const batchBody = z.object({
  questions: z.array(z.tuple([z.string(), z.record(z.string(), z.unknown())])).max(MOST_IN_BATCH),
});
const batchAnswer = z.object({
  answers: z.array(z.union([z.record(z.string(), z.unknown()), z.enum(['failed', 'later'])])).max(MOST_IN_BATCH),
});

interface Waiting {
  readonly kind: string;
  readonly body: object;
  readonly characters: number;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Body | Promise<Body>) => void;
  readonly reject: (cause: unknown) => void;
}

interface Line {
  underWay: number;
  waiting: Waiting[];
}

export class QuestionBatches {
  readonly #ask: Ask;
  readonly #lines = new Map<NodeId, Line>();

  constructor({ ask }: { ask: Ask }) {
    this.#ask = ask;
  }

  /** Rejects as the ask it was given does, or with the signal's reason as soon as that aborts. */
  readonly ask: Ask = (peer, kind, body, { signal }) => {
    const line = this.#lines.get(peer) ?? { underWay: 0, waiting: [] };
    this.#lines.set(peer, line);
    if (line.underWay < MOST_UNDER_WAY) return this.#alone(peer, line, { kind, body, signal });
    return new Promise((resolve, reject) => {
      const characters = JSON.stringify(body).length;
      const question: Waiting = { kind, body, characters, signal, resolve, reject };
      line.waiting.push(question);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };

  async #alone(
    peer: NodeId,
    line: Line,
    { kind, body, signal }: Pick<Waiting, 'kind' | 'body' | 'signal'>,
  ): Promise<Body> {
    line.underWay += 1;
    try {
      return await this.#ask(peer, kind, body, { signal });
    } finally {
      this.#returned(peer, line);
    }
  }

  #returned(peer: NodeId, line: Line): void {
    line.underWay -= 1;
    line.waiting = line.waiting.filter(({ signal }) => !signal.aborted);
    const batch = takeBatch(line.waiting);
    const [only] = batch;
    if (!only) {
      if (line.underWay === 0) this.#lines.delete(peer);
    } else if (batch.length === 1) only.resolve(this.#alone(peer, line, only));
    else void this.#together(peer, line, batch);
  }

  async #together(peer: NodeId, line: Line, batch: readonly Waiting[]): Promise<void> {
    line.underWay += 1;
    const questions = batch.map(({ kind, body }) => [kind, body]);
    // The one that was asked last has time the longest.
    const signal = batch.at(-1)?.signal ?? AbortSignal.abort();
    try {
      const { answers } = batchAnswer.parse(await this.#ask(peer, BATCH_KIND, { questions }, { signal }));
      for (const [index, question] of batch.entries()) {
        const answer = answers[index];
        if (answer === 'later') line.waiting.unshift(question);
        else if (typeof answer === 'object') question.resolve(answer);
        else question.reject(new Error(`the peer has no answer to a question of kind ${question.kind}`));
      }
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    } finally {
      this.#returned(peer, line);
    }
  }
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let characters = 0;
  const count = waiting.findIndex((question, index) => {
    characters += question.characters;
    return index === MOST_IN_BATCH || (index > 0 && characters > LARGEST_BATCH_CHARACTERS);
  });
  return waiting.splice(0, count < 0 ? waiting.length : count);
}

/** The answering half. `answer` may throw; that fails its own question only. */
export function answerBatch(body: Body, answer: (kind: string, body: Body) => object): object {
  let characters = 0;
  const answers = batchBody.parse(body).questions.map(([kind, question]) => {
    if (characters > LARGEST_ANSWERS_CHARACTERS) return 'later';
    try {
      const given = answer(kind, question);
      const before = characters;
      characters += JSON.stringify(given).length;
      return before > 0 && characters > LARGEST_ANSWERS_CHARACTERS ? 'later' : given;
    } catch {
      return 'failed';
    }
  });
  return { answers };
}
