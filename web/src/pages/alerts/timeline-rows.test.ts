import { expect, test } from 'vitest';
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import { isPreparation, timelineRows } from './timeline-rows.ts';

let events = 0;
const at = (second: number) => new Date(Date.UTC(2026, 10, 29, 3, 0, second)).toISOString();

function told(second: number, integration: string, outcome: 'sent' | 'refused', message = 'refused') {
  events += 1;
  const event = {
    id: `e${events}`,
    at: at(second),
    node: 'a',
    kind: 'notification',
    receiver: 'night',
    integration,
    index: 0,
    outcome,
    message,
  };
  return { event: event as unknown as HappenedEvent, nodes: ['a'] };
}

const shown = (entries: Parameters<typeof timelineRows>[0]) =>
  timelineRows(entries).map(({ event, count, since }) =>
    [event.kind === 'notification' && event.integration, count, event.at.slice(17, 19), since.slice(17, 19)].join(' '),
  );

test('failures of the same kind are one row, though those of another channel come in between', () => {
  const entries = [
    told(9, 'email', 'refused'),
    told(8, 'webhook', 'refused'),
    told(7, 'email', 'refused'),
    told(6, 'email', 'refused', 'another reason'),
    told(5, 'webhook', 'refused'),
  ];
  expect(shown(entries)).toEqual(['email 2 09 07', 'webhook 2 08 05', 'email 1 06 06']);
});

test('what went well ends the row, and is never folded', () => {
  const entries = [
    told(9, 'email', 'refused'),
    told(8, 'email', 'sent'),
    told(7, 'email', 'sent'),
    told(6, 'email', 'refused'),
  ];
  expect(shown(entries)).toEqual(['email 1 09 09', 'email 1 08 08', 'email 1 07 07', 'email 1 06 06']);
});

test('whose turn it was is no news of an alert, but what was told is', () => {
  const turn = { ...told(1, 'email', 'sent').event, kind: 'turn', decision: 'waits' } as unknown as HappenedEvent;
  expect([isPreparation(turn), isPreparation(told(2, 'email', 'refused').event)]).toEqual([true, false]);
});
