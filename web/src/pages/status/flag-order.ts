/** Flags as they are shown: what somebody has set first, the rest by name; and found by any part of name or value. */
import type { StatusAnswer } from '../../../../src/shapes/status.ts';

type Flag = StatusAnswer['flags'][number];

export function flagsInOrder(flags: readonly Flag[], text = ''): Flag[] {
  const wanted = text.trim().toLowerCase().replace(/^--/, '');
  return flags
    .filter(({ name, value }) => `${name}=${value}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => Number(a.isDefault) - Number(b.isDefault) || a.name.localeCompare(b.name));
}
