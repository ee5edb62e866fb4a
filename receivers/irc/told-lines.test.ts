/** What counts as told, when the same or almost the same is to be told again. */
import { beforeEach, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { ToldLines } from './told-lines.ts';

const { nowMs, repeatIntervalMs } = notification();
let lines: ToldLines;

beforeEach(() => {
  lines = new ToldLines();
  lines.of(notification()).add('#ops', 'DiskFull');
});

const isTold = (change: Partial<Notification> = {}) => lines.of(notification(change)).has('#OPS', 'DiskFull');

it('is what was said in the flush, and in those soon after it', () => {
  expect(isTold()).toBe(true);
  expect(isTold({ nowMs: nowMs + repeatIntervalMs - 5000 })).toBe(true);
  expect(lines.of(notification()).has('#dev', 'DiskFull')).toBe(false);
});

it.each<[string, Partial<Notification>]>([
  ['a flush a repeat interval after it', { nowMs: nowMs + repeatIntervalMs }],
  ['the same after one that began late', { nowMs: nowMs + repeatIntervalMs - 100 }],
  ['a flush by a clock that was set back', { nowMs: nowMs - repeatIntervalMs }],
  ['a repeat', { reason: 'repeat interval elapsed' }],
  ['news of the alert', { alerts: [notifiedAlert({ status: 'resolved' })] }],
  ['news of another alert', { alerts: [notifiedAlert(), notifiedAlert({ fingerprint: 'another' })] }],
  ['another group', { groupKey: '{}:{alertname="Other"}' }],
])('is nothing for %s', (_name, change) => {
  expect(isTold(change)).toBe(false);
});

it('of a repeat is what was said in it, also for the attempts after it', () => {
  const repeat = { reason: 'repeat interval elapsed', nowMs: nowMs + 1000 } as const;
  lines.of(notification(repeat)).add('#ops', 'DiskFull');
  expect(isTold({ ...repeat, nowMs: nowMs + 2000 })).toBe(true);
});

it('is nothing once all was said', () => {
  lines.forget(notification());
  expect(isTold()).toBe(false);
});
