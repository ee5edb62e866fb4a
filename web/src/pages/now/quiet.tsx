/** Nothing to show: because nothing fires, which is good to know since when, or because nothing fits the filter. */
import './quiet.css';
import { connection } from '../../api/live.ts';
import { Age } from '../../parts/age.tsx';
import { Button } from '../../parts/button.tsx';
import { instantText } from '../../words/instant.ts';

export interface QuietProps {
  readonly quietSince: string | null;
  readonly isNarrowed: boolean;
  readonly onClear: () => void;
}

export function Quiet({ quietSince, isNarrowed, onClear }: QuietProps) {
  if (quietSince !== null) {
    return (
      <div class="quiet">
        <svg viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r="22" fill="none" stroke="currentColor" stroke-width="3" />
          <path d="m14 25 7 7 14-15" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" />
        </svg>
        {connection.value === 'lost' ? (
          <>
            <p class="quiet-words">All was quiet</p>
            <p>
              Nothing had fired since {instantText(quietSince)} when this node was last heard. Whether something fires
              now is not known.
            </p>
          </>
        ) : (
          <>
            <p class="quiet-words">All is quiet</p>
            <p>
              Nothing has fired <Age since={quietSince} before="for " />, since {instantText(quietSince)}.
            </p>
          </>
        )}
      </div>
    );
  }
  return (
    <div class="quiet quiet-narrowed">
      <p class="quiet-words">Nothing fits</p>
      <p>
        {isNarrowed ? 'Something fires, but nothing of it is in this view.' : 'Nothing that fires is in a group now.'}
      </p>
      {isNarrowed && <Button onClick={onClear}>Show everything</Button>}
    </div>
  );
}
