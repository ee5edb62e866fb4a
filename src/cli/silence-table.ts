/** Silences as `silence query` and `silence update` show them. */
import { compareText } from '../model/labels.ts';
import type { ShownSilence } from './api-shapes.ts';
import { showInstant } from './instant-text.ts';
import type { TableCell } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Those that end first come first, as in amtool. `quiet` prints ids only, for `$(…)`. */
export function showSilences(
  terminal: Terminal,
  silences: readonly ShownSilence[],
  form: { readonly output: 'simple' | 'extended' | 'json'; readonly quiet: boolean },
): void {
  const endingFirst = silences.toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
  if (form.quiet) for (const silence of endingFirst) terminal.line(silence.id);
  else if (form.output === 'json') terminal.json(silences);
  else if (form.output === 'simple') {
    terminal.table(['ID', 'Matchers', 'Ends At', 'Created By', 'Comment'], endingFirst.map(simpleRow));
  } else {
    terminal.table(
      ['ID', 'Matchers', 'Starts At', 'Ends At', 'Updated At', 'Created By', 'Comment', 'Annotations', 'State'],
      endingFirst.map(extendedRow),
    );
  }
}

function simpleRow(silence: ShownSilence): readonly TableCell[] {
  return [silence.id, matcherTexts(silence).join(' '), showInstant(silence.endsAt), silence.createdBy, silence.comment];
}

function extendedRow(silence: ShownSilence): readonly TableCell[] {
  return [
    silence.id,
    `{${matcherTexts(silence).join(',')}}`,
    showInstant(silence.startsAt),
    showInstant(silence.endsAt),
    showInstant(silence.updatedAt),
    silence.createdBy,
    silence.comment,
    Object.entries(silence.annotations ?? {})
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(' '),
    { text: silence.status.state, colour: silence.status.state === 'active' ? 'yellow' : 'gray' },
  ];
}

/** Not by way of Matcher: an expression this program cannot compile must still be shown. */
function matcherTexts(silence: ShownSilence): readonly string[] {
  return silence.matchers.map(({ name, value, isRegex, isEqual = true }) => {
    const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
    return `${name}${operator}${JSON.stringify(value)}`;
  });
}
