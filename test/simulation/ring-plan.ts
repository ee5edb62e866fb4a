/**
 * What a world's nodes are configured to do, in one value of which both the configuration file and the judgement of what
 * happened are made: a ring for each severity, with its timings and the places it tells.
 */

export interface PlacePlan {
  /** The host of its URL; all rings that name it tell the same place. */
  readonly name: string;
  readonly sendResolved?: boolean;
  /** One attempt's deadline. */
  readonly timeoutMs?: number;
}

export interface RingPlan {
  /** The value of `severity` that leads here. */
  readonly severity: string;
  readonly places: readonly PlacePlan[];
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly groupBy?: readonly string[];
}

export const DEFAULT_ATTEMPT_TIMEOUT_MS = 10_000;
export const DEFAULT_GROUP_BY: readonly string[] = ['alertname'];

/** A configuration file. Every alert has one of the severities; one that has none leads to nobody. */
export function configText(rings: readonly RingPlan[]): string {
  const routes = rings.map(
    ({ severity, groupWaitMs, groupIntervalMs, repeatIntervalMs, groupBy = DEFAULT_GROUP_BY }) => `
    - matchers: ['severity="${severity}"']
      receiver: ${severity}
      group_by: [${groupBy.join(', ')}]
      group_wait: ${groupWaitMs}ms
      group_interval: ${groupIntervalMs}ms
      repeat_interval: ${repeatIntervalMs}ms`,
  );
  const receivers = rings.map(
    ({ severity, places }) => `
  - name: ${severity}
    webhook_configs:${places
      .map(
        ({ name, sendResolved = true, timeoutMs = DEFAULT_ATTEMPT_TIMEOUT_MS }) => `
      - {url: 'http://${name}.test/', send_resolved: ${sendResolved}, timeout: ${timeoutMs}ms}`,
      )
      .join('')}`,
  );
  return `route:
  receiver: nobody
  routes:${routes.join('')}
receivers:
  - name: nobody${receivers.join('')}
`;
}
