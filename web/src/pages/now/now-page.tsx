/** What fires now, grouped as people are told of it. */
import type { GroupsAnswer } from '../../../../src/shapes/groups.ts';
import { useAnswer } from '../../api/answer.ts';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { SeverityBadge } from '../../parts/severity-badge.tsx';

export function NowPage() {
  const { answer, error } = useAnswer<GroupsAnswer>('api/v3/groups', {}, ['alerts', 'notifications', 'silences']);
  return (
    <>
      <h1>Now</h1>
      {error && <Notice kind="error">{error.detail}</Notice>}
      {!answer && !error && <Loading />}
      {answer?.groups.map((group) => (
        <p key={group.id}>
          <SeverityBadge severity={group.severity} /> {group.receiver}
        </p>
      ))}
    </>
  );
}
