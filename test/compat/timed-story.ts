/**
 * Tells scenarios to Debian's Alertmanager and to our own node at the same time, both as real processes with the same
 * configuration and each with sinks of its own, and gives what arrived.
 */
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type RealServer, startAlertmanager, startTocsin } from '../support/real-servers.ts';
import { type ReceivedNotification, type SinkBehaviour, WebhookSink } from '../support/webhook-sink.ts';
import { StallWatch } from './stall-watch.ts';
import { StoryClock } from './story-clock.ts';
import type { Action, Integration, Scenario, ScenarioRoute } from './timed-scenario.ts';
import { integrationPath } from './told-lines.ts';

const RESOLVE_TIMEOUT = '4s';
const ARGS = ['--web.external-url=http://alerts.test:9093/'];

/** The receiver of what no scenario is about: what runs for the first time runs slowly, and that is not to be measured. */
const WARM_UP_RECEIVER = 'warm-up';

export type ServerName = 'alertmanager' | 'tocsin';

export interface ToldStory {
  readonly received: Readonly<Record<ServerName, readonly ReceivedNotification[]>>;
  readonly clock: StoryClock;
  readonly postedMs: ReadonlySet<number>;
  readonly watch: StallWatch;
}

/** Resolves when the last scenario has been observed to its end. */
export async function tellStory(scenarios: readonly Scenario[]): Promise<ToldStory> {
  await using stack = new AsyncDisposableStack();
  const sides = { alertmanager: new Side(scenarios), tocsin: new Side(scenarios) };
  stack.use(sides.alertmanager);
  stack.use(sides.tocsin);
  const [alertmanager, tocsin] = await Promise.all([
    sides.alertmanager.start(startAlertmanager),
    sides.tocsin.start(startTocsin),
  ]);
  using watch = new StallWatch({ alertmanager, tocsin });
  const clock = new StoryClock(scenarios, Date.now());
  await Promise.all([sides.alertmanager.send(WARM_UP), sides.tocsin.send(WARM_UP)]);
  const postedMs = new Set<number>();
  const steps = scenarios
    .flatMap((scenario) => scenario.steps.map((step) => ({ scenario, step })))
    .map(({ scenario, step }) => ({ scenario, ...step, atMs: clock.instantMs(scenario, step.atSeconds) }))
    .toSorted((a, b) => a.atMs - b.atMs);
  const begun: Promise<void>[] = [];
  for (const { scenario, actions, atMs } of steps) {
    await setTimeout(Math.max(0, atMs - Date.now()));
    const requests = actions.map((action) => requestOf(action, scenario, { clock, atMs }));
    for (const request of requests) for (const ms of request.postedMs ?? []) postedMs.add(ms);
    begun.push(sides.alertmanager.send(requests), sides.tocsin.send(requests));
  }
  await Promise.all(begun);
  await setTimeout(Math.max(0, clock.endsMs - Date.now()));
  return {
    received: { alertmanager: sides.alertmanager.received, tocsin: sides.tocsin.received },
    clock,
    postedMs,
    watch,
  };
}

interface StoryRequest {
  readonly method: 'POST' | 'DELETE';
  /** `{silence}` stands for the id the server gave. */
  readonly path: string;
  readonly body?: unknown;
  /** Which silence the path means, or the answer names. */
  readonly silence?: string;
  readonly postedMs?: readonly number[];
}

function requestOf(
  action: Action,
  scenario: Scenario,
  { clock, atMs }: { clock: StoryClock; atMs: number },
): StoryRequest {
  const { name } = scenario;
  switch (action.kind) {
    case 'fire': {
      const { labels, annotations, generatorURL, starts, ends = 3600 } = action.options;
      const startsAt = typeof starts === 'function' ? starts(atMs) : iso(startMs(scenario, clock, { starts, atMs }));
      const endsAt = ends === 'timeout' ? undefined : iso(clock.instantMs(scenario, ends));
      const alert = {
        labels: { alertname: 'Down', scenario: name, instance: action.instance, ...labels },
        ...(annotations && { annotations }),
        ...(generatorURL && { generatorURL }),
        startsAt,
        ...(endsAt && { endsAt }),
      };
      return alertRequest(alert);
    }
    case 'resolve': {
      const labels = { alertname: 'Down', scenario: name, instance: action.instance, ...action.labels };
      return alertRequest({ labels, startsAt: iso(clock.instantMs(scenario, -1)), endsAt: iso(atMs) });
    }
    case 'silence': {
      const matchers = Object.entries({ scenario: name, instance: action.instance }).map(([label, value]) => ({
        name: label,
        value,
        isRegex: false,
      }));
      const endsAt = iso(clock.instantMs(scenario, action.ends));
      const body = { matchers, startsAt: iso(atMs), endsAt, createdBy: 'test', comment: name };
      return { method: 'POST', path: '/api/v2/silences', body, silence: `${name} ${action.id}` };
    }
    case 'expire':
      return { method: 'DELETE', path: '/api/v2/silence/{silence}', silence: `${name} ${action.id}` };
    case 'reload':
      return { method: 'POST', path: '/-/reload' };
  }
}

