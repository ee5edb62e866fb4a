import { expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { AddressDialler } from './address-dialler.ts';
import { formatHostAndPort, parsePeerAddress } from './peer-address.ts';
import { AddressResolver } from './resolve-address.ts';

/** By name: where it leads now; by address: who answers. */
function network(names: Record<string, string[]>, nodes: Record<string, string>) {
  const dialled: string[] = [];
  const system = new VirtualSystem();
  const lookup = async (name: string) => names[name] ?? Promise.reject(new Error(`no such name: ${name}`));
  const dialler = new AddressDialler(
    {
      system,
      resolver: new AddressResolver({ lookup }),
      connect: async (address) => {
        const text = formatHostAndPort(address);
        dialled.push(text);
        return nodes[text] ?? Promise.reject(new Error(`nobody at ${text}`));
      },
    },
    { self: 'self' },
  );
  const dial = (...addresses: string[]) => dialler.dial(addresses.map(parsePeerAddress), new AbortController().signal);
  return { dial, dialled, system };
}

test('a name is looked up anew each time', async () => {
  const names = { 'node-2': ['10.0.0.2'] };
  const { dial } = network(names, { '10.0.0.9:1': 'moved' });
  await expect(dial('node-2:1')).rejects.toThrow('nobody at 10.0.0.2:1');
  names['node-2'] = ['10.0.0.9'];
  expect(await dial('node-2:1')).toEqual({ found: 'moved' });
});

test('of a name that stands for several, this node among them, another one is found', async () => {
  const { dial, dialled, system } = network(
    { all: ['10.0.0.1', '10.0.0.2'] },
    { '10.0.0.1:1': 'self', '10.0.0.2:1': 'b' },
  );
  expect(await dial('all:1')).toEqual({ found: 'b' });
  expect(await dial('all:1')).toEqual({ found: 'b' });
  expect(dialled).toEqual(['10.0.0.1:1', '10.0.0.2:1', '10.0.0.2:1']);
  expect(system.pendingTimers).toBe(0);
});

test('this node’s own address is dialled once in ten minutes', async () => {
  const { dial, dialled, system } = network({}, { '10.0.0.1:1': 'self' });
  expect([await dial('10.0.0.1:1'), await dial('10.0.0.1:1')]).toEqual(['self', 'self']);
  expect(dialled).toHaveLength(1);
  await system.advance(600_001);
  await dial('10.0.0.1:1');
  expect(dialled).toHaveLength(2);
});

test('when nobody answers anywhere, every address says why', async () => {
  const { dial } = network({}, {});
  const failure = await dial('10.0.0.1:1', 'gone:1').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AggregateError);
  expect((failure as AggregateError).errors.map(String)).toEqual([
    'Error: nobody at 10.0.0.1:1',
    'Error: no such name: gone',
  ]);
});

test('names are looked up one at a time, so that slow DNS takes one of the platform’s threads only', async () => {
  let running = 0;
  let most = 0;
  const resolver = new AddressResolver({
    lookup: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return ['10.0.0.1'];
    },
  });
  const { signal } = new AbortController();
  await Promise.all(['a:1', 'b:1', 'c:1'].map((text) => resolver.resolve(parsePeerAddress(text), { signal })));
  expect(most).toBe(1);
});
