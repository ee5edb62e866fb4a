/** Cluster: who is in it and how they are, who hears whom, what is wrong and what to do about it, as this node sees it. */
import './cluster-page.css';
import { useEffect } from 'preact/hooks';
import type { ClusterAnswer } from '../../../../src/shapes/cluster.ts';
import { useAnswer } from '../../api/answer.ts';
import { every } from '../../clock.ts';
import { AnswerError } from '../../parts/answer-error.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ClusterTraffic } from './cluster-traffic.tsx';
import { Hints } from './hints.tsx';
import { LoneNode } from './lone-node.tsx';
import { MemberCard } from './member-card.tsx';
import { byName, clusterNotices, type RunningCluster, shares } from './member-state.ts';
import { OpenClaims } from './open-claims.tsx';
import { topology } from './topology.ts';
import { TopologyPicture } from './topology-picture.tsx';

/** Round trips and offsets change without anything happening. */
const RELOAD_MS = 5_000;

export function ClusterPage() {
  const { answer, error, reload } = useAnswer<ClusterAnswer>('api/v3/cluster', {}, ['cluster', 'configuration']);
  useEffect(
    () =>
      every(RELOAD_MS, () => {
        if (document.visibilityState === 'visible') reload();
      }),
    [reload],
  );
  return (
    <>
      <PageHead title="Cluster" summary={answer && summaryOf(answer)} />
      <div class="page-parts">
        <AnswerError error={error} hasAnswer={answer !== undefined} onRetry={reload} />
        {answer === undefined && error === undefined && <Loading />}
        {answer?.status === 'disabled' && <Hints hints={answer.hints} />}
        {answer?.status === 'disabled' && <LoneNode />}
        {answer && answer.status !== 'disabled' && <Running cluster={answer} />}
      </div>
    </>
  );
}

function summaryOf(answer: ClusterAnswer): string {
  if (answer.status === 'disabled') return 'This node is alone';
  const present = answer.members.filter(({ left }) => !left);
  const alive = present.filter((member) => member.alive).length;
  const state = answer.status === 'settling' ? ', settling' : '';
  return `${alive} of ${present.length} ${present.length === 1 ? 'member' : 'members'} alive${state}`;
}

function Running({ cluster }: { readonly cluster: RunningCluster }) {
  const members = byName(cluster.members);
  const shareOf = shares(cluster.members);
  const drawn = topology(cluster.members);
  return (
    <>
      {clusterNotices(cluster).map(({ level, title, text }) => (
        <Notice key={title} kind={level} title={title}>
          {text}
        </Notice>
      ))}
      <Hints hints={cluster.hints} />
      {members.length === 1 && <LoneNode />}
      <section class="page-part" aria-labelledby="cluster-members">
        <h2 id="cluster-members">Members</h2>
        <div class="cluster-members">
          <TopologyPicture topology={drawn} all={cluster.members.filter(({ left }) => !left).length} />
          <ul class="member-cards">
            {members.map((member) => (
              <li key={member.id}>
                <MemberCard member={member} cluster={cluster} sharePercent={shareOf.get(member.id) ?? 0} />
              </li>
            ))}
          </ul>
        </div>
      </section>
      <OpenClaims cluster={cluster} />
      <ClusterTraffic traffic={cluster.traffic} />
    </>
  );
}
