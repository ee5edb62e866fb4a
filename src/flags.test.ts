import { describe, expect, test } from 'vitest';
import { parseServerFlags, type ServerFlags } from './flags.ts';

function flagsOf(...argv: string[]): ServerFlags {
  const line = parseServerFlags(argv);
  if (line.kind !== 'run') throw new Error(`refused: ${JSON.stringify(line)}`);
  return line.flags;
}

function problemsOf(...argv: string[]): string {
  const line = parseServerFlags(argv);
  return line.kind === 'wrong' ? line.problems.join('\n') : `accepted: ${JSON.stringify(line)}`;
}

function printed(...argv: string[]): string {
  const line = parseServerFlags(argv);
  return line.kind === 'print' ? line.text : `not printed: ${JSON.stringify(line)}`;
}

test("without flags everything has Alertmanager's default", () => {
  expect(flagsOf()).toEqual({
    configFile: 'alertmanager.yml',
    storagePath: 'data/',
    dataRetentionMs: 120 * 3_600_000,
    dataMaintenanceIntervalMs: 15 * 60_000,
    silencesMaxSilences: 0,
    silencesMaxSilenceSizeBytes: 0,
    logSilences: false,
    alertsGcIntervalMs: 30 * 60_000,
    alertsPerAlertnameLimit: 0,
    dispatchStartDelayMs: 0,
    webListenAddresses: [':9093'],
    webExternalUrl: undefined,
    webRoutePrefix: '',
    webGetConcurrency: 0,
    webTimeoutMs: 0,
    webConfigFile: '',
    clusterListenAddress: '0.0.0.0:9094',
    clusterAdvertiseAddress: '',
    clusterPeerName: '',
    clusterPeers: [],
    clusterPeerTimeoutMs: 15_000,
    clusterPeersResolveTimeoutMs: 15_000,
    clusterGossipIntervalMs: 200,
    clusterPushpullIntervalMs: 60_000,
    clusterTcpTimeoutMs: 10_000,
    clusterProbeTimeoutMs: 500,
    clusterProbeIntervalMs: 1_000,
    clusterSettleTimeoutMs: 60_000,
    clusterReconnectIntervalMs: 10_000,
    clusterReconnectTimeoutMs: 6 * 3_600_000,
    clusterAllowInsecurePublicAdvertiseAddressDiscovery: false,
    clusterLabel: '',
    matcherMode: 'fallback',
    logLevel: 'info',
    logFormat: 'logfmt',
    warnings: [],
  } satisfies ServerFlags);
});

describe('both syntaxes say the same', () => {
  test.each([
    ['a text', ['--config.file', 'x.yml'], ['--config.file=x.yml']],
    ['a duration', ['--data.retention', '1h30m'], ['--data.retention=90m']],
    ['a switch', ['--log.silences'], ['--log.silences=true']],
    ['a switch turned off', ['--no-log.silences'], ['--log.silences=false']],
    ['an empty value', ['--cluster.listen-address', ''], ['--cluster.listen-address=']],
    [
      'a repeatable one',
      ['--web.listen-address', '127.0.0.1:0', '--web.listen-address', '[::1]:0'],
      ['--web.listen-address=127.0.0.1:0', '--web.listen-address=[::1]:0'],
    ],
  ])('%s', (_, spaced, joined) => {
    expect(flagsOf(...spaced)).toEqual(flagsOf(...joined));
  });
});

test('a repeatable flag replaces its default by all that is given', () => {
  expect(flagsOf('--web.listen-address=:1', '--web.listen-address=:2').webListenAddresses).toEqual([':1', ':2']);
});

test('the result cannot be changed', () => {
  const flags = flagsOf('--cluster.peer=a:1');
  expect(Object.isFrozen(flags)).toBe(true);
  for (const list of [flags.webListenAddresses, flags.clusterPeers, flags.warnings])
    expect(Object.isFrozen(list)).toBe(true);
});

describe('a mistyped flag is refused and the nearest named', () => {
  test.each([
    ['--config.flie=x', '--config.file'],
    ['--web.listen-adress=:1', '--web.listen-address'],
    ['--listen-address=:1', '--web.listen-address'],
    ['--storage-path=x', '--storage.path'],
    ['--no-log.silence', '--log.silences'],
  ])('%s', (typed, nearest) => {
    expect(problemsOf(typed)).toContain(`did you mean ${nearest}?`);
  });

  test('but nothing is offered for what resembles none', () => {
    expect(problemsOf('--frobnicate')).toBe('unknown flag --frobnicate; --help lists all flags');
  });
});

