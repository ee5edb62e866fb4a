/** An alert that nobody repeats any more: what history still knows of it, rather than nothing. */
import type { HistoryAnswer } from '../../../../src/shapes/history.ts';
import { useAnswer } from '../../api/answer.ts';
import { Age } from '../../parts/age.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { matchersOf } from '../../words/matcher-list.ts';
import { AlertActions } from './alert-actions.tsx';
import { Labels } from './alert-facts.tsx';
import { Timeline } from './timeline.tsx';

export function GoneAlert({ fingerprint }: { readonly fingerprint: string }) {
  const { answer, error } = useAnswer<HistoryAnswer>('api/v3/history', { fingerprint, kind: ['alert'], limit: 1 }, [
    'alerts',
  ]);
  const last = answer?.entries.map(({ event }) => event).find((event) => event.kind === 'alert');
  if (answer === undefined && error === undefined) return <Loading />;
  return (
    <div class="alert-page">
      <header class="alert-head">
        <p class="alert-state-line">
          <strong>Gone</strong>
          {last && (
            <>
              {' '}
              · {last.change === 'ended' ? 'ended' : 'last heard of'} <Age since={last.at} after=" ago" />
            </>
          )}
        </p>
        <h1>{last ? (last.labels.alertname ?? 'An alert without a name') : 'Unknown alert'}</h1>
        {last && (
          <AlertActions
            what="alert"
            path={`/alerts/${encodeURIComponent(fingerprint)}`}
            matchers={matchersOf(last.labels)}
          />
        )}
      </header>
      {error && (
        <Notice kind="warning" title="What history knows cannot be shown">
          {error.detail}
        </Notice>
      )}
      <Notice kind="info">
        {error && !last
          ? 'No alert with this fingerprint fires now.'
          : last
            ? 'It does not fire now, and the cluster has forgotten it. This is what history knows; should it fire again, it is shown here.'
            : 'No alert with this fingerprint fires, and history knows of none. The link may be old, or of another cluster.'}
      </Notice>
      {last && <Labels labels={last.labels} heading="Labels" />}
      {last && <Timeline of={{ fingerprint }} />}
    </div>
  );
}
