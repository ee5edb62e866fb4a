/** /api/v2/status and /api/v2/receivers: what runs here, with which configuration and peers. */
import { compareText } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import { jsonOf } from '../answers.ts';
import { BUILD_INFO } from '../build-info.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiContext } from '../request-body.ts';
import { type MatcherQueryOptions, readMatchers } from './query.ts';

export function getStatus({ node }: ApiDependencies): Response {
  const { name, peers, status } = node.cluster();
  const members = peers.map((peer) => ({ name: peer.name, address: peer.address }));
  return jsonOf(200, {
    cluster: {
      ...(status !== 'disabled' && { name }),
      peers: status === 'disabled' ? [] : members.sort((a, b) => compareText(a.name, b.name)),
      status,
    },
    config: { original: node.config().shown },
    // Alertmanager's field holds the instant the process started, whatever its name says.
    uptime: formatApiTimestamp(node.startedAtMs),
    versionInfo: BUILD_INFO,
  });
}

export function getReceivers(context: ApiContext, { node }: ApiDependencies, options: MatcherQueryOptions): Response {
  const matchers = readMatchers(context, 'receiver_matchers', options);
  if (matchers instanceof Response) return matchers;
  const receivers = node.config().receivers.filter((receiver) => matchesAll(matchers, receiver.labels));
  return jsonOf(
    200,
    receivers.map(({ name, labels }) => ({ labels, name })),
  );
}