describe('a wrong value is refused and the flag named', () => {
  test.each([
    ['--data.retention=5d', 'a day is 24h'],
    ['--data.retention=0s', 'longer than zero'],
    ['--cluster.gossip-interval=-1s', 'longer than zero'],
    ['--cluster.settle-timeout=-1s', 'negative'],
    ['--alerts.gc-interval=soon', 'duration'],
    ['--silences.max-silences=1.5', 'whole number'],
    ['--silences.max-silences=-1', 'whole number'],
    ['--log.level=verbose', 'debug, info, warn, error'],
    ['--log.silences=maybe', 'true or false'],
    ['--no-log.silences=true', 'takes no value'],
    ['--web.listen-address=9093', 'HOST:PORT'],
    ['--web.listen-address=:70000', 'HOST:PORT'],
    ['--web.listen-address=vsock://:9093', 'vsock'],
    ['--cluster.peer=node-2', 'HOST:PORT'],
    ['--web.external-url=alerts.example.org', 'full address'],
    ['--web.external-url=http://u:p@alerts.example.org', 'user, password'],
    ['--config.file=', 'empty'],
    ['--config.file', 'needs a value'],
    ['--auto-gomemlimit.ratio=2', 'at most 1'],
    ['alertmanager.yml', 'unexpected argument'],
  ])('%s', (typed, said) => {
    expect(problemsOf(typed)).toContain(said);
  });
});

test('every problem is told, in one go', () => {
  const problems = problemsOf(
    '--no-such',
    '--log.level=loud',
    '--data.retention=0s',
    'word',
    '--config.file=a',
    '--config.file=b',
  );
  expect(problems.split('\n')).toHaveLength(5);
});

test('a flag that forgot its value does not swallow the next flag', () => {
  expect(problemsOf('--config.file', '--log.silences')).toContain('--config.file needs a value');
});

test('a settle timeout of zero lets a node notify at once', () => {
  expect(flagsOf('--cluster.settle-timeout', '0s').clusterSettleTimeoutMs).toBe(0);
});

describe('what is accepted without effect is warned of', () => {
  test.each([
    [['--cluster.peer=node-2:9094'], 'runs alone'],
    [['--cluster.tls-config=tls.yml'], '--cluster.tls-config'],
    [['--cluster.listen-address=0.0.0.0:9094'], '--cluster.listen-address'],
    [
      ['--cluster.settle-timeout=0s', '--cluster.listen-address=', '--cluster.label=a'],
      '--cluster.label, --cluster.settle-timeout have no effect',
    ],
    [['--web.systemd-socket'], '--web.systemd-socket'],
    [['--auto-gomemlimit.ratio=0.8'], 'auto-gomemlimit'],
    [['--enable-feature=auto-gomemlimit'], 'auto-gomemlimit'],
    [['--enable-feature=event-recorder'], 'event-recorder'],
  ])('%j', (argv, said) => {
    const { warnings } = flagsOf(...argv);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(said);
  });
});

test('a node that is told its name and to be alone has nothing to be warned of', () => {
  expect(flagsOf('--cluster.listen-address=', '--cluster.peer-name=node-1').warnings).toEqual([]);
});

describe('features', () => {
  test('choose how matchers are read', () => {
    expect(flagsOf('--enable-feature=classic-mode').matcherMode).toBe('classic');
    expect(flagsOf('--enable-feature=utf8-strict-mode').matcherMode).toBe('utf8-strict');
  });

  test('come as a list', () => {
    const { matcherMode, warnings } = flagsOf('--enable-feature=group-key-in-metrics,classic-mode');
    expect(matcherMode).toBe('classic');
    expect(warnings).toEqual(['--enable-feature=group-key-in-metrics has no effect: metrics are not split yet']);
  });

  test('that exclude each other are refused', () => {
    expect(problemsOf('--enable-feature=classic-mode,utf8-strict-mode')).toContain('exclude each other');
  });

  test('that nobody knows are refused', () => {
    expect(problemsOf('--enable-feature=clasic-mode')).toContain('"clasic-mode"');
  });
});

describe('the external URL', () => {
  test('loses its trailing slash and gives the route prefix', () => {
    const flags = flagsOf('--web.external-url=https://alerts.example.org/tocsin/');
    expect(flags.webExternalUrl).toBe('https://alerts.example.org/tocsin');
    expect(flags.webRoutePrefix).toBe('/tocsin');
  });

  test('gives no prefix when a proxy strips its path', () => {
    expect(flagsOf('--web.external-url=https://alerts.example.org/tocsin', '--web.route-prefix=/').webRoutePrefix).toBe(
      '',
    );
  });
});

describe('help', () => {
  test('offers nothing that is not there: no UI, no peers', () => {
    const help = printed('--help').replaceAll('--cluster.peer', '');
    expect(help).not.toMatch(/\b(UI|peers)\b/);
  });

  test('fits 100 columns', () => {
    const widest = Math.max(
      ...printed('--help')
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(100);
  });

  test('is given even if the rest of the line is wrong', () => {
    expect(printed('--no-such', '-h')).toContain('--config.file');
  });

  test('shows each flag with its default', () => {
    const help = printed('--help');
    expect(help).toContain('--data.retention DURATION  (default: 120h)');
    expect(help).toContain('--cluster.peer HOST:PORT  (default: none, repeatable)');
    expect(help).toContain('--[no-]log.silences  (default: false)');
  });
});

test('the version is printed', () => {
  expect(printed('--version')).toMatch(/^tocsin, version \d+\.\d+\.\d+/);
});
