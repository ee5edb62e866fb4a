/** The mail receiver: one mail a notification, to all its addresses, through one relay. */
import type { Notification } from '../../src/model/notification.ts';
import { describeError } from '../http-outcome.ts';
import type { ReceiverDependencies, ReceiverKind } from '../kind.ts';
import type { Outcome, Receiver, SendOptions } from '../receiver.ts';
import { type ComposeDependencies, compose } from './compose.ts';
import {
  type EmailConfig,
  type EmailSettings,
  emailConfigSchema,
  findMissingEmailValues,
  showEmailConfig,
  withDefaults,
} from './config.ts';
import { OWN_FIELDS } from './header-name.ts';
import { PartialDeliveries } from './partial-deliveries.ts';
import { type HandedOver, SmtpRelay } from './smtp-relay.ts';

/** A relay that looks for viruses first takes its time. */
const ATTEMPT_TIMEOUT_MS = 60_000;

export const email: ReceiverKind<EmailConfig> = {
  integration: 'email',
  configKey: 'email_configs',
  schema: emailConfigSchema,
  // As in Alertmanager, all files are relative to the working directory.
  resolveFiles: (config) => config,
  show: showEmailConfig,
  findMissing: findMissingEmailValues,
  create: (config, dependencies) => new EmailReceiver(withDefaults(config, dependencies.defaults), dependencies),
};

interface Attempt {
  readonly notification: Notification;
  readonly messageId: string;
  /** Whom this mail goes to. */
  readonly to: readonly string[];
  /** On the monotonic clock. */
  readonly startedMs: number;
  /** Whether others have been told already. */
  readonly isRest: boolean;
}

class EmailReceiver implements Receiver {
  readonly integration = 'email';
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly attemptTimeoutMs = ATTEMPT_TIMEOUT_MS;
  readonly #settings: EmailSettings;
  readonly #dependencies: ComposeDependencies;
  readonly #relay: SmtpRelay;
  readonly #partial = new PartialDeliveries();

  constructor(settings: EmailSettings, dependencies: ReceiverDependencies) {
    checkTemplates(settings, dependencies.checkTemplate);
    const useless = OWN_FIELDS.filter((name) => settings.headers.has(name));
    if (useless.length > 0) {
      dependencies.log.warn({ headers: useless }, 'Headers of email_configs have no effect: the mail sets its own');
    }
    if (settings.html === '' && settings.text === '') {
      dependencies.log.warn(
        { to: settings.to },
        'The mails of email_configs are empty but for the subject: html and text are both set to ""; leave one of them out',
      );
    }
    this.sendResolved = settings.sendResolved;
    this.destination = JSON.stringify([settings.to, settings.smarthost]);
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#relay = new SmtpRelay(settings);
  }

  start(): void {
    this.#relay.start();
  }

  async send(notification: Notification, options: SendOptions): Promise<Outcome> {
    const composed = compose(this.#dependencies, this.#settings, notification);
    if (!composed.ok) return { kind: 'refused', retryable: false, reason: 'other', message: composed.problem };
    const { mail, messageId } = composed;
    const startedMs = this.#dependencies.system.now().monotonicMs;
    const settled = this.#partial.settled(notification, startedMs);
    const to = mail.envelope.to.filter((address) => !settled.has(address));
    // Whoever was put off is no recipient any more.
    if (to.length === 0) return this.#allTold(notification);
    const handedOver = await this.#relay.handOver({ ...mail, envelope: { ...mail.envelope, to } }, options);
    return this.#outcome(handedOver, { notification, messageId, to, startedMs, isRest: settled.size > 0 });
  }

  /** Lets a mail that is under way arrive. */
  async close(): Promise<void> {
    this.#relay.close();
  }

  /**
   * One mail has several addresses, and a relay may take some and not others. Those it took have been told: a refusal now would
   * have another peer tell them again, so the outcome is unknown until this node has told the rest. An address that is refused
   * for good holds nobody up.
   */
  #outcome(handedOver: HandedOver, { notification, messageId, to, startedMs, isRest }: Attempt): Outcome {
    const { log } = this.#dependencies;
    if (handedOver.kind !== 'taken') {
      if (handedOver.kind === 'unknown' || !isRest) return handedOver;
      const { reason, message } = handedOver;
      // What keeps us from the relay is not its word on a recipient.
      if (handedOver.retryable || reason !== 'clientError') return { kind: 'unknown', reason, message };
      log.warn({ recipients: to, error: message }, 'The relay refuses some recipients of a mail');
      return this.#allTold(notification);
    }
    const { rejected, answer } = handedOver;
    const refused = rejected.filter(({ isTransient }) => !isTransient);
    const deferred = rejected.filter(({ isTransient }) => isTransient);
    for (const { address, message } of refused) {
      log.warn({ recipient: address, error: message }, 'The relay refuses a recipient of a mail');
    }
    log.info({ messageId, answer }, 'Mail taken by the relay');
    if (deferred.length === 0) return this.#allTold(notification);
    const isDeferred = (recipient: string) => deferred.some(({ address }) => address === recipient);
    const settled = to.filter((recipient) => !isDeferred(recipient));
    // A test is nobody's debt.
    if (!notification.isTest) this.#partial.remember(notification, settled, startedMs);
    const names = deferred.map(({ address, message }) => `${address} (${message})`).join(', ');
    return { kind: 'unknown', reason: 'serverError', message: `the relay puts off some recipients: ${names}` };
  }

  #allTold({ groupKey }: Notification): Outcome {
    this.#partial.forget(groupKey);
    return { kind: 'sent' };
  }
}

/** A template that cannot be parsed must not be found at a page. */
function checkTemplates(settings: EmailSettings, check: (text: string) => void): void {
  const { to, from = '', html = '', text = '', headers } = settings;
  const templates = { to, from, html, text };
  for (const [name, template] of [...Object.entries(templates), ...headers]) {
    try {
      check(template);
    } catch (error) {
      throw new Error(`its ${name} cannot be rendered: ${describeError(error)}`, { cause: error });
    }
  }
}
