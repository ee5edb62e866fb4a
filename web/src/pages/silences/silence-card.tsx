/** A silence in the list: what, for how long still, how much, by whom; and what is done with it most. */
import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import { tick } from '../../clock.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Link } from '../../parts/link.tsx';
import { instantText } from '../../words/instant.ts';
import { ExtendButtons } from './extend-buttons.tsx';
import { SilenceMatchers } from './silence-matchers.tsx';
import { mutingWords, whenWords } from './silence-words.ts';

export interface SilenceCardProps {
  readonly silence: ShownSilence;
  readonly isChosen: boolean;
  /** Without it, it cannot be chosen. */
  readonly onChoose: ((isChosen: boolean) => void) | undefined;
  readonly onEnd: () => void;
  readonly onChanged: () => void;
}

export function SilenceCard({ silence, isChosen, onChoose, onEnd, onChanged }: SilenceCardProps) {
  const { id, state, comment, createdBy, startsAt, endsAt } = silence;
  const name = comment || 'A silence without a comment';
  return (
    <li class="silence-in-list">
      {onChoose && (
        <label class="silence-choose">
          <input
            type="checkbox"
            checked={isChosen}
            aria-label={`Choose ${name}`}
            onChange={(event) => onChoose(event.currentTarget.checked)}
          />
        </label>
      )}
      <div class="silence-in-list-words">
        <h2>
          <Link to={`/silences/${encodeURIComponent(id)}`}>{name}</Link>
        </h2>
        <p class="silence-in-list-when">
          <strong title={instantText(state === 'pending' ? startsAt : endsAt)}>{whenWords(silence, tick.value)}</strong>
          <span>{mutingWords(silence)}</span>
          <span>by {createdBy || 'nobody named'}</span>
        </p>
        <SilenceMatchers matchers={silence.matchers} />
      </div>
      <div class="silence-in-list-actions">
        {state === 'expired' ? (
          <ButtonLink to="/silences/new" query={{ again: id }} aria-label={`Make again: ${name}`}>
            Make again
          </ButtonLink>
        ) : (
          <>
            <ExtendButtons silence={silence} isShort onExtended={onChanged} />
            <ButtonLink to="/silences/new" query={{ edit: id }} aria-label={`Change: ${name}`}>
              Change
            </ButtonLink>
            <Button onClick={onEnd} aria-label={`End: ${name}`}>
              End
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
