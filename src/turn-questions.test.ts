/** Who waits for its turn is woken by what concerns it, and by nothing else: thousands may wait at a time. */
import { expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { turnPeers } from './turn-questions.ts';

type Parts = Parameters<typeof turnPeers>[0];
type Listener = Parameters<Parts['log']['onClaim']>[0];

const PLACE = { groupKey: 'group', receiverKey: 'team' };

function stage() {
  const claims = new Set<Listener>();
  const lives = new Set<() => void>();
  const log = { onClaim: (listener: Listener) => claims.add(listener) };
  const cluster = {
    self: 'a',
    onChange: (listener: () => void) => {
      lives.add(listener);
      return () => lives.delete(listener);
    },
  };
  const peers = turnPeers({
    system: new VirtualSystem(),
    ...({ cluster, log } as unknown as Pick<Parts, 'cluster' | 'log'>),
  });
  const hears = (place: typeof PLACE) => {
    for (const listener of claims) listener({ ...place } as Parameters<Listener>[0]);
  };
  const changesLife = () => {
    for (const listener of lives) listener();
  };
  return { peers, hears, changesLife };
}

test('a claim wakes who waits for that place, and nobody else', () => {
  const { peers, hears } = stage();
  const woken: string[] = [];
  peers.onChange(PLACE, () => woken.push('one'));
  peers.onChange(PLACE, () => woken.push('two'));
  peers.onChange({ ...PLACE, groupKey: 'another' }, () => woken.push('another'));
  hears(PLACE);
  expect(woken).toEqual(['one', 'two']);
});

test('a change of who is alive wakes everybody', () => {
  const { peers, changesLife } = stage();
  const woken: string[] = [];
  peers.onChange(PLACE, () => woken.push('one'));
  peers.onChange({ ...PLACE, groupKey: 'another' }, () => woken.push('another'));
  changesLife();
  expect(woken).toEqual(['one', 'another']);
});

test('who has stopped waiting is left alone', () => {
  const { peers, hears, changesLife } = stage();
  const woken: string[] = [];
  const stopListening = peers.onChange(PLACE, () => woken.push('one'));
  peers.onChange(PLACE, () => woken.push('two'));
  stopListening();
  hears(PLACE);
  changesLife();
  expect(woken).toEqual(['two', 'two']);
});
