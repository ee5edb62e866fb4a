/** The webhook receiver: one POST of a JSON message a notification. */
import { basename } from 'node:path';
import type { Notification } from '../../src/model/notification.ts';
import { httpUrlProblem } from '../config-values.ts';
import { HttpClient, userAgent } from '../http-client.ts';
import { describeError, failureReasonOf, outcomeOf } from '../http-outcome.ts';
import type { ReceiverDependencies, ReceiverKind } from '../kind.ts';
import type { Outcome, Receiver, SendOptions } from '../receiver.ts';
import { readSecret, redact } from '../secret.ts';
import { resolveWebhookFiles, showWebhookConfig, type WebhookConfig, webhookConfigSchema } from './config.ts';
import { markedAsTest, webhookMessage } from './message.ts';
import { payloadBody } from './payload.ts';

/** Alertmanager would wait as long as the flush lasts; a hanging receiver must not use up the time to retry in. */
const DEFAULT_ATTEMPT_TIMEOUT_MS = 10_000;

export const webhook: ReceiverKind<WebhookConfig> = {
  integration: 'webhook',
  configKey: 'webhook_configs',
  schema: webhookConfigSchema,
  resolveFiles: resolveWebhookFiles,
  show: showWebhookConfig,
  create: (config, dependencies) => new WebhookReceiver(config, dependencies),
};

/** What is in a file is read at each send, so it can only be checked then. */
function checkTemplates({ url, payload }: WebhookConfig, check: (text: string) => void): void {
  if (url.kind === 'inline') {
    const template = url.secret.reveal();
    try {
      check(template);
    } catch (error) {
      throw new Error(`its url cannot be rendered: ${redact(describeError(error), secretsOf(template))}`);
    }
  }
  if (payload === undefined) return;
  payloadBody(payload, (template) => {
    check(template);
    return '';
  });
}

class WebhookReceiver implements Receiver {
  readonly integration = 'webhook';
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly attemptTimeoutMs: number;
  readonly #config: WebhookConfig;
  readonly #renderTemplate: ReceiverDependencies['renderTemplate'];
  readonly #client: HttpClient;

  constructor(config: WebhookConfig, dependencies: ReceiverDependencies) {
    const { system, version, renderTemplate, defaults } = dependencies;
    checkTemplates(config, dependencies.checkTemplate);
    this.sendResolved = config.sendResolved;
    const { url } = config;
    // Not its directory, which may be another one on a peer.
    this.destination = url.kind === 'file' ? `file ${basename(url.path)}` : url.secret.reveal();
    this.attemptTimeoutMs = config.timeoutMs || DEFAULT_ATTEMPT_TIMEOUT_MS;
    this.#config = config;
    this.#renderTemplate = renderTemplate;
    this.#client = new HttpClient(config.http ?? defaults.http, { system, userAgent: userAgent(version) });
  }

  async send(notification: Notification, { signal, trace }: SendOptions): Promise<Outcome> {
    const told = notification.isTest ? markedAsTest(notification) : notification;
    let urlTemplate: string;
    try {
      urlTemplate = await readSecret(this.#config.url, signal);
    } catch (error) {
      // A rotation may have the file away for a moment.
      return { kind: 'refused', retryable: true, reason: failureReasonOf(signal), message: describeError(error) };
    }
    let url: string;
    let body: string;
    try {
      url = this.#renderTemplate(urlTemplate, told).trim();
      body = this.#body(told);
    } catch (error) {
      const message = redact(`cannot render the message: ${describeError(error)}`, secretsOf(urlTemplate));
      return { kind: 'refused', retryable: false, reason: 'other', message };
    }
    const problem = httpUrlProblem(url);
    if (problem !== undefined) {
      return { kind: 'refused', retryable: false, reason: 'other', message: `the webhook's url ${problem}` };
    }
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (notification.isTest) headers['X-Tocsin-Test'] = 'true';
    return outcomeOf(await this.#client.send({ method: 'POST', url, headers, body }, signal, trace));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #body(notification: Notification): string {
    const { payload, maxAlerts } = this.#config;
    if (payload === undefined) return webhookMessage(notification, maxAlerts);
    return payloadBody(payload, (template) => this.#renderTemplate(template, notification));
  }
}

/** The whole template and what stands between its actions: an error may quote either. */
function secretsOf(urlTemplate: string): string[] {
  return [urlTemplate, ...urlTemplate.split(/\{\{.*?\}\}/s), ...urlTemplate.split('/').slice(3)];
}
