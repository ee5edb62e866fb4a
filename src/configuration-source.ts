/**
 * Where the configuration comes from: reads the file and builds everything that can fail to be built, remembers how that
 * went for whoever asks, and tries out texts that somebody only wants judged. Touches nothing that runs.
 */
import { dirname, resolve } from 'node:path';
import type { Logger } from 'pino';
import { Sessions } from '../receivers/sessions.ts';
import type { TriedConfiguration } from './api/routing-dependencies.ts';
import type { Config, RouteConfig } from './config/config.ts';
import { formatConfigErrors, loadConfig, parseConfig } from './config/load.ts';
import { type ConfigureDependencies, type ConfigureResult, configure } from './configure.ts';
import type { ServerFlags } from './flags.ts';
import { configHashNumber, type Metrics, showIntegrations } from './metrics.ts';
import { matchersCost } from './model/matcher-cost.ts';
import type { Now } from './model/now.ts';
import { withinRegexCost } from './model/regex.ts';
import { HealthBook } from './notify/place-health.ts';
import type { System } from './system.ts';

/**
 * Of a text that is only judged, beyond what those in force cost: a fifth of a second, during which nothing else happens.
 * Each is compiled twice, since matchers are read in two grammars.
 */
const MOST_REGEX_COST = 50_000;

export interface ConfigurationSourceDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly createReceivers?: ConfigureDependencies['createReceivers'];
}

export class ConfigurationSource {
  readonly #dependencies: ConfigurationSourceDependencies;
  readonly #flags: Pick<ServerFlags, 'configFile' | 'matcherMode'>;
  readonly #externalURL: () => string;
  readonly #configure: ConfigureDependencies;
  readonly #health = new HealthBook();
  #warningsRead: readonly string[] = [];
  /** Of the one in force. */
  loadedAtMs = 0;
  warnings: readonly string[] = [];
  /** `error` is '' if it succeeded. */
  lastReload = { atMs: 0, error: '' };

  constructor(
    dependencies: ConfigurationSourceDependencies,
    { flags, externalURL }: { flags: Pick<ServerFlags, 'configFile' | 'matcherMode'>; externalURL: () => string },
  ) {
    const { system, logger, createReceivers } = dependencies;
    this.#dependencies = dependencies;
    this.#flags = flags;
    this.#externalURL = externalURL;
    this.#configure = {
      system,
      ...{ sessions: new Sessions(), health: this.#health },
      log: logger,
      createReceivers,
      onRouteLabelProblem: (problem) => logger.error(problem, 'A route label could not be rendered and is left out'),
    };
  }

  /** Never rejects. Say with {@link note} when it was. */
  async read(): Promise<ConfigureResult> {
    const { configFile, matcherMode } = this.#flags;
    const loaded = await loadConfig(configFile, { matcherMode });
    if (!loaded.ok) return loaded;
    for (const warning of loaded.warnings) this.#dependencies.logger.warn({ file: configFile }, warning);
    this.#warningsRead = loaded.warnings;
    return configure(this.#configure, { config: loaded.config, externalURL: this.#externalURL });
  }

  /** Remembers how the latest reading went: a configuration that could be built is the one in force from now on. */
  note(result: ConfigureResult, now: Now): void {
    const { metrics } = this.#dependencies;
    metrics.configLastReloadSuccessful.set(result.ok ? 1 : 0);
    const error = result.ok ? '' : formatConfigErrors(this.#flags.configFile, result.errors);
    this.lastReload = { atMs: now.wallMs, error };
    if (!result.ok) return;
    this.loadedAtMs = now.wallMs;
    this.warnings = this.#warningsRead;
    metrics.configLastReloadSuccessTimestampSeconds.set(now.wallMs / 1000);
    const { config } = result.configured;
    const { targets } = result.configured.pipeline;
    this.#health.keepOnly(new Set([...targets.values()].flat().map(({ key }) => key)));
    metrics.configHash.set(configHashNumber(config.hash));
    showIntegrations(
      metrics,
      config.receivers.flatMap(({ integrations }) => integrations.map(({ integration }) => integration)),
    );
  }

  /**
   * The text as a reload would take it, but for template files: whoever gives the text must not choose which files of this
   * machine are read, so only those are that the configuration in force names as well. Never rejects.
   */
  async tryText(
    text: string,
    inForce: Pick<Config, 'templates' | 'route' | 'inhibitRules'>,
  ): Promise<TriedConfiguration> {
    const { configFile, matcherMode } = this.#flags;
    const mostCost = MOST_REGEX_COST + 2 * costOf(inForce);
    const parsed = withinRegexCost(mostCost, () =>
      parseConfig(text, { matcherMode, directory: dirname(resolve(configFile)) }),
    );
    if (!parsed.ok) return parsed;
    const [known, unknown] = [true, false].map((isKnown) =>
      parsed.config.templates.filter((glob) => inForce.templates.includes(glob) === isKnown),
    );
    const result = await configure(
      {
        system: this.#dependencies.system,
        ...{ sessions: new Sessions(), health: new HealthBook() },
        log: { info() {}, warn() {} },
        onRouteLabelProblem() {},
      },
      { config: { ...parsed.config, templates: known ?? [] }, externalURL: this.#externalURL },
    );
    if (!result.ok) return result;
    await result.configured.close();
    const notRead = (unknown ?? []).map(
      (glob) => `templates: ${glob} is not in force and was not read here; \`tocsin check-config\` reads it`,
    );
    return {
      ok: true,
      config: parsed.config,
      tree: result.configured.tree,
      warnings: [...parsed.warnings, ...notRead],
    };
  }
}

/** Of all its matchers, each once. */
function costOf({ route, inhibitRules }: Pick<Config, 'route' | 'inhibitRules'>): number {
  const ofRules = inhibitRules.map((rule) => matchersCost([...rule.sourceMatchers, ...rule.targetMatchers]));
  return ofRules.reduce((sum, cost) => sum + cost, costOfRoute(route));
}

function costOfRoute({ matchers, routes }: RouteConfig): number {
  return routes.reduce((sum, route) => sum + costOfRoute(route), matchersCost(matchers));
}
