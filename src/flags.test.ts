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
  expect({ ...flagsOf(), shown: [] }).toEqual({
    configFile: 'alertmanager.yml',
    storagePath: 'data/',
    dataRetentionMs: 120 * 3_600_000,
    historyRetentionMs: 2_592_000_000,
    historyMaxBytes: 536_870_912,
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
    clusterListenAddress: '',
    clusterSecretFile: '',
    clusterAdvertiseAddress: '',
    clusterPeerName: '',
    clusterPeers: [],
    clusterPeerTimeoutMs: 15_000,
    clusterSettleTimeoutMs: 60_000,
    clusterReconnectTimeoutMs: 6 * 3_600_000,
    clusterLabel: '',
    matcherMode: 'fallback',
    logLevel: 'info',
    logFormat: 'logfmt',
    shown: [],
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
    expect({ ...flagsOf(...spaced), shown: [] }).toEqual({ ...flagsOf(...joined), shown: [] });
  });
});

test('a repeatable flag replaces its default by all that is given', () => {
  expect(flagsOf('--web.listen-address=:1', '--web.listen-address=:2').webListenAddresses).toEqual([':1', ':2']);
});

describe('the flags are shown as they were typed', () => {
  const shown = (name: string, ...argv: string[]) => flagsOf(...argv).shown.find((flag) => flag.name === name);

  test.each([
    ['data.retention', [], '120h', true],
    ['data.retention', ['--data.retention=5h'], '5h', false],
    ['web.external-url', [], 'http://HOSTNAME:PORT', true],
    ['cluster.peer', ['--cluster.peer=a:1', '--cluster.peer=b:1', '--cluster.secret-file=s'], 'a:1, b:1', false],
  ])('%s of %j is %s', (name, argv, value, isDefault) => {
    expect(shown(name, ...argv)).toEqual({ name, value, isDefault });
  });

  test('what only prints and ends is not among them', () => {
    expect(shown('help')).toBeUndefined();
  });
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
    [['--cluster.tls-config=tls.yml'], '--cluster.tls-config has no effect'],
    [
      ['--cluster.gossip-interval=1s', '--cluster.probe-timeout=1s'],
      '--cluster.gossip-interval, --cluster.probe-timeout have no effect',
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

describe('a node listens for peers', () => {
  test.each([
    ['if it has a secret, to everybody', ['--cluster.secret-file=secret'], '0.0.0.0:9094'],
    ['if it has peers only, to this machine', ['--cluster.peer=127.0.0.1:9095'], '127.0.0.1:9094'],
    ['where it is told to', ['--cluster.listen-address=[::1]:0'], '[::1]:0'],
    ['not if it is told of nobody', ['--cluster.peer-name=a'], ''],
    ['not if it is told not to', ['--cluster.listen-address='], ''],
  ])('%s', (_, argv, address) => {
    expect(flagsOf(...argv).clusterListenAddress).toBe(address);
  });

  test.each([
    [['--cluster.listen-address=0.0.0.0:9094'], '--cluster.secret-file'],
    [['--cluster.listen-address=', '--cluster.peer=a:1'], 'alone'],
    [['--cluster.listen-address=', '--cluster.secret-file=secret'], 'alone'],
  ])('not with %j', (argv, problem) => {
    expect(problemsOf(...argv)).toContain(problem);
  });

  test('and is warned that it trusts its machine if it has no secret', () => {
    expect(flagsOf('--cluster.peer=127.0.0.1:9095').warnings).toEqual([expect.stringContaining('no secret')]);
    expect(flagsOf('--cluster.peer=a:1', '--cluster.secret-file=secret').warnings).toEqual([]);
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
  test('offers nothing that is not there: no UI', () => {
    expect(printed('--help')).not.toMatch(/\bUI\b/);
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
