/** What is done with an alert or group: silence it, see where it comes from, tell others of it. */
import { ButtonLink } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { SafeLink } from '../../parts/safe-link.tsx';
import { link } from '../../place.ts';
import { safeHref } from '../../words/safe-href.ts';

export interface AlertActionsProps {
  /** Of this page. */
  readonly path: string;
  readonly matchers: readonly string[];
  readonly what: 'alert' | 'group';
  /** Where the checker shows the expression; '' for none. */
  readonly generatorURL?: string;
}

export function AlertActions({ path, matchers, what, generatorURL = '' }: AlertActionsProps) {
  return (
    <div class="alert-actions">
      {matchers.length > 0 && (
        <ButtonLink kind="primary" to="/silences/new" query={{ filter: matchers }}>
          Silence this {what}
        </ButtonLink>
      )}
      {safeHref(generatorURL) !== undefined && (
        <span class="button button-plain alert-source">
          <SafeLink href={generatorURL}>Source ↗</SafeLink>
        </span>
      )}
      <CopyButton label="Copy link" text={() => new URL(link(path), location.href).href} />
      {matchers.length > 0 && <CopyButton label="Copy as matchers" text={`{${matchers.join(', ')}}`} />}
      <ButtonLink
        kind="quiet"
        to="/history"
        query={{ [what === 'alert' ? 'fingerprint' : 'group']: path.split('/').at(-1) }}
      >
        History
      </ButtonLink>
    </div>
  );
}
