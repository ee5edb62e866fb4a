/** What `npm run fire` and `npm run resolve` ask of the node, over API v2, like any other client. */
import { z } from 'zod';
import { alertShape, type ShownAlert, statusShape } from '../../src/cli/api-shapes.ts';
import type { NodeClient } from '../../src/cli/node-client.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { KnownGroup } from './prospect.ts';

const groupShape = z.looseObject({
  labels: z.record(z.string(), z.string()),
  receiver: z.looseObject({ name: z.string() }),
});

/** Undefined if it is one that only another version can read. */
export async function configOf(node: NodeClient): Promise<Config | undefined> {
  const { config } = await node.ask({ method: 'GET', path: '/api/v2/status' }, statusShape);
  const parsed = parseConfig(config.original);
  return parsed.ok ? parsed.config : undefined;
}

export async function groupsOf(node: NodeClient): Promise<readonly KnownGroup[]> {
  const groups = await node.ask({ method: 'GET', path: '/api/v2/alerts/groups' }, z.array(groupShape));
  return groups.map(({ labels, receiver }) => ({ labels, receiver: receiver.name }));
}

/** Those that fire, silenced and inhibited ones as well. */
export function alertsOf(node: NodeClient): Promise<readonly ShownAlert[]> {
  return node.ask({ method: 'GET', path: '/api/v2/alerts' }, z.array(alertShape));
}

export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

export async function postAlerts(node: NodeClient, alerts: readonly PostedAlert[]): Promise<void> {
  await node.send({ method: 'POST', path: '/api/v2/alerts', body: alerts });
}

/** `DiskFull db1 (urgent)`. */
export function titleOf({ alertname = 'an alert without name', instance, severity }: Labels): string {
  return `${alertname}${instance === undefined ? '' : ` ${instance}`}${severity === undefined ? '' : ` (${severity})`}`;
}
