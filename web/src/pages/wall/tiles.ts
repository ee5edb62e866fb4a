/** What fires as tiles: one for each value of the label the wall is grouped by, the gravest first. Pure. */
import type { SeverityName } from '../../../../src/shapes/terms.ts';

/** What the wall needs to know of a value of a label. */
export interface ValueCounts {
  readonly value: string;
  readonly severities: Readonly<Record<SeverityName, number>>;
  /** What those that count as `other` call their severity themselves. */
  readonly otherWords: readonly string[];
}

export interface Tile {
  /** '' for alerts without the label. */
  readonly value: string;
  readonly severity: SeverityName;
  /** For people. */
  readonly word: string;
  /** Of that severity. */
  readonly gravest: number;
  readonly alerts: number;
}

const SEVERITIES: readonly SeverityName[] = ['urgent', 'important', 'other', 'interesting'];

/** `all` is how many of each severity fire: what no value accounts for has no such label, and gets a tile of its own. */
export function tilesOf(
  values: readonly ValueCounts[],
  all: Readonly<Record<SeverityName, number>> | undefined,
): readonly Tile[] {
  const tiles = values.flatMap((each) => tileOf(each));
  if (all !== undefined) {
    const rest = { ...all };
    for (const { severities } of values) for (const name of SEVERITIES) rest[name] -= severities[name];
    // The two answers are of two instants, so that there may seem to be fewer than none.
    for (const name of SEVERITIES) rest[name] = Math.max(0, rest[name]);
    tiles.push(...tileOf({ value: '', severities: rest, otherWords: [] }));
  }
  return tiles.sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.gravest - a.gravest || byName(a, b),
  );
}

function tileOf({ value, severities, otherWords }: ValueCounts): readonly Tile[] {
  const severity = SEVERITIES.find((name) => severities[name] > 0);
  if (severity === undefined) return [];
  const alerts = SEVERITIES.reduce((sum, name) => sum + severities[name], 0);
  const word = severity === 'other' && otherWords.length > 0 ? otherWords.join(', ') : severity;
  return [{ value, severity, word, gravest: severities[severity], alerts }];
}

function byName(a: Tile, b: Tile): number {
  return a.value < b.value ? -1 : 1;
}

export interface Verdict {
  readonly kind: 'urgent' | 'important' | 'firing' | 'quiet' | 'unknown';
  readonly words: string;
}

/** The one line that is read first. */
export function verdictOf(
  severities: Readonly<Record<SeverityName, number>> | undefined,
  { isStale = false }: { readonly isStale?: boolean } = {},
): Verdict {
  if (severities === undefined) return { kind: 'unknown', words: 'Looking …' };
  const { urgent, important, interesting, other } = severities;
  if (urgent > 0) return { kind: 'urgent', words: 'Urgent' };
  if (important > 0) return { kind: 'important', words: 'Important' };
  if (interesting + other > 0) return { kind: 'firing', words: 'Nothing urgent' };
  // Nobody may read from afar that all is well when it is not known.
  return isStale ? { kind: 'unknown', words: 'Not known' } : { kind: 'quiet', words: 'All is well' };
}

/** How large the tiles can be so that all fit: columns for this many on a screen of this shape. */
export function columnsFor(
  tiles: number,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  if (tiles === 0) return 1;
  // Tiles about one and a half times as wide as high read best.
  const columns = Math.ceil(Math.sqrt((tiles * width) / (height * 1.6)));
  return Math.max(1, Math.min(tiles, columns, Math.max(1, Math.floor(width / 150))));
}
