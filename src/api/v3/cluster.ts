/**
 * GET /api/v3/cluster: the cluster as this node sees it. A node that is alone answers too, and says so. Hints are
 * about those who post to it, which a lone node has as well.
 */
import type { ClusterAnswer } from '../../shapes/cluster.ts';
import { jsonOf } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';

export async function getCluster(context: ApiContext, { node, readSlices }: ApiParts): Promise<Response> {
  const report = await node.clusterReport(readSlices.pacer(answerWanted(context)));
  const { status } = node.cluster();
  const hints = node.hints().map((hint) => ({ ...hint, values: [...hint.values] }));
  const answer: ClusterAnswer =
    status === 'disabled' || report === undefined
      ? { status: 'disabled', hints }
      : {
          ...report,
          ...{ status, hints },
          members: report.members.map(({ links, hears, ...member }) => ({
            ...member,
            links: [...links],
            hears: [...hears],
          })),
          claims: { total: report.claims.total, open: [...report.claims.open] },
        };
  return jsonOf(200, answer);
}
