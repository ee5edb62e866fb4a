/** The server's command line as one frozen value, or every problem with it. */
import packageJson from '../package.json' with { type: 'json' };
import type { ShownFlag } from './api/node-status.ts';
import { flagHelp, wrap } from './cli/flag-help.ts';
import { type FlagValues, parseCommandLine } from './cli/flag-set.ts';
import { IDLE_CLUSTER_FLAGS } from './cluster-flag-table.ts';
import type { MatcherMode } from './config/parse.ts';
import { serverFlagTable } from './server-flag-table.ts';
import { shownFlags } from './shown-flags.ts';

export interface ServerFlags {
  readonly configFile: string;
  readonly storagePath: string;
  readonly dataRetentionMs: number;
  readonly dataMaintenanceIntervalMs: number;
  readonly historyRetentionMs: number;
  /** 0: none of it on disk. */
  readonly historyMaxBytes: number;
  /** 0: no limit. */
  readonly silencesMaxSilences: number;
  /** 0: no limit. */
  readonly silencesMaxSilenceSizeBytes: number;
  readonly logSilences: boolean;
  readonly alertsGcIntervalMs: number;
  /** 0: no limit. */
  readonly alertsPerAlertnameLimit: number;
  readonly dispatchStartDelayMs: number;
  /** At least one `host:port`; the host may be empty, the port 0. */
  readonly webListenAddresses: readonly string[];
  /** Without trailing slash. Undefined: `http://<host name>:<port>`. */
  readonly webExternalUrl: string | undefined;
  /** `''` or `/path` without trailing slash: the flag's, else the path of the external URL. */
  readonly webRoutePrefix: string;
  /** 0: the number of CPUs, at least 8. */
  readonly webGetConcurrency: number;
  /** 0: none. */
  readonly webTimeoutMs: number;
  /** `''`: plain HTTP, and nobody is asked for a password. */
  readonly webConfigFile: string;
  /** `''`: this node is alone. Without a secret it is one that only this machine reaches. */
  readonly clusterListenAddress: string;
  /** `''`: none. */
  readonly clusterSecretFile: string;
  /** `''`: the address listened on. */
  readonly clusterAdvertiseAddress: string;
  /** `''`: the host name. */
  readonly clusterPeerName: string;
  readonly clusterPeers: readonly string[];
  readonly clusterPeerTimeoutMs: number;
  readonly clusterSettleTimeoutMs: number;
  readonly clusterReconnectTimeoutMs: number;
  readonly clusterLabel: string;
  readonly matcherMode: MatcherMode;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'logfmt' | 'json';
  /** Every flag as one would type it, for whoever looks. */
  readonly shown: readonly ShownFlag[];
  /** What was asked for and will not happen, a sentence each; for the log. */
  readonly warnings: readonly string[];
}

export type ServerCommandLine =
  | { readonly kind: 'run'; readonly flags: ServerFlags }
  /** `--help` or `--version`: a text for stdout, then exit code 0. */
  | { readonly kind: 'print'; readonly text: string }
  /** A sentence for each problem, in the order of the command line. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export const version: string = packageJson.version;

/** `argv` without the program's own name. */
export function parseServerFlags(argv: readonly string[]): ServerCommandLine {
  // Whoever asks for help has often got something else wrong already.
  if (argv.some((word) => word === '--help' || word === '-h')) return { kind: 'print', text: helpText() };
  if (argv.includes('--version')) return { kind: 'print', text: versionText() };
  const line = parseCommandLine(serverFlagTable, argv, { takesPositionals: false });
  if ('problems' in line) return { kind: 'wrong', problems: line.problems };
  const problem = clusterProblem(line.values);
  if (problem !== undefined) return { kind: 'wrong', problems: [problem] };
  return {
    kind: 'run',
    flags: serverFlags(line.values, {
      warnings: warningsOf(line.values, line.given),
      shown: shownFlags(serverFlagTable, line.texts),
    }),
  };
}

type Values = FlagValues<typeof serverFlagTable>;

