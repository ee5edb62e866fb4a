/** What the registry knows of a kind of receiver: how it is configured, shown and made. */
import type { z } from 'zod';
import type { Notification } from '../src/model/notification.ts';
import type { System } from '../src/system.ts';
import type { ReceiverDefaults } from './defaults.ts';
import type { Receiver } from './receiver.ts';
import type { Sessions } from './sessions.ts';

/** Where a receiver tells what happens between messages. Fields hold no secrets. */
export interface ReceiverLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ReceiverDependencies {
  readonly system: System;
  /** Tocsin's own version. */
  readonly version: string;
  /** The text template engine, with the configured template files. Throws what the template does wrong. */
  readonly renderTemplate: (text: string, notification: Notification) => string;
  /** As renderTemplate for a text that is HTML: what values say is escaped for the place they stand in. */
  readonly renderHtml: (text: string, notification: Notification) => string;
  /** Whether a template file defines that name, which means another text than the receiver's own by default. */
  readonly definesTemplate: (name: string) => boolean;
  /** Throws what renderTemplate would throw of any notification: a template that cannot be parsed must not be found at a page. */
  readonly checkTemplate: (text: string) => void;
  readonly defaults: ReceiverDefaults;
  /** Of the node, not of one configuration: what is in there outlives a reload. */
  readonly sessions: Sessions;
  readonly log: ReceiverLog;
}

export interface MissingValue {
  readonly path: readonly string[];
  readonly message: string;
}

export interface ReceiverKind<Config extends { readonly integration: string }> {
  /** `webhook`: the integration label of metrics and logs, and what tells the configurations apart. */
  readonly integration: Config['integration'];
  /** `webhook_configs`: the key of a receiver in the configuration file that lists them. */
  readonly configKey: string;
  /** From a block of source texts, YAML keys, to the typed configuration. Unknown keys are errors. */
  readonly schema: z.ZodType<Config>;
  /** Makes those files absolute that are relative to the configuration file; others are relative to the working directory. */
  resolveFiles(config: Config, directory: string): Config;
  /** The block as configuration shows it: YAML keys, defaults filled in, secrets masked. Undefined values are left out. */
  show(config: Config, defaults: ReceiverDefaults): Record<string, unknown>;
  /** What neither the block nor `global` says although it is needed. Paths are relative to the block. */
  findMissing?(config: Config, defaults: ReceiverDefaults): readonly MissingValue[];
  /** @throws if a template in the configuration cannot be parsed; the message holds no secrets. */
  create(config: Config, dependencies: ReceiverDependencies): Receiver;
}
