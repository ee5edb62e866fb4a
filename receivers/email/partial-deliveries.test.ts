import { expect, it } from 'vitest';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { PartialDeliveries } from './partial-deliveries.ts';

const storm = (groupKey: string) =>
  notification({
    groupKey,
    alerts: Array.from({ length: 60_000 }, (_, index) => notifiedAlert({ fingerprint: String(index) })),
  });

it('of large groups only the latest are remembered', () => {
  const partial = new PartialDeliveries();
  const [first, second] = [storm('first'), storm('second')];
  for (const told of [first, second, second]) partial.remember(told, ['a@example.org'], 0);
  expect([...partial.settled(first, 1)]).toEqual([]);
  expect([...partial.settled(second, 1)]).toEqual(['a@example.org']);
});

it('what is forgotten makes room', () => {
  const partial = new PartialDeliveries();
  const [first, second] = [storm('first'), storm('second')];
  partial.remember(first, ['a@example.org'], 0);
  partial.forget('first');
  partial.remember(second, ['a@example.org'], 0);
  partial.remember(notification({ groupKey: 'third' }), ['b@example.org'], 0);
  expect([...partial.settled(second, 1)]).toEqual(['a@example.org']);
});
