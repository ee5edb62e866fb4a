/** `webhook_configs`, key by key as in Alertmanager. */
import { z } from 'zod';
import { formatGoDuration } from '../../src/model/duration.ts';
import { goDurationMs, httpUrlProblem, optional, text, yamlBoolean, yamlUnsignedInteger } from '../config-values.ts';
import type { ReceiverDefaults } from '../defaults.ts';
import { type HttpConfig, httpConfigSchema, resolveHttpConfigFiles, showHttpConfig } from '../http-config.ts';
import { Secret, type SecretSource, SHOWN_SECRET } from '../secret.ts';
import { secretSource, showSecretSource } from '../secret-config.ts';
import { anyYaml } from '../yaml-value.ts';

export interface WebhookConfig {
  readonly integration: 'webhook';
  readonly sendResolved: boolean;
  /** A template. A file is relative to the working directory. */
  readonly url: SecretSource;
  /** Undefined: the global one. */
  readonly http: HttpConfig | undefined;
  /** 0: all. */
  readonly maxAlerts: number;
  /** 0: not configured. */
  readonly timeoutMs: number;
  /** Any YAML whose texts are templates. Undefined: the standard message. */
  readonly payload: unknown;
}

export const webhookConfigSchema: z.ZodType<WebhookConfig> = z
  .strictObject({
    send_resolved: optional(yamlBoolean),
    http_config: optional(httpConfigSchema),
    url: optional(text),
    url_file: optional(text),
    max_alerts: optional(yamlUnsignedInteger),
    timeout: optional(goDurationMs),
    payload: anyYaml.optional(),
  })
  .transform((block, context): WebhookConfig => {
    const url = secretSource(block, 'url', context);
    if (url === undefined) context.addIssue({ code: 'custom', message: 'one of url and url_file must be set' });
    const problem = url?.kind === 'inline' ? urlTemplateProblem(url.secret.reveal()) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem });
    return {
      integration: 'webhook',
      sendResolved: block.send_resolved ?? true,
      url: url ?? { kind: 'inline', secret: new Secret('') },
      http: block.http_config,
      maxAlerts: block.max_alerts ?? 0,
      timeoutMs: block.timeout ?? 0,
      payload: block.payload ?? undefined,
    };
  });

/** A URL with a template in it can only be checked once it is rendered; a shown configuration may be loaded again. */
function urlTemplateProblem(url: string): string | undefined {
  return url.includes('{{') || url === SHOWN_SECRET ? undefined : httpUrlProblem(url);
}

/** Only http_config's files are relative to the configuration; see {@link WebhookConfig.url}. */
export function resolveWebhookFiles(config: WebhookConfig, directory: string): WebhookConfig {
  return { ...config, http: config.http && resolveHttpConfigFiles(config.http, directory) };
}

export function showWebhookConfig(config: WebhookConfig, defaults: ReceiverDefaults): Record<string, unknown> {
  return {
    send_resolved: config.sendResolved,
    http_config: showHttpConfig(config.http ?? defaults.http),
    ...showSecretSource('url', config.url),
    max_alerts: config.maxAlerts,
    timeout: formatGoDuration(config.timeoutMs),
    ...(config.payload !== undefined && { payload: config.payload }),
  };
}
