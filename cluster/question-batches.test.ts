/** Many questions of one moment reach a peer in few messages, and each gets its own answer. */
import { expect, test } from 'vitest';
import { type Ask, answerBatch, BATCH_KIND, type Body, QuestionBatches } from './question-batches.ts';

const answer = (kind: string, { of, size = 0 }: Body): object => {
  if (kind === 'unheard of') throw new Error('what?');
  return { of, filling: 'x'.repeat(Number(size)) };
};

/** A peer that serves only so many requests at a time, and what it was sent. */
class Peer {
  readonly kinds: string[] = [];
  most = 0;
  #served = 0;

  readonly ask: Ask = async (_, kind, body, { signal }) => {
    this.kinds.push(kind);
    this.#served += 1;
    this.most = Math.max(this.most, this.#served);
    await new Promise((resolve) => setImmediate(resolve));
    this.#served -= 1;
    signal.throwIfAborted();
    const sent = JSON.parse(JSON.stringify(body)) as Body;
    return (kind === BATCH_KIND ? answerBatch(sent, answer) : answer(kind, sent)) as Body;
  };
}

const options = { signal: new AbortController().signal };
const numbers = (count: number) => Array.from({ length: count }, (_, of) => of);

test('a few questions go each alone', async () => {
  const peer = new Peer();
  const batches = new QuestionBatches(peer);
  await Promise.all(numbers(8).map((of) => batches.ask('peer', 'turn', { of }, options)));
  expect(peer.kinds).toEqual(Array(8).fill('turn'));
});

test('a thousand questions of one moment are a few messages, a few at a time', async () => {
  const peer = new Peer();
  const batches = new QuestionBatches(peer);
  const answers = await Promise.all(numbers(1_000).map((of) => batches.ask('peer', 'turn', { of }, options)));
  expect(answers.map(({ of }) => of)).toEqual(numbers(1_000));
  expect(peer.kinds.length).toBeLessThan(30);
  expect(peer.most).toBe(8);
});

test('answers that do not fit into one message come with the next', async () => {
  const peer = new Peer();
  const batches = new QuestionBatches(peer);
  const asked = numbers(60).map((of) => batches.ask('peer', 'turn', { of, size: 40_000 }, options));
  expect((await Promise.all(asked)).map(({ of }) => of)).toEqual(numbers(60));
});

test('a question that fails, or whose time is up, fails alone', async () => {
  const peer = new Peer();
  const batches = new QuestionBatches(peer);
  const impatient = new AbortController();
  const asked = numbers(20).map((of) => batches.ask('peer', of === 12 ? 'unheard of' : 'turn', { of }, options));
  const given = batches.ask('peer', 'turn', {}, { signal: impatient.signal });
  impatient.abort(new Error('too late'));
  await expect(given).rejects.toThrow('too late');
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.flatMap(({ status }, of) => (status === 'rejected' ? [of] : []))).toEqual([12]);
});

test('a message that is lost fails the questions in it, and the next goes out', async () => {
  const peer = new Peer();
  let lost = 0;
  const batches = new QuestionBatches({
    ask(to, kind, body, asked) {
      if (kind === BATCH_KIND && lost++ === 0) return Promise.reject(new Error('lost'));
      return peer.ask(to, kind, body, asked);
    },
  });
  const outcomes = await Promise.allSettled(numbers(200).map((of) => batches.ask('peer', 'turn', { of }, options)));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(64);
});
