/** Times as people type them and as tables show them. */
import { parseTimestamp } from '../model/timestamp.ts';
import { type FlagWords, single } from './flag-value.ts';

/** `2026-11-21 14:03:00 UTC`, amtool's form. What is no time is shown as it came. */
export function showInstant(rfc3339: string): string {
  const wallMs = Date.parse(rfc3339);
  if (Number.isNaN(wallMs)) return rfc3339;
  return `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** RFC 3339, in milliseconds since the epoch. Undefined if not given. */
export function instantFlag(words: FlagWords) {
  return single({ placeholder: 'TIME', ...words }, (given) => {
    if (given === '') return undefined;
    // Without an offset nobody could tell whose clock is meant; only the node's parser takes that for UTC.
    const timestamp = /(?:[Zz]|[+-]\d\d:\d\d)$/.test(given) ? parseTimestamp(given) : undefined;
    if (timestamp === undefined)
      throw new RangeError('wants a time with its offset, such as 2026-11-21T14:00:00+01:00');
    return timestamp.ms;
  });
}

export function instantText(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
