/** Durations as people type them: `2h`, `1h30`, `90 min`, `1.5 hours`, `3 days`, `an hour`, `1 day and 12 hours`. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS: readonly { readonly names: string; readonly unitMs: number }[] = [
  { names: 's|sec|secs|second|seconds', unitMs: 1000 },
  { names: 'm|min|mins|minute|minutes', unitMs: MINUTE_MS },
  { names: 'h|hr|hrs|hour|hours', unitMs: HOUR_MS },
  { names: 'd|day|days', unitMs: DAY_MS },
  { names: 'w|wk|wks|week|weeks', unitMs: 7 * DAY_MS },
];
const UNIT_MS: ReadonlyMap<string, number> = new Map(
  UNITS.flatMap(({ names, unitMs }) => names.split('|').map((name) => [name, unitMs] as const)),
);
const PART = /^(?:(\d{1,7}(?:\.\d{1,3})?) ?|(an?) )([a-z]+)(?: and)? ?/;
/** `1h30`: whoever leaves the unit out after hours means minutes. */
const MINUTES_WITHOUT_UNIT = /^(\d{1,2})$/;

/** In whole ms; undefined if it is none. Takes words in lower case with single spaces, each unit once, the largest first. */
export function durationMs(words: string): number | undefined {
  if (words === 'half an hour') return HOUR_MS / 2;
  let rest = words;
  let sumMs = 0;
  let lastUnitMs = Number.POSITIVE_INFINITY;
  while (rest !== '') {
    const minutes = lastUnitMs === HOUR_MS ? MINUTES_WITHOUT_UNIT.exec(rest) : null;
    if (minutes !== null) return sumMs + Number(minutes[1]) * MINUTE_MS;
    const part = PART.exec(rest);
    const unitMs = UNIT_MS.get(part?.[3] ?? '');
    if (part === null || unitMs === undefined || unitMs >= lastUnitMs) return undefined;
    sumMs += (part[1] === undefined ? 1 : Number(part[1])) * unitMs;
    lastUnitMs = unitMs;
    rest = rest.slice(part[0].length);
  }
  return words === '' ? undefined : Math.round(sumMs);
}

/** As {@link durationMs} reads it, the largest units first: `1d 12h`. Rounded to whole seconds. */
export function writeDuration(durationInMs: number): string {
  let rest = Math.round(durationInMs / 1000) * 1000;
  const parts: string[] = [];
  for (const [name, unitMs] of [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', 1000],
  ] as const) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) parts.push(`${count}${name}`);
    rest -= count * unitMs;
  }
  return parts.join(' ') || '0s';
}
