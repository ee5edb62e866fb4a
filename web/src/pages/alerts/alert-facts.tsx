/** What an alert or group says of itself: annotations to be read first, links to follow, labels to narrow by. */
import { LabelChip } from '../../parts/label-chip.tsx';
import { SafeLink } from '../../parts/safe-link.tsx';
import { go } from '../../place.ts';
import { equals } from '../../words/matcher.ts';
import { orderedAnnotations } from './annotation-order.ts';
import { FoldedText } from './folded-text.tsx';

type Texts = Readonly<Record<string, string>>;

/** What it is, in a sentence, for right under its name. */
export function Summary({ annotations }: { readonly annotations: Texts }) {
  const summary = annotations.summary?.trim();
  if (!summary) return null;
  return (
    <p class="alert-summary">
      <FoldedText text={summary} />
    </p>
  );
}

/** All but the summary. */
export function Annotations({ annotations }: { readonly annotations: Texts }) {
  const { summary: _, ...others } = annotations;
  const { texts, links } = orderedAnnotations(others);
  if (texts.length + links.length === 0) return null;
  return (
    <section class="alert-annotations" aria-label="Annotations">
      {links.length > 0 && (
        <p class="alert-links">
          {links.map(({ name, words, href }) => (
            <span key={name} class="alert-link">
              <SafeLink href={href}>{words} ↗</SafeLink>
            </span>
          ))}
        </p>
      )}
      <dl class="alert-texts">
        {texts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <FoldedText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Choosing one shows everything that fires with it. */
export function Labels({ labels, heading }: { readonly labels: Texts; readonly heading: string }) {
  const entries = Object.entries(labels);
  return (
    <section aria-label={heading}>
      <h2>{heading}</h2>
      {entries.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <ul class="alert-labels">
          {entries.map(([name, value]) => (
            <li key={name}>
              <LabelChip name={name} value={value} onChoose={() => go('/', { filter: [equals(name, value)] })} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
