import { expect, test } from 'vitest';
import { PendingInbound } from './pending-inbound.ts';

class Visitor {
  isCut = false;
  abort(): void {
    this.isCut = true;
  }
}

test('when it is full the one that has waited longest is cut, and the newest is let wait', () => {
  const door = new PendingInbound<Visitor>({ most: 2 });
  const visitors = [new Visitor(), new Visitor(), new Visitor()];
  for (const visitor of visitors) door.came(visitor);
  expect(visitors.map(({ isCut }) => isCut)).toEqual([true, false, false]);
  expect(door.refused).toBe(1);
});

test('who got through takes no room and is not counted as refused when it leaves', () => {
  const door = new PendingInbound<Visitor>({ most: 1 });
  const [guest, next] = [new Visitor(), new Visitor()];
  door.came(guest);
  door.gotThrough(guest);
  door.came(next);
  door.closed(guest);
  expect([guest.isCut, next.isCut, door.refused]).toEqual([false, false, 0]);
});
