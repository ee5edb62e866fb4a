/** What the `global` block says for receivers that do not say it themselves. Validated, files absolute, defaults filled in. */
import { defaultHttpConfig, type HttpConfig } from './http-config.ts';
import type { SecretSource } from './secret.ts';
import type { TlsConfig } from './tls-config.ts';

/** `smtp_*`. Undefined: not set, and a mail receiver that does not set it either is an error where it is needed. */
export interface SmtpDefaults {
  readonly from: string | undefined;
  readonly hello: string;
  /** `host:port`. */
  readonly smarthost: string | undefined;
  readonly authUsername: string | undefined;
  readonly authPassword: SecretSource | undefined;
  readonly authSecret: SecretSource | undefined;
  readonly authIdentity: string | undefined;
  readonly requireTls: boolean;
  readonly tls: TlsConfig | undefined;
  /** Undefined: TLS from the first byte on port 465 only. */
  readonly forceImplicitTls: boolean | undefined;
}

/** `telegram_*`. */
export interface TelegramDefaults {
  readonly apiUrl: string;
  readonly botToken: SecretSource | undefined;
}

export interface ReceiverDefaults {
  /** `http_config`; a receiver's own block replaces it as a whole. */
  readonly http: HttpConfig;
  readonly smtp: SmtpDefaults;
  readonly telegram: TelegramDefaults;
}

/** Those of an empty `global` block. */
export const defaultReceiverDefaults: ReceiverDefaults = {
  http: defaultHttpConfig,
  smtp: {
    from: undefined,
    hello: 'localhost',
    smarthost: undefined,
    authUsername: undefined,
    authPassword: undefined,
    authSecret: undefined,
    authIdentity: undefined,
    requireTls: true,
    tls: undefined,
    forceImplicitTls: undefined,
  },
  telegram: { apiUrl: 'https://api.telegram.org', botToken: undefined },
};
