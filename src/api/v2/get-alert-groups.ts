/** GET /api/v2/alerts/groups: the alerts as the dispatcher has grouped them, one entry per group and receiver. */
import { type Alert, compareForNotification } from '../../model/alert.ts';
import { compareLabels, compareText } from '../../model/labels.ts';
import type { Now } from '../../model/now.ts';
import { json } from '../answers.ts';
import { ChunkedText } from '../chunked-text.ts';
import type { ApiGroup } from '../dependencies.ts';
import { pacedSort } from '../paced-sort.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { AlertWriter, type Suppression, suppressionOf } from './alert-json.ts';
import { isCandidate, readAlertQuery, wantsStatus } from './get-alerts.ts';
import { type MatcherQueryOptions, readFlag } from './query.ts';

interface ShownAlert {
  readonly alert: Alert;
  readonly suppression: Suppression;
  /** One for each group that holds it, whether or not the group itself is shown: two routes may name the same receiver. */
  readonly receivers: string[];
}

interface ShownGroup {
  readonly group: ApiGroup;
  readonly members: readonly ShownAlert[];
}

export async function getAlertGroups(
  context: ApiContext,
  dependencies: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const query = readAlertQuery(context, dependencies, options);
  if (query instanceof Response) return query;
  const showsMuted = readFlag(context, 'muted');
  const { alerts, dispatcher, readSlices, system } = dependencies;
  const now: Now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));

  // Each alert is looked at once, however many groups hold it.
  const shown = new Map<string, ShownAlert>();
  for (const alert of [...alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (!isCandidate(query, alert, now)) continue;
    const suppression = suppressionOf(alert, now, dependencies);
    if (wantsStatus(query, suppression)) shown.set(alert.fingerprint, { alert, suppression, receivers: [] });
  }

  const groups: ShownGroup[] = [];
  for (const group of [...dispatcher.groups(now)]) {
    if (query.receivers !== undefined && !query.receivers(group.receiver)) continue;
    const members: ShownAlert[] = [];
    for (const fingerprint of [...group.fingerprints]) {
      if (pacer.isDue()) await pacer.pause();
      const member = shown.get(fingerprint);
      if (member === undefined) continue;
      member.receivers.push(group.receiver);
      members.push(member);
    }
    if (members.length > 0 && (showsMuted || group.mutedBy.length === 0)) groups.push({ group, members });
  }
  groups.sort(
    (a, b) => compareLabels(a.group.labels, b.group.labels) || compareText(a.group.receiver, b.group.receiver),
  );

  const writer = new AlertWriter();
  const body = new ChunkedText();
  body.append('[');
  for (const [index, { group, members }] of groups.entries()) {
    body.append(index === 0 ? '{"alerts":' : ',{"alerts":');
    let separator = '[';
    for (const { alert, suppression, receivers } of await pacedSort(members, compareMembers, pacer)) {
      if (pacer.isDue()) await pacer.pause();
      const status = { ...suppression, mutedBy: group.mutedBy };
      body.append(separator + writer.write(alert, receivers.toSorted(compareText), status));
      separator = ',';
    }
    const { labels, receiver, routeLabels } = group;
    body.append(`],"labels":${JSON.stringify(labels)},"receiver":${JSON.stringify({ name: receiver })},`);
    body.append(`"routeLabels":${JSON.stringify(routeLabels)}}`);
  }
  body.append(']');
  return json(200, body.bytes());
}

function compareMembers(a: ShownAlert, b: ShownAlert): number {
  return compareForNotification(a.alert, b.alert);
}
