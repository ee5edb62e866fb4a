import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { UnreadAnswers } from './unread-answers.ts';

class Answer extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const MEBIBYTE = 2 ** 20;

function begin() {
  let cut = 0;
  const unread = new UnreadAnswers({ mostBytes: 10 * MEBIBYTE, onCut: () => cut++ });
  const add = (mebibytes: number) => {
    const answer = new Answer();
    unread.add(answer as unknown as ServerResponse, mebibytes * MEBIBYTE);
    return answer;
  };
  return { add, cuts: () => cut };
}

test('more than fits at once costs the oldest', () => {
  const { add, cuts } = begin();
  const answers = [add(4), add(4), add(4), add(4)];
  expect(answers.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
  expect(cuts()).toBe(2);
});

test('what was read makes room', () => {
  const { add, cuts } = begin();
  for (let count = 0; count < 10; count++) add(8).emit('close');
  expect(cuts()).toBe(0);
});

test('one alone may be as large as it is', () => {
  const { add } = begin();
  expect(add(100).destroyed).toBe(false);
});

test('small ones are never cut', () => {
  const { add } = begin();
  const small = add(0.01);
  add(100);
  expect(small.destroyed).toBe(false);
});
