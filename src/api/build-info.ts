/** What this node says it is. Clients of Alertmanager choose their dialect by the version, so ours starts with the one we speak. */
import manifest from '../../package.json' with { type: 'json' };

export const ALERTMANAGER_VERSION = '0.34.0';

/** The `versionInfo` of /api/v2/status; every field is required there. */
export const BUILD_INFO = {
  /** A semantic version: karma, for one, refuses what it cannot parse or finds older than 0.22. */
  version: `${ALERTMANAGER_VERSION}+tocsin.${manifest.version}`,
  revision: 'unknown',
  branch: 'main',
  buildUser: 'tocsin',
  buildDate: 'unknown',
  goVersion: `node${process.version}`,
} as const;
