import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

const { signal } = new AbortController();

test('lets in as many as the limit, the rest in the order they came', async () => {
  const gate = new Gate(1);
  const order: string[] = [];
  const leaveFirst = await gate.enter(signal);
  const second = gate.enter(signal).then((leave) => {
    order.push('second');
    return leave;
  });
  const third = gate.enter(signal).then((leave) => {
    order.push('third');
    return leave;
  });
  expect(order).toEqual([]);
  leaveFirst();
  (await second)();
  (await third)();
  expect(order).toEqual(['second', 'third']);
});

test('who gives up waiting takes no place', async () => {
  const gate = new Gate(1);
  const leave = await gate.enter(signal);
  const impatient = new AbortController();
  const waiting = gate.enter(impatient.signal);
  impatient.abort(new Error('no time left'));
  await expect(waiting).rejects.toThrow('no time left');
  leave();
  const leaveNext = await gate.enter(signal);
  leaveNext();
});

test('leaving twice frees one place only', async () => {
  const gate = new Gate(1);
  const leave = await gate.enter(signal);
  leave();
  leave();
  await gate.enter(signal);
  let entered = false;
  void gate.enter(signal).then(() => {
    entered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toBe(false);
});
