/** Puts together what decides who may talk to this node: the web configuration, passwords, and the alert about both. */
import type { Logger } from 'pino';
import { webConfigBroken } from './alerts/conditions.ts';
import type { SelfAlerts } from './alerts/self-alerts.ts';
import type { Metrics } from './metrics.ts';
import type { System } from './system.ts';
import { Bcrypt } from './web-config/bcrypt.ts';
import { Login } from './web-config/login.ts';
import { WebConfigSource } from './web-config/web-config-source.ts';

export interface WebAccess {
  readonly webConfig: WebConfigSource;
  readonly login: Login;
  readonly scheme: 'http' | 'https';
  stop(): Promise<void>;
}

export interface WebAccessDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Asked for only when something is wrong after the start. */
  readonly selfAlerts: () => SelfAlerts;
}

/** `webConfigFile` may be ''. Rejects with WebConfigError, which has every mistake in the file. */
export async function openWebAccess(
  { system, logger, metrics, selfAlerts }: WebAccessDependencies,
  { webConfigFile }: { webConfigFile: string },
): Promise<WebAccess> {
  const bcrypt = new Bcrypt();
  let isOpen = false;
  const onHealth = (problem: string | undefined) => {
    metrics.webConfigHealthy.set(problem === undefined ? 1 : 0);
    // Before, it ends the start.
    if (!isOpen) return;
    if (problem === undefined) selfAlerts().clear(webConfigBroken(''));
    else selfAlerts().raise(webConfigBroken(problem));
  };
  const webConfig = await WebConfigSource.open(webConfigFile, { system, logger, onHealth });
  isOpen = true;
  const { tls, users } = webConfig.inForce;
  if (webConfigFile !== '') {
    logger.info({ file: webConfigFile, tls: tls !== undefined, users: users.size }, 'Web configuration in force');
  }
  return {
    webConfig,
    login: new Login({ system, bcrypt }),
    scheme: tls === undefined ? 'http' : 'https',
    stop: () => bcrypt.close(),
  };
}
