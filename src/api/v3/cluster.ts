/**
 * GET /api/v3/cluster: the cluster as this node sees it. A node that is alone answers too, and says so. Hints are
 * about those who post to it, which a lone node has as well.
 */
import { jsonOf } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';

export async function getCluster(context: ApiContext, { node, readSlices }: ApiParts): Promise<Response> {
  const report = await node.clusterReport(readSlices.pacer(answerWanted(context)));
  return jsonOf(200, { status: node.cluster().status, hints: node.hints(), ...report });
}
