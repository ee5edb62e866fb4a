/** `/groups/:id`: one group as people are told of it: its alerts, who was told, what comes next, and what happened. */
import './alert-page.css';
import { useState } from 'preact/hooks';
import type { GroupAnswer, GroupSummary } from '../../../../src/shapes/groups.ts';
import { useAnswer } from '../../api/answer.ts';
import type { PageProps } from '../../pages.ts';
import { Age } from '../../parts/age.tsx';
import { Button } from '../../parts/button.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { matchersOf } from '../../words/matcher-list.ts';
import { AlertLine } from '../silences/alert-line.tsx';
import { AlertActions } from './alert-actions.tsx';
import { Annotations, Labels, Summary } from './alert-facts.tsx';
import { GoneGroup } from './gone-group.tsx';
import { groupName, stateCountWords } from './group-words.ts';
import { HoldingSilence } from './holding-silence.tsx';
import { Timeline } from './timeline.tsx';
import { NextAt, Told } from './what-next.tsx';

const FIRST_SIZE = 50;
const LARGEST_SIZE = 500;

export function GroupPage({ parameters }: PageProps) {
  const id = parameters.id ?? '';
  const [limit, setLimit] = useState(FIRST_SIZE);
  const { answer, error, isLoading } = useAnswer<GroupAnswer>(`api/v3/groups/${encodeURIComponent(id)}`, { limit }, [
    'alerts',
    'notifications',
    'silences',
  ]);
  usePageTitle(answer && groupName(answer.group.labels));
  if (error?.status === 404) return <GoneGroup id={id} />;
  if (answer === undefined) {
    return (
      <div class="alert-page">
        <h1>Group</h1>
        {error ? (
          <Notice kind="error" title="The group cannot be shown">
            {error.detail}
          </Notice>
        ) : (
          <Loading />
        )}
      </div>
    );
  }
  const { group, listed, total } = answer;
  const known = [...Object.keys(group.labels), ...Object.keys(group.commonLabels)];
  const own = Object.keys(group.labels).length > 0 ? group.labels : group.commonLabels;
  return (
    <div class="alert-page">
      {error && (
        <Notice kind="warning" title="This may be old">
          {error.detail}
        </Notice>
      )}
      <header class="alert-head">
        <p class="alert-state-line">
          <SeverityBadge severity={group.severity} labels={{ ...group.commonLabels, ...group.labels }} />{' '}
          <strong>{stateCountWords(group.alerts)}</strong> · since <Age since={group.since} /> · to {group.receiver}
        </p>
        <h1>{groupName(group.labels)}</h1>
        <Summary annotations={group.commonAnnotations} />
        <AlertActions what="group" path={`/groups/${encodeURIComponent(id)}`} matchers={matchersOf(own)} />
      </header>
      <HeldGroup group={group} />
      <div class="alert-columns">
        <div class="alert-column">
          <Annotations annotations={group.commonAnnotations} />
          <section aria-labelledby="group-next">
            <h2 id="group-next">Told to {group.receiver}</h2>
            <div class="destination">
              <Told notifications={group.notifications} />
              <p class="destination-next">
                {group.nextFlushAt ? 'Looked at again' : 'Nothing is due.'} <NextAt at={group.nextFlushAt} />
              </p>
            </div>
          </section>
          <Labels labels={{ ...group.labels, ...group.commonLabels }} heading="Common labels" />
          <section aria-labelledby="group-alerts">
            <h2 id="group-alerts">Alerts: {total}</h2>
            <ul class="alert-lines silence-card">
              {listed.map((alert) => (
                <AlertLine key={alert.fingerprint} alert={alert} known={known} />
              ))}
            </ul>
            {listed.length < total && limit < LARGEST_SIZE && (
              <Button disabled={isLoading} onClick={() => setLimit(LARGEST_SIZE)}>
                {isLoading ? 'Loading …' : `Show ${Math.min(total, LARGEST_SIZE)}`}
              </Button>
            )}
          </section>
        </div>
        <div class="alert-column alert-column-aside">
          <Timeline of={{ group: id }} told={[group]} />
        </div>
      </div>
    </div>
  );
}

/** Each is asked for by itself. */
const MOST_NAMED = 3;

function HeldGroup({ group }: { readonly group: GroupSummary }) {
  const { mutedBy, silencedBy, alerts } = group;
  const isWhole = alerts.active + alerts.inhibited + alerts.muted === 0;
  if (mutedBy.length + silencedBy.length === 0) return null;
  return (
    <section class="alert-held" aria-label="Held back by">
      {mutedBy.length > 0 && (
        <p>
          <strong>Muted</strong> at this time by {mutedBy.join(', ')}
        </p>
      )}
      {silencedBy.slice(0, MOST_NAMED).map((id) => (
        <p key={id}>
          <strong>{isWhole ? 'Silenced' : 'Silenced in part'}</strong> <HoldingSilence id={id} />
        </p>
      ))}
      {silencedBy.length > MOST_NAMED && (
        <p>
          and by{' '}
          <Link to="/silences" query={{ filter: matchersOf(group.labels) }}>
            {silencedBy.length - MOST_NAMED} more silences
          </Link>
        </p>
      )}
    </section>
  );
}
