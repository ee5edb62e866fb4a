/** Labels to type, and what an alert with them becomes: where it goes, when, and what would keep it from being told. */
import type { ExplainAnswer, ExplainedDestination } from '../../../../src/shapes/alerts.ts';
import { tick } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Link } from '../../parts/link.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Until } from '../../parts/until.tsx';
import { capitalised } from '../../words/counted.ts';
import { shortInstantText } from '../../words/instant.ts';
import { localTimes } from '../../words/local-times.ts';
import type { UsedExplanation } from './explanation.ts';
import { LabelsInput } from './labels-input.tsx';
import { duration, mutedWords } from './route-tree.ts';

const EXAMPLE = 'alertname=DiskFull severity=urgent';

export interface ExplainPartProps {
  readonly explanation: UsedExplanation;
  readonly onType: (text: string) => void;
}

export function ExplainPart({ explanation, onType }: ExplainPartProps) {
  const { text, problem, answer, error } = explanation;
  return (
    <section class="page-part" aria-labelledby="routing-explain">
      <h2 id="routing-explain">Where would an alert go?</h2>
      <div class="panel explain">
        <LabelsInput text={text} problem={problem} onType={onType} />
        {text === '' && (
          <Button kind="quiet" onClick={() => onType(EXAMPLE)}>
            Try an example
          </Button>
        )}
        {error && (
          <Notice kind="error" title="It could not be explained">
            {error.detail}
          </Notice>
        )}
        <div aria-live="polite">{answer && <Outcome answer={answer} />}</div>
      </div>
    </section>
  );
}

function Outcome({ answer }: { readonly answer: ExplainAnswer }) {
  const { destinations, silences, inhibitedBy, now } = answer;
  return (
    <div class="outcome">
      <p class="outcome-summary">{outcomeWords(answer)}</p>
      {silences.map(({ id, comment, createdBy, endsAt }) => (
        <p key={id}>
          Silenced by <Link to={`/silences/${encodeURIComponent(id)}`}>{comment || id}</Link>
          {` of ${createdBy || 'nobody named'}, until ${shortInstantText(endsAt, Date.parse(now))}.`}
        </p>
      ))}
      {inhibitedBy.map(({ fingerprint, labels, rule }) => (
        <p key={fingerprint}>
          Inhibited by <Link to={`/alerts/${encodeURIComponent(fingerprint)}`}>{labels.alertname || fingerprint}</Link>
          {`: ${rule}.`}
        </p>
      ))}
      <ul class="destinations">
        {destinations.map((destination) => (
          <li key={destination.routeId}>
            <Destination destination={destination} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function outcomeWords({ destinations, silences, inhibitedBy }: ExplainAnswer): string {
  if (destinations.length === 0) return 'It goes nowhere: no route takes it.';
  const receivers = [...new Set(destinations.map(({ receiver }) => receiver))];
  const to = receivers.length === 1 ? receivers[0] : `${receivers.slice(0, -1).join(', ')} and ${receivers.at(-1)}`;
  const isHeld = silences.length > 0 || inhibitedBy.length > 0;
  return isHeld ? `It goes to ${to}, but is not told now.` : `It goes to ${to}.`;
}

function Destination({ destination }: { readonly destination: ExplainedDestination }) {
  const { receiver, integrations, groupLabels, groupId, exists, mutedBy, next } = destination;
  return (
    <article>
      <h3>
        {receiver}
        <span class="muted">{integrations.length > 0 ? ` by ${integrations.join(', ')}` : ' has no channel'}</span>
      </h3>
      <p class="destination-group">
        <span>{exists ? <Link to={`/groups/${encodeURIComponent(groupId)}`}>The group</Link> : 'A new group'}</span>
        {Object.keys(groupLabels).length === 0 && <span>of everything on this route</span>}
        {Object.entries(groupLabels).map(([name, value]) => (
          <LabelChip key={name} name={name} value={value} />
        ))}
      </p>
      <p class="muted">
        {`first told after ${duration(destination.groupWaitMs)}, changes every ${duration(destination.groupIntervalMs)}, repeated every ${duration(destination.repeatIntervalMs)}`}
      </p>
      {mutedBy.length > 0 && <p class="destination-muted">{`Not told now: ${mutedWords(destination)}.`}</p>}
      <p>
        {capitalised(localTimes(next.what, tick.value))}
        {next.at !== null && (
          <>
            {', in '}
            <Until at={next.at} />
          </>
        )}
      </p>
    </article>
  );
}