function serverFlags(values: Values, { warnings, shown }: Pick<ServerFlags, 'warnings' | 'shown'>): ServerFlags {
  const features = values['enable-feature'];
  const webExternalUrl = values['web.external-url'];
  const externalPath = webExternalUrl === undefined ? '' : new URL(webExternalUrl).pathname.replace(/\/+$/, '');
  return Object.freeze<ServerFlags>({
    configFile: values['config.file'],
    storagePath: values['storage.path'],
    dataRetentionMs: values['data.retention'],
    dataMaintenanceIntervalMs: values['data.maintenance-interval'],
    historyRetentionMs: values['history.retention'],
    historyMaxBytes: values['history.max-bytes'],
    silencesMaxSilences: values['silences.max-silences'],
    silencesMaxSilenceSizeBytes: values['silences.max-silence-size-bytes'],
    logSilences: values['log.silences'],
    alertsGcIntervalMs: values['alerts.gc-interval'],
    alertsPerAlertnameLimit: values['alerts.per-alertname-limit'],
    dispatchStartDelayMs: values['dispatch.start-delay'],
    webListenAddresses: values['web.listen-address'],
    webExternalUrl,
    webRoutePrefix: values['web.route-prefix'] ?? externalPath,
    webGetConcurrency: values['web.get-concurrency'],
    webTimeoutMs: values['web.timeout'],
    webConfigFile: values['web.config.file'],
    clusterListenAddress: clusterListenAddress(values),
    clusterSecretFile: values['cluster.secret-file'],
    clusterAdvertiseAddress: values['cluster.advertise-address'],
    clusterPeerName: values['cluster.peer-name'],
    clusterPeers: values['cluster.peer'],
    clusterPeerTimeoutMs: values['cluster.peer-timeout'],
    clusterSettleTimeoutMs: values['cluster.settle-timeout'],
    clusterReconnectTimeoutMs: values['cluster.reconnect-timeout'],
    clusterLabel: values['cluster.label'],
    matcherMode: features.has('classic-mode')
      ? 'classic'
      : features.has('utf8-strict-mode')
        ? 'utf8-strict'
        : 'fallback',
    logLevel: values['log.level'],
    logFormat: values['log.format'],
    shown: Object.freeze(shown),
    warnings: Object.freeze(warnings),
  });
}

function warningsOf(values: Values, given: ReadonlySet<string>): readonly string[] {
  const warnings: string[] = [];
  const idle = IDLE_CLUSTER_FLAGS.filter((name) => given.has(name)).map((name) => `--${name}`);
  if (idle.length > 0) {
    const verb = idle.length === 1 ? 'has' : 'have';
    warnings.push(`${idle.join(', ')} ${verb} no effect: peers keep in touch in their own way, see docs/operations.md`);
  }
  if (clusterListenAddress(values) !== '' && values['cluster.secret-file'] === '') {
    warnings.push(
      'This node shares no secret with its peers: it listens to this machine only, and trusts whoever comes from there; ' +
        'see --cluster.secret-file',
    );
  }
  if (values['web.systemd-socket']) {
    warnings.push('--web.systemd-socket has no effect: the node opens its own sockets, see --web.listen-address');
  }
  if (given.has('auto-gomemlimit.ratio') || values['enable-feature'].has('auto-gomemlimit')) {
    warnings.push(
      'auto-gomemlimit has no effect: there is no Go runtime; NODE_OPTIONS=--max-old-space-size limits memory',
    );
  }
  if (given.has('dispatch.maintenance-interval')) {
    warnings.push('--dispatch.maintenance-interval has no effect: a group that is over leaves memory at once');
  }
  for (const feature of ['alert-names-in-metrics', 'receiver-name-in-metrics', 'group-key-in-metrics'] as const) {
    if (values['enable-feature'].has(feature))
      warnings.push(`--enable-feature=${feature} has no effect: metrics are not split yet`);
  }
  if (values['enable-feature'].has('event-recorder')) {
    warnings.push('--enable-feature=event-recorder has no effect: event_recorder outputs are not written');
  }
  return warnings;
}

/** A node that is asked for nothing that takes peers is alone. */
function clusterListenAddress(values: Values): string {
  const given = values['cluster.listen-address'];
  if (given !== undefined) return given;
  if (values['cluster.secret-file'] !== '') return '0.0.0.0:9094';
  return values['cluster.peer'].length > 0 ? '127.0.0.1:9094' : '';
}

function clusterProblem(values: Values): string | undefined {
  const address = clusterListenAddress(values);
  const wantsPeers = values['cluster.peer'].length > 0 || values['cluster.secret-file'] !== '';
  if (address === '' && wantsPeers) {
    return '--cluster.listen-address is empty, which says that this node is alone: name no peers and no secret then';
  }
  if (address === '' || values['cluster.secret-file'] !== '' || isLoopback(address)) return undefined;
  return (
    `--cluster.listen-address ${address} would let in everybody who reaches it: give all nodes one secret with ` +
    '--cluster.secret-file ("tocsin cluster secret" makes one), or listen on 127.0.0.1'
  );
}

function isLoopback(address: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\]):\d+$/.test(address);
}

function helpText(): string {
  const introduction = wrap(
    'Runs the alert manager. `tocsin help` lists the commands that talk to a running one. Durations are written as in ' +
      'Go (90s, 1h30m, 500ms). SIGHUP reloads the configuration, SIGTERM stops.',
  );
  return `Usage: tocsin [flags]\n\n${introduction.join('\n')}\n\n${flagHelp(serverFlagTable)}`;
}

function versionText(): string {
  return `tocsin, version ${version}\n  node:      ${process.version}\n  platform:  ${process.platform}/${process.arch}\n`;
}
