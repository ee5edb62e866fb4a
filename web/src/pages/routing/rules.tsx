/** Time intervals, with whether now is inside and when that changes, and inhibit rules. */
import type { RouteNode, RoutingAnswer } from '../../../../src/shapes/routing.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Until } from '../../parts/until.tsx';
import { countOf } from '../../words/counted.ts';
import { instantText } from '../../words/instant.ts';

export interface TimeIntervalsProps {
  readonly timeIntervals: RoutingAnswer['timeIntervals'];
  readonly routes: readonly RouteNode[];
}

export function TimeIntervals({ timeIntervals, routes }: TimeIntervalsProps) {
  if (timeIntervals.length === 0) return null;
  return (
    <section class="page-part" aria-labelledby="routing-intervals">
      <h2 id="routing-intervals">Time intervals</h2>
      <ul class="rules">
        {timeIntervals.map(({ name, contains, changesAt, text }) => (
          <li key={name} class="panel">
            <p class="rule-head">
              <strong>{name}</strong>
              <StateBadge tone={contains ? 'plain' : 'quiet'} word={contains ? 'inside now' : 'outside now'} />
            </p>
            <p>
              {changesAt === null ? (
                `Stays ${contains ? 'inside' : 'outside'} for more than a year.`
              ) : (
                <>
                  {`${contains ? 'Ends' : 'Begins'} in `}
                  <Until at={changesAt} />
                  {`, ${instantText(changesAt)}.`}
                </>
              )}
            </p>
            <p class="muted">{useWords(name, routes)}</p>
            <details>
              <summary>As configured</summary>
              <pre>{text}</pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useWords(name: string, routes: readonly RouteNode[]): string {
  const mutes = routes.filter(({ muteTimeIntervals }) => muteTimeIntervals.includes(name)).length;
  const opens = routes.filter(({ activeTimeIntervals }) => activeTimeIntervals.includes(name)).length;
  const words = [
    mutes > 0 ? `mutes ${countOf(mutes, 'route')}` : '',
    opens > 0 ? `${countOf(opens, 'route')} ${opens === 1 ? 'tells' : 'tell'} only in it` : '',
  ].filter(Boolean);
  return words.length === 0 ? 'No route uses it.' : `${words.join(', ')}.`.replace(/^m/, 'M');
}

export function InhibitRules({ inhibitRules }: Pick<RoutingAnswer, 'inhibitRules'>) {
  if (inhibitRules.length === 0) return null;
  return (
    <section class="page-part" aria-labelledby="routing-inhibit">
      <h2 id="routing-inhibit">Inhibit rules</h2>
      <ol class="rules rules-numbered">
        {inhibitRules.map(({ name, text }, index) => (
          <li key={`${index} ${name}`} class="panel">
            {name !== '' && (
              <p class="rule-head">
                <strong>{name}</strong>
              </p>
            )}
            {/* Its name stands above. */}
            <pre>{name === '' ? text : text.replace(/^name:.*\n/, '')}</pre>
          </li>
        ))}
      </ol>
    </section>
  );
}
