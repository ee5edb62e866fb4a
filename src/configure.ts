/**
 * From a configuration that is right in itself to everything made of it: template files, templates, receivers. A start, a
 * reload and `check-config` all go this way, so that none accepts what another refuses.
 */
import { createReceivers, type ReceiverLog } from '../receivers/index.ts';
import { Sessions } from '../receivers/sessions.ts';
import type { Config } from './config/config.ts';
import { type ConfigError, messageLine } from './config/config-error.ts';
import { buildConfigured, type Configured, type ConfiguredDependencies } from './configured.ts';
import { version } from './flags.ts';
import type { Notification } from './model/notification.ts';
import { HealthBook } from './notify/place-health.ts';
import { realSystem, type System } from './system.ts';
import { loadTemplates } from './template/load-templates.ts';
import type { RouteLabelProblem } from './template/route-labels.ts';
import type { TemplateSet } from './template/template-set.ts';

export interface ConfigureDependencies {
  readonly system: System;
  readonly sessions: Sessions;
  readonly health: HealthBook;
  readonly log: ReceiverLog;
  /** Told when a message goes out without a label of its route, since the label could not be rendered. */
  readonly onRouteLabelProblem: (problem: RouteLabelProblem) => void;
  /** For tests: receivers that remember instead of sending. */
  readonly createReceivers?: ConfiguredDependencies['createReceivers'] | undefined;
}

export type ConfigureResult =
  | { readonly ok: true; readonly configured: Configured; readonly templateFiles: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Never rejects, and touches nothing that runs. The caller closes what is made; of what fails nothing stays open. */
export async function configure(
  dependencies: ConfigureDependencies,
  { config, externalURL }: { config: Config; externalURL: () => string },
): Promise<ConfigureResult> {
  const { system, sessions, health, log, createReceivers: createGivenReceivers, onRouteLabelProblem } = dependencies;
  try {
    const { templates, files } = await loadTemplates(config.templates);
    const renderTemplate = (text: string, notification: Notification) => templates.render(text, notification);
    const renderHtml = (text: string, notification: Notification) => templates.renderHtml(text, notification);
    const templateNames = new Set(templates.templateNames);
    const checkTemplate = (text: string) => void templates.compile(text);
    const create: ConfiguredDependencies['createReceivers'] = ({ receivers, global }) =>
      createReceivers(receivers, {
        system,
        version,
        renderTemplate,
        renderHtml,
        definesTemplate: (name) => templateNames.has(name),
        checkTemplate,
        defaults: global.receiverDefaults,
        sessions,
        log,
      });
    const parts: ConfiguredDependencies = {
      ...{ system, health },
      createReceivers: createGivenReceivers ?? create,
      renderRouteLabels: routeLabelsRenderer(templates, onRouteLabelProblem),
    };
    return { ok: true, configured: buildConfigured(parts, { config, externalURL }), templateFiles: files };
  } catch (cause) {
    const message = messageLine(cause instanceof Error ? cause.message : String(cause));
    return { ok: false, errors: [{ path: '', message }] };
  }
}

/** What {@link configure} would say, for a program that does not run the configuration. */
export async function tryConfigure(
  config: Config,
): Promise<
  | { readonly ok: true; readonly templateFiles: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[] }
> {
  const dependencies: ConfigureDependencies = {
    system: realSystem,
    ...{ sessions: new Sessions(), health: new HealthBook() },
    log: { info() {}, warn() {} },
    onRouteLabelProblem() {},
  };
  const result = await configure(dependencies, { config, externalURL: () => '' });
  if (!result.ok) return result;
  await result.configured.close();
  return { ok: true, templateFiles: result.templateFiles };
}

/** A label that cannot be rendered is left out and reported; the message goes out without it. */
function routeLabelsRenderer(
  templates: TemplateSet,
  onProblem: ConfigureDependencies['onRouteLabelProblem'],
): ConfiguredDependencies['renderRouteLabels'] {
  return (labels, notification) => {
    if (Object.keys(labels).length === 0) return labels;
    const rendered = templates.renderRouteLabels(labels, notification);
    for (const problem of rendered.problems) onProblem(problem);
    return rendered.labels;
  };
}
