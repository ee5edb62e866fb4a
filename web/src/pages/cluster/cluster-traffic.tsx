/** What passed between this node and the others since it started; for who looks for the cause of something. */
import { Facts } from '../../parts/facts.tsx';
import { bytesWords } from '../../words/bytes.ts';
import type { RunningCluster } from './member-state.ts';

export function ClusterTraffic({ traffic }: Pick<RunningCluster, 'traffic'>) {
  const { deltas } = traffic;
  const refused = traffic.messagesRefused + traffic.recordsRefused + deltas.refused;
  return (
    <details class="traffic">
      <summary>
        {`Traffic since this node started: ${bytesWords(traffic.bytesSent)} out, ${bytesWords(traffic.bytesReceived)} in`}
        {refused > 0 && `, ${refused} refused`}
      </summary>
      <div class="panel">
        <Facts
          facts={[
            ['Peers joined', traffic.peersJoined],
            ['Peers lost', traffic.peersLost],
            ['Waiting to be sent', traffic.queued],
            ['Messages refused', traffic.messagesRefused],
            ['Records refused', traffic.recordsRefused],
            ['Gossip sent', deltas.sent],
            ['Gossip dropped', deltas.dropped],
            ['Too large for gossip', deltas.tooLarge],
            ['Gossip with news', deltas.changed],
            ['Gossip without news', deltas.nothingNew],
            ['Gossip refused', deltas.refused],
            ['Of unknown kind', deltas.unknownMap],
          ]}
        />
      </div>
    </details>
  );
}
