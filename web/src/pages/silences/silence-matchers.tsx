/** The matchers of a silence, to be read. */
import './silence-matchers.css';
import type { MatcherShape } from '../../../../src/shapes/terms.ts';

export function SilenceMatchers({ matchers }: { readonly matchers: readonly MatcherShape[] }) {
  return (
    <ul class="silence-matcher-list" aria-label="Matches">
      {matchers.map((matcher) => (
        <li key={matcher.text} class="silence-matcher">
          <span class="silence-matcher-name">{matcher.name}</span>
          <span class="silence-matcher-type">{matcher.type}</span>
          <span class="silence-matcher-value">{matcher.value === '' ? '""' : matcher.value}</span>
        </li>
      ))}
    </ul>
  );
}
