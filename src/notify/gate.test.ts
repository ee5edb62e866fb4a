import { expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { Gate } from './gate.ts';

const { signal } = new AbortController();

test('lets in as many as the limit, the rest in the order they came', async () => {
  const gate = new Gate({ system: new VirtualSystem() }, 1);
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
  const gate = new Gate({ system: new VirtualSystem() }, 1);
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
  const gate = new Gate({ system: new VirtualSystem() }, 1);
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

test('a receiver that asked to be left alone is left alone, by all who come meanwhile', async () => {
  const system = new VirtualSystem();
  const gate = new Gate({ system }, 2);
  gate.closeFor(60_000);
  gate.closeFor(1_000);
  let entered = 0;
  for (let comers = 0; comers < 2; comers++) void gate.enter(signal).then(() => entered++);
  await system.advance(59_999);
  expect(entered).toBe(0);
  await system.advance(1);
  expect(entered).toBe(2);
});

test('who cannot wait so long is told why', async () => {
  const system = new VirtualSystem();
  const gate = new Gate({ system }, 1);
  gate.closeFor(60_000);
  const impatient = new AbortController();
  const waiting = gate.enter(impatient.signal);
  impatient.abort(new Error('no time left'));
  await expect(waiting).rejects.toThrow('no time left');
  expect(gate.whyClosed()).toBe('the receiver asked to be left alone for another 60 s');
});
