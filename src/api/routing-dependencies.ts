/** What the HTTP API needs of routes and of the configuration they come from; src/api-routing.ts fills it in. */
import type { Config } from '../config/config.ts';
import type { ConfigError } from '../config/config-error.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Now } from '../model/now.ts';

export interface ApiRoute {
  /** Unique in its tree. */
  readonly id: string;
  readonly receiver: string;
  readonly groupBy: ReadonlySet<string> | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly labels: Labels;
  readonly routes: readonly ApiRoute[];
}

export interface ApiRouteTree {
  readonly root: ApiRoute;
  /** In the order of the tree, never empty. */
  match(labels: Labels): readonly ApiRoute[];
}

export type TriedConfiguration =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly tree: ApiRouteTree;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

export interface ApiRouting {
  /** In force. */
  tree(): ApiRouteTree;
  /** In force. Cheap: remembered per alert. */
  routesOf(alert: Alert): readonly ApiRoute[];
  /** The route of each group there is. */
  groupRoutes(): Iterable<ApiRoute>;
  /** The key of the group in which a route puts an alert with these labels: what was told is remembered by it. */
  groupKey(route: ApiRoute, labels: Labels): string;
  /** Names of the time intervals that mute the route now. */
  mutedBy(route: ApiRoute, timeIntervals: Config['timeIntervals'], now: Now): readonly string[];
  /**
   * The text as a reload would take it. Touches nothing that runs, asks nobody, and reads no file but the templates in
   * force. Never rejects.
   */
  tryConfiguration(text: string): Promise<TriedConfiguration>;
}
