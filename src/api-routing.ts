/** Routes and the configuration they come from, as the HTTP API asks for them. */
import type { ApiRouting } from './api/routing-dependencies.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import type { Configured } from './configured.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import { groupKey, groupLabels, type Route } from './dispatch/route.ts';
import { heldByTimeIntervals } from './notify/mute.ts';

export function apiRouting({
  configured,
  dispatcher,
  source,
}: {
  /** In force. */
  configured: () => Configured;
  dispatcher: Dispatcher;
  source: ConfigurationSource;
}): ApiRouting {
  return {
    tree: () => configured().tree,
    routesOf: (alert) => dispatcher.routesOf(alert),
    *groupRoutes() {
      for (const { route } of dispatcher.groups()) yield route;
    },
    // Whoever asks got the route from one of the trees above.
    groupKey: (route, labels) => groupKey(route as Route, groupLabels(route as Route, labels)),
    mutedBy: (route, timeIntervals, now) => heldByTimeIntervals(route, timeIntervals, now)?.by ?? [],
    tryConfiguration: (text) => source.tryText(text, configured().config),
  };
}
