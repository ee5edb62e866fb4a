/** `/alerts/:fingerprint`: everything about one alert; of one that is gone, what history knows. */
import './alert-page.css';
import type { AlertAnswer, Explanation } from '../../../../src/shapes/alerts.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import type { PageProps } from '../../pages.ts';
import { Age } from '../../parts/age.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { ageText } from '../../words/age.ts';
import { instantText } from '../../words/instant.ts';
import { matchersOf } from '../../words/matcher-list.ts';
import { AlertActions } from './alert-actions.tsx';
import { Annotations, Labels, Summary } from './alert-facts.tsx';
import { GoneAlert } from './gone-alert.tsx';
import { RoutingPath } from './routing-path.tsx';
import { Timeline } from './timeline.tsx';
import { Destinations } from './what-next.tsx';

export function AlertPage({ parameters }: PageProps) {
  const fingerprint = parameters.fingerprint ?? '';
  const { answer, error } = useAnswer<AlertAnswer>(`api/v3/alerts/${encodeURIComponent(fingerprint)}`, {}, [
    'alerts',
    'notifications',
    'silences',
    'configuration',
  ]);
  usePageTitle(answer?.alert.labels.alertname);
  if (error?.status === 404) return <GoneAlert fingerprint={fingerprint} />;
  if (answer === undefined) {
    return (
      <div class="alert-page">
        <h1>Alert</h1>
        {error ? (
          <Notice kind="error" title="The alert cannot be shown">
            {error.detail}
          </Notice>
        ) : (
          <Loading />
        )}
      </div>
    );
  }
  const { alert, groups, explanation } = answer;
  return (
    <div class="alert-page">
      {error && (
        <Notice kind="warning" title="This may be old">
          {error.detail}
        </Notice>
      )}
      <header class="alert-head">
        <p class="alert-state-line">
          <SeverityBadge severity={alert.severity} labels={alert.labels} /> <StateWords alert={alert} />
        </p>
        <h1>{alert.labels.alertname ?? 'An alert without a name'}</h1>
        <Summary annotations={alert.annotations} />
        <AlertActions
          what="alert"
          path={`/alerts/${encodeURIComponent(fingerprint)}`}
          matchers={matchersOf(alert.labels)}
          generatorURL={alert.generatorURL}
        />
      </header>
      <Held explanation={explanation} />
      <div class="alert-columns">
        <div class="alert-column">
          <Annotations annotations={alert.annotations} />
          <Labels labels={alert.labels} heading="Labels" />
          <Destinations destinations={explanation.destinations} groups={groups} />
        </div>
        <div class="alert-column alert-column-aside">
          <Timeline
            of={{ fingerprint }}
            groups={{ ids: groups.map(({ id }) => id), since: alert.startsAt }}
            told={groups}
          />
        </div>
        <RoutingPath routes={explanation.routes} />
      </div>
    </div>
  );
}

function StateWords({ alert }: { readonly alert: AlertAnswer['alert'] }) {
  if (alert.state === 'resolved') {
    return (
      <>
        <strong>Resolved</strong> <Age since={alert.endsAt} after=" ago" /> · fired for{' '}
        {ageText(Date.parse(alert.endsAt) - Date.parse(alert.startsAt))}
      </>
    );
  }
  const leftMs = Date.parse(alert.endsAt) - tick.value;
  return (
    <>
      <strong>Fires</strong> <Age since={alert.startsAt} before="for " />
      {alert.state !== 'active' && <strong> · {alert.state === 'muted' ? 'muted at this time' : alert.state}</strong>} ·
      heard of <Age since={alert.updatedAt} after=" ago" />
      {leftMs > 0 && (
        <span title={instantText(alert.endsAt)}>, runs out in {ageText(leftMs)} unless a checker repeats it</span>
      )}
    </>
  );
}

/** What holds it back now. */
function Held({ explanation: { silences, inhibitedBy } }: { readonly explanation: Explanation }) {
  if (silences.length + inhibitedBy.length === 0) return null;
  return (
    <section class="alert-held" aria-label="Held back by">
      {silences.map(({ id, comment, createdBy, endsAt }) => (
        <p key={id}>
          <strong>Silenced</strong> by {createdBy || 'nobody named'}:{' '}
          <Link to={`/silences/${encodeURIComponent(id)}`}>{comment || 'a silence without a comment'}</Link>, ends in{' '}
          <span title={instantText(endsAt)}>{ageText(Date.parse(endsAt) - tick.value)}</span>
        </p>
      ))}
      {inhibitedBy.map(({ fingerprint, labels, rule }) => (
        <p key={fingerprint}>
          <strong>Inhibited</strong> by{' '}
          <Link to={`/alerts/${encodeURIComponent(fingerprint)}`}>{labels.alertname ?? 'another alert'}</Link>
          {rule && <>: {rule}</>}
        </p>
      ))}
    </section>
  );
}
