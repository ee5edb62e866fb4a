import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { LastEnd } from './last-end.ts';

const NOW = { wallMs: 1_000_000, monotonicMs: 0 };

function alert(endsAtMs: number): Alert {
  return { endsAtMs } as Alert;
}

function quietSince(alerts: readonly Alert[], forgotten: readonly Alert[] = []): number | undefined {
  const lastEnd = new LastEnd({ alerts: { values: () => alerts.values() } }, { startedAtMs: 500_000 });
  for (const gone of forgotten) lastEnd.onAlertRemoved(gone);
  return lastEnd.quietSinceMs(NOW);
}

describe('it is quiet', () => {
  test('not while something fires', () => {
    expect(quietSince([alert(900_000), alert(1_000_001)])).toBeUndefined();
  });

  test('since the last end', () => {
    expect(quietSince([alert(900_000), alert(800_000)])).toBe(900_000);
  });

  test('since the last end, also of what is forgotten by now', () => {
    expect(quietSince([alert(700_000)], [alert(900_000), alert(800_000)])).toBe(900_000);
    expect(quietSince([], [alert(900_000)])).toBe(900_000);
  });

  test('since the node began, where nothing else is known', () => {
    expect(quietSince([])).toBe(500_000);
  });
});
