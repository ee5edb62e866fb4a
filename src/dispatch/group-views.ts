/** The groups and routes as the API shows them. Everything is worked out when asked, so nothing shown is stale. */
import { type Alert, compareForNotification, isResolved } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { buildNotification } from '../notify/build-notification.ts';
import type { FlushAlert } from '../notify/flush.ts';
import { heldByTimeIntervals } from '../notify/mute.ts';
import type { PipelineConfig } from '../notify/pipeline.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Group } from './group.ts';

export interface GroupView {
  readonly labels: Labels;
  readonly routeLabels: Labels;
  readonly receiver: string;
  readonly mutedBy: readonly string[];
  readonly fingerprints: Iterable<string>;
}

export class GroupViews {
  readonly #dispatcher: Dispatcher;
  readonly #getAlert: (fingerprint: string) => Alert | undefined;
  readonly #pipelineConfig: () => PipelineConfig;

  constructor(dependencies: {
    dispatcher: Dispatcher;
    getAlert: (fingerprint: string) => Alert | undefined;
    pipelineConfig: () => PipelineConfig;
  }) {
    this.#dispatcher = dependencies.dispatcher;
    this.#getAlert = dependencies.getAlert;
    this.#pipelineConfig = dependencies.pipelineConfig;
  }

  receiversOf(alert: Alert): readonly string[] {
    return this.#dispatcher.routesOf(alert).map(({ receiver }) => receiver);
  }

  *groups(now: Now): Iterable<GroupView> {
    const { timeIntervals } = this.#pipelineConfig();
    for (const group of this.#dispatcher.groups()) {
      yield {
        labels: group.labels,
        routeLabels: this.#routeLabels(group, now),
        receiver: group.route.receiver,
        mutedBy: heldByTimeIntervals(group.route, timeIntervals, now)?.by ?? [],
        fingerprints: group.members,
      };
    }
  }

  /** As they would be rendered for a message now. */
  #routeLabels(group: Group, now: Now): Labels {
    const { route } = group;
    if (Object.keys(route.labels).length === 0) return route.labels;
    const { externalURL, renderRouteLabels } = this.#pipelineConfig();
    const alerts: FlushAlert[] = [];
    for (const fingerprint of group.members) {
      const alert = this.#getAlert(fingerprint);
      if (alert) alerts.push({ alert, status: isResolved(alert, now.wallMs) ? 'resolved' : 'firing', isMuted: false });
    }
    alerts.sort((a, b) => compareForNotification(a.alert, b.alert));
    const flush = {
      now,
      quietSinceMs: group.quietSinceMs,
      groupKey: group.key,
      groupLabels: group.labels,
      route,
      alerts,
    };
    const notification = buildNotification(flush, { alerts, reason: 'unknown', externalURL: externalURL() });
    return renderRouteLabels(route.labels, notification);
  }
}
