import { expect, it } from 'vitest';
import { notification } from '../testing/notifications.ts';
import { loudnessOf } from './loudness.ts';

const told = (severity: string | undefined, status: 'firing' | 'resolved' = 'firing') =>
  notification({ status, commonLabels: severity === undefined ? {} : { severity } });

it.each([
  ['urgent', 'firing', false],
  ['urgent', 'resolved', false],
  ['important', 'firing', false],
  ['interesting', 'firing', true],
  ['interesting', 'resolved', true],
  [undefined, 'firing', false],
] as const)('%s %s is silent: %s', (severity, status, isSilent) =>
  expect(loudnessOf(told(severity, status), undefined).isSilent).toBe(isSilent),
);

it('the configuration has the last word', () => {
  expect(loudnessOf(told('urgent'), true)).toEqual({ isSilent: true, reason: 'configured' });
  expect(loudnessOf(told('interesting'), false)).toEqual({ isSilent: false, reason: 'configured' });
});
