/** A group in which nothing fires any more: what history still knows of it, rather than nothing. */
import type { HistoryAnswer } from '../../../../src/shapes/history.ts';
import { useAnswer } from '../../api/answer.ts';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { matchersOf } from '../../words/matcher-list.ts';
import { AlertActions } from './alert-actions.tsx';
import { groupName } from './group-words.ts';
import { Timeline } from './timeline.tsx';

export function GoneGroup({ id }: { readonly id: string }) {
  const { answer, error } = useAnswer<HistoryAnswer>('api/v3/history', { group: id, limit: 1 }, []);
  if (answer === undefined && error === undefined) return <Loading />;
  const last = answer?.entries.map(({ event }) => event).find((event) => 'groupLabels' in event);
  return (
    <div class="alert-page">
      <header class="alert-head">
        <p class="alert-state-line">
          <strong>Ended</strong>
          {last && ` · was told to ${last.receiver}`}
        </p>
        <h1>{last ? groupName(last.groupLabels) : 'Unknown group'}</h1>
        {last && (
          <AlertActions
            what="group"
            path={`/groups/${encodeURIComponent(id)}`}
            matchers={matchersOf(last.groupLabels)}
          />
        )}
      </header>
      <Notice kind="info" title="Nothing in this group fires now">
        It has ended, or the routes have changed. <Link to="/">What fires now</Link>
      </Notice>
      <Timeline of={{ group: id }} />
    </div>
  );
}
