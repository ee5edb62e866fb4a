/** Who starts something gets the port people expect, or one next to it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePortNear, listenNear, startNear } from './free-port.ts';

test('the next port is taken if somebody else has the preferred one', async () => {
  const [first, second] = [createServer(), createServer()];
  const firstPort = await listenNear(first, 25_001);
  const secondPort = await listenNear(second, firstPort);
  expect(secondPort).toBeGreaterThan(firstPort);
  expect(await freePortNear(firstPort)).toBeGreaterThan(firstPort);
  for (const server of [first, second]) await once(server.close(), 'close');
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
