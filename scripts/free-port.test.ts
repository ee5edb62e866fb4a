/** Who starts something gets the port people expect, or one next to it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePortsNear, listenNear, startNear } from './free-port.ts';

test('the next port is taken if somebody else has the preferred one', async () => {
  const [first, second] = [createServer(), createServer()];
  const firstPort = await listenNear(first, 25_001);
  const secondPort = await listenNear(second, firstPort);
  expect(secondPort).toBeGreaterThan(firstPort);
  for (const server of [first, second]) await once(server.close(), 'close');
});

test('of several ports each is another one, near the one preferred', async () => {
  const holder = createServer();
  const taken = await listenNear(holder, 25_101);
  const ports = await freePortsNear([taken, taken + 1, taken + 1]);
  expect(new Set([taken, ...ports]).size).toBe(4);
  expect(ports).toEqual(ports.toSorted((a, b) => a - b));
  expect(await freePortsNear(ports)).toEqual(ports);
  await once(holder.close(), 'close');
});

test('a failure that has nothing to do with the port is not tried again', async () => {
  const tried: number[] = [];
  const start = async (port: number) => {
    tried.push(port);
    throw new Error('no certificate');
  };
  await expect(startNear(25_001, start)).rejects.toThrow('no certificate');
  expect(tried).toEqual([25_001]);
});

test('when all are taken, it says which', async () => {
  const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
  await expect(startNear(65_530, () => Promise.reject(taken))).rejects.toThrow(/65530 to 65535 are taken/);
});
