/** "Did you mean": the name a mistyped one was most likely meant to be. */

/** Longer words than this were never meant to be a flag or a command; it bounds the work on hostile input. */
const LONGEST_NAME = 80;

/** Undefined when nothing is near enough to be worth offering: more than a third of the longer name would have to change. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  if (typed.length > LONGEST_NAME) return undefined;
  let nearest: string | undefined;
  let leastEdits = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = lacksFirstWord(typed, name) ? 1 : editDistance(typed, name);
    if (edits < leastEdits && edits <= Math.max(typed.length, name.length) / 3) {
      nearest = name;
      leastEdits = edits;
    }
  }
  return nearest;
}

/** Leaving out the first word of a dotted name (`listen-address` for `web.listen-address`) is one slip, however long it is. */
function lacksFirstWord(typed: string, name: string): boolean {
  return typed.length >= 3 && name.endsWith(`.${typed}`);
}

/** Restricted Damerau-Levenshtein: a swap of two neighbours, the commonest slip, counts as one edit. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, at(beforePrevious, column - 2) + 1);
      }
      current.push(edits);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
