/**
 * The configuration as it is shown: YAML in Alertmanager's order of keys, defaults filled in, secrets masked. Clients
 * parse it as a configuration again (amtool does, to print routes), so it must load.
 */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { SHOWN_SECRET } from '../../receivers/secret.ts';

export interface ShownSections {
  readonly global: unknown;
  readonly route: unknown;
  readonly inhibitRules: readonly unknown[];
  readonly receivers: readonly unknown[];
  readonly templates: readonly string[];
  readonly muteTimeIntervals: readonly unknown[];
  readonly timeIntervals: readonly unknown[];
}

export interface Shown {
  readonly shown: string;
  /** Lower-case hex SHA-256 of what is shown without secrets and paths of files, which may differ from host to host. */
  readonly hash: string;
}

export function showConfig(sections: ShownSections): Shown {
  const { global, route, inhibitRules, receivers, templates, muteTimeIntervals, timeIntervals } = sections;
  const document = {
    global,
    route,
    ...(inhibitRules.length > 0 && { inhibit_rules: inhibitRules }),
    receivers: receivers.map(readableByOlderTools),
    templates,
    ...(muteTimeIntervals.length > 0 && { mute_time_intervals: muteTimeIntervals }),
    ...(timeIntervals.length > 0 && { time_intervals: timeIntervals }),
  };
  const ofAllHosts = toYaml(withoutFilesAndSecrets({ ...document, templates: [] }));
  return { shown: toYaml(document), hash: createHash('sha256').update(ofAllHosts).digest('hex') };
}

/** In place of a whole URL that is secret. Unlike `<secret>` alone it is a URL, in Go's eyes and in ours. */
const SHOWN_SECRET_URL = `http://secret.invalid/${SHOWN_SECRET}`;

/**
 * Alertmanager began with 0.26 to take a webhook's URL for a secret and to know its time-out. Older amtools, which Debian
 * still ships, refuse `<secret>` for a URL and keys they do not know; and leaving out what is zero says the same.
 */
function readableByOlderTools(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readableByOlderTools);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key, field]) => key !== 'timeout' || field !== '0s');
  return Object.fromEntries(
    fields.map(([key, field]) => {
      if (key === 'url' && field === SHOWN_SECRET) return [key, SHOWN_SECRET_URL];
      return [key, key === 'payload' ? field : readableByOlderTools(field)];
    }),
  );
}

/** Whatever YAML 1.1 would take for something else than a text is quoted; anchors would need a reader that knows them. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

/** One host may have a secret in a file and another in the configuration itself. */
function withoutFilesAndSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFilesAndSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const rest = Object.entries(value).filter(
    ([key, field]) => !key.endsWith('_file') && key !== 'files' && field !== SHOWN_SECRET && field !== SHOWN_SECRET_URL,
  );
  return Object.fromEntries(rest.map(([key, field]) => [key, withoutFilesAndSecrets(field)]));
}
