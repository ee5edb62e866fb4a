/** Finds alerts by words, as people type them who know a host or half a name: anywhere in labels and annotations. */
import type { Alert } from '../../model/alert.ts';

/** More is no word that anybody looks for, and would be looked for all the same. */
const MOST_WORDS = 8;
/** Of one annotation: some are whole manuals. */
const LOOKED_AT = 2_000;

/**
 * True of alerts in which every word of the text stands, in upper or lower case, in a label as `name=value` or in an
 * annotation; undefined for a text without words.
 */
export function textMatch(text: string): ((alert: Pick<Alert, 'labels' | 'annotations'>) => boolean) | undefined {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  if (words.length === 0) return undefined;
  return ({ labels, annotations }) => {
    const left = new Set(words);
    const strike = (place: string) => {
      const lower = place.toLowerCase();
      for (const word of left) if (lower.includes(word)) left.delete(word);
    };
    for (const [name, value] of Object.entries(labels)) {
      strike(`${name}=${value}`);
      if (left.size === 0) return true;
    }
    for (const value of Object.values(annotations)) {
      strike(value.slice(0, LOOKED_AT));
      if (left.size === 0) return true;
    }
    return false;
  };
}