function startMs(
  scenario: Scenario,
  clock: StoryClock,
  { starts, atMs }: { starts: number | undefined; atMs: number },
): number {
  return starts === undefined ? atMs : clock.instantMs(scenario, starts);
}

function alertRequest(alert: { labels: object; startsAt: string; endsAt?: string }): StoryRequest {
  const postedMs = [alert.startsAt, alert.endsAt ?? ''].map((text) => Date.parse(text)).filter(Number.isFinite);
  return { method: 'POST', path: '/api/v2/alerts', body: [alert], postedMs };
}

/** Long begun, so told at once; over by itself after resolve_timeout. */
const WARM_UP: readonly StoryRequest[] = ['1', '2', '3'].map((instance) =>
  alertRequest({ labels: { alertname: `WarmUp${instance}`, instance }, startsAt: '2026-01-01T00:00:00Z' }),
);

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** One of the two servers, with its sinks. */
class Side implements AsyncDisposable {
  readonly #scenarios: readonly Scenario[];
  readonly #stack = new AsyncDisposableStack();
  readonly #sinks: WebhookSink[] = [];
  readonly #silenceIds = new Map<string, string>();
  #url = '';

  constructor(scenarios: readonly Scenario[]) {
    this.#scenarios = scenarios;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  get received(): readonly ReceivedNotification[] {
    return this.#sinks.flatMap(({ received }) => received);
  }

  async start(startServer: typeof startTocsin): Promise<RealServer> {
    const shared = await this.#startSink();
    const warmUp = { name: WARM_UP_RECEIVER, webhook_configs: [{ url: shared.url(`/${WARM_UP_RECEIVER}`) }] };
    const receivers: { name: string; webhook_configs: unknown[] }[] = [warmUp];
    for (const scenario of this.#scenarios) {
      for (const [receiver, integrations] of Object.entries(receiversOf(scenario))) {
        const webhooks: unknown[] = [];
        for (const [index, { answers, answersFirst, ...options }] of integrations.entries()) {
          const sink = answers || answersFirst ? await this.#startSink(answers, answersFirst) : shared;
          webhooks.push({ url: sink.url(integrationPath(scenario, receiver, index)), ...options });
        }
        receivers.push({ name: scenario.name + receiver, webhook_configs: webhooks });
      }
    }
    const server = this.#stack.use(await startServer({ config: configText(this.#scenarios, receivers), args: ARGS }));
    this.#url = server.url;
    return server;
  }

  /** One after the other; alerts that follow each other in one post. */
  async send(requests: readonly StoryRequest[]): Promise<void> {
    for (let next = 0; next < requests.length; ) {
      const request = requests[next] as StoryRequest;
      const batch = [request];
      while (request.path === '/api/v2/alerts' && requests[next + batch.length]?.path === request.path) {
        batch.push(requests[next + batch.length] as StoryRequest);
      }
      next += batch.length;
      const body = request.path === '/api/v2/alerts' ? batch.flatMap((part) => part.body) : request.body;
      await this.#request(request, body);
    }
  }

  async #request({ method, path, silence = '' }: StoryRequest, body: unknown): Promise<void> {
    const url = this.#url + path.replace('{silence}', this.#silenceIds.get(silence) ?? 'unknown');
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(url, { method, ...content });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
    if (method === 'POST' && silence !== '') this.#silenceIds.set(silence, JSON.parse(text).silenceID);
  }

  async #startSink(answers?: SinkBehaviour, answersFirst: readonly SinkBehaviour[] = []): Promise<WebhookSink> {
    const sink = this.#stack.use(await WebhookSink.start());
    if (answers) sink.behave(answers);
    sink.behaveNext(...answersFirst);
    this.#sinks.push(sink);
    return sink;
  }
}

function receiversOf(scenario: Scenario): Readonly<Record<string, readonly Integration[]>> {
  return scenario.receivers ?? { '': [{}] };
}

function configText(scenarios: readonly Scenario[], receivers: readonly unknown[]): string {
  const named = (scenario: Scenario, route: ScenarioRoute): ScenarioRoute => ({
    ...route,
    receiver: scenario.name + (route.receiver ?? ''),
    ...(route.routes && { routes: route.routes.map((child) => named(scenario, child)) }),
  });
  return stringify({
    global: { resolve_timeout: RESOLVE_TIMEOUT },
    route: {
      receiver: WARM_UP_RECEIVER,
      group_by: ['alertname'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '5s',
      routes: scenarios.map((scenario) => ({
        ...named(scenario, scenario.route ?? {}),
        matchers: [`scenario=${JSON.stringify(scenario.name)}`],
      })),
    },
    receivers,
    inhibit_rules: scenarios.flatMap((scenario) => rulesOf(scenario)),
    time_intervals: [
      { name: 'always', time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] },
      { name: 'never', time_intervals: [{ years: ['1999'] }] },
    ],
  });
}

/** A scenario's rules hold for its own alerts only. */
function rulesOf({ name, inhibitRules = [] }: Scenario): readonly unknown[] {
  const own = `scenario=${JSON.stringify(name)}`;
  return inhibitRules.map((rule) => ({
    ...rule,
    source_matchers: [...rule.source_matchers, own],
    target_matchers: [...rule.target_matchers, own],
  }));
}
