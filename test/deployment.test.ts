/** Whoever is to read them accepts docker-compose.yml and the examples, and they say what they are meant to say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../src/config/load.ts';
import { parseServerFlags, type ServerFlags } from '../src/flags.ts';
import { runProgram } from './support/real-process.ts';
import { describeWithPrograms } from './support/required-programs.ts';
import { TemporaryDirectory } from './support/temporary-directory.ts';

const REPOSITORY = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');
const NODES = ['tocsin-1', 'tocsin-2', 'tocsin-3'];

/** Of a command line that is to start a node without a word of warning. */
function flagsOf(words: readonly string[]): ServerFlags {
  const line = parseServerFlags(words);
  if (line.kind !== 'run') return expect.unreachable(JSON.stringify(line));
  expect(line.flags.warnings).toEqual([]);
  return line.flags;
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly labels?: { readonly severity?: string };
      annotations?: { readonly summary?: string };
    }[];
  }[];
}

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly hostname?: string;
  readonly build?: string;
  readonly healthcheck?: unknown;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string; readonly cpus: string } } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

describe('docker-compose.yml', () => {
  const { services, secrets, volumes }: Compose = parse(read('docker-compose.yml'), { merge: true });
  const named = (prefix: string) =>
    Object.entries(services).flatMap(([name, service]) => (name.startsWith(prefix) ? [service] : []));

  test('has three nodes that know each other and share a secret, each with a volume of its own', () => {
    const nodes = named('tocsin-');
    expect(nodes.map(({ hostname }) => hostname)).toEqual(NODES);
    for (const { command = [] } of nodes) {
      const flags = flagsOf(command);
      expect(flags.clusterPeers).toEqual(NODES.map((name) => `${name}:9094`));
      expect(flags).toMatchObject({ storagePath: '/data', clusterSecretFile: '/run/secrets/cluster' });
    }
    expect(secrets.cluster?.file).toBe('./secrets/cluster');
    const data = nodes.flatMap((node) => node.volumes.filter((volume) => volume.endsWith(':/data')));
    expect(new Set(data).size).toBe(3);
    expect(nodes.map(({ read_only }) => read_only)).toEqual([true, true, true]);
  });

  test('has three Prometheus servers that read the example', () => {
    const files = named('prometheus-').map((server) => server.volumes.filter((volume) => volume.startsWith('./')));
    const both = [
      './examples/prometheus.yml:/etc/prometheus/prometheus.yml:ro',
      './examples/rules:/etc/prometheus/rules:ro',
    ];
    expect(files).toEqual([both, both, both]);
  });

  test('everything in it is started again, kept within bounds, looked after, and open to this machine only', () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.restart, service.deploy?.resources.limits.memory]).toEqual([
        name,
        'always',
        expect.stringMatching(/^\d+[MG]$/),
      ]);
      // What is built here brings its own.
      expect([name, 'healthcheck' in service || 'build' in service]).toEqual([name, true]);
      expect([name, service.ports.filter((port) => !port.startsWith('127.0.0.1:'))]).toEqual([name, []]);
    }
    const published = Object.values(services).flatMap(({ ports }) => ports.map((port) => port.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
  });

  test('what it mounts is there: files in the repository, volumes in its list', () => {
    const sources = Object.values(services).flatMap((service) =>
      service.volumes.map((each) => each.split(':')[0] ?? ''),
    );
    const files = sources.filter((source) => source.startsWith('./'));
    expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
    expect(new Set(sources.filter((source) => !source.startsWith('./')))).toEqual(new Set(Object.keys(volumes)));
  });

  test('its nodes tell by the ladder: the configuration has no mistake and no doubt', async () => {
    const loaded = await loadConfig(join(REPOSITORY, 'examples/compose/tocsin.yml'), { matcherMode: 'fallback' });
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
    const routes = (path: string) => parse(read(path)).route;
    expect(routes('examples/compose/tocsin.yml')).toEqual(routes('examples/tocsin.yml'));
  });
});

describeWithPrograms(['docker-compose'], 'docker compose', () => {
  test('accepts the file', async () => {
    const { code, stdout, output } = await runProgram('docker-compose', ['config'], { cwd: REPOSITORY });
    expect(code, output).toBe(0);
    const names = (text: string) => Object.keys(parse(text, { merge: true }).services).toSorted();
    expect(names(stdout)).toEqual(names(read('docker-compose.yml')));
  });
});

describe('tocsin.service', () => {
  const text = read('examples/tocsin.service');
  /** Without what it begins with: the programs. */
  const flags = flagsOf(
    /^ExecStart=(?<words>(?:.*\\\n)*.*)$/m
      .exec(text)
      ?.groups?.words?.split(/[\s\\]+/)
      .slice(2) ?? [],
  );

  test('starts a member of a cluster of three, with a secret that only it can read', () => {
    expect(flags.clusterPeers).toEqual(NODES.map((name) => `${name}.example.org:9094`));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd's.
    expect(flags.clusterSecretFile).toBe('${CREDENTIALS_DIRECTORY}/cluster-secret');
    expect(text).toContain('\nLoadCredential=cluster-secret:/etc/tocsin/cluster-secret\n');
  });

  test('the NixOS module gives a node the same flags', () => {
    const module = read('examples/tocsin.nix');
    const names = (source: string) => new Set(source.match(/--(?:config|storage|web|cluster)\.[a-z.-]+(?==)/g));
    const exposed = [...names(text)].filter((name) => !names(module).has(name));
    expect(exposed).toEqual([]);
  });
});

describeWithPrograms(['systemd-analyze'], 'systemd', () => {
  const file = join(REPOSITORY, 'examples/tocsin.service');

  test('finds the unit confined: exposed to 2.0 of 10 at most', async () => {
    const { code, output } = await runProgram('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=20',
      file,
    ]);
    expect(code, output).toBe(0);
  });
});

describeWithPrograms(['promtool'], 'promtool', () => {
  test('accepts prometheus.yml and every file of rules', async () => {
    const { code, output } = await runProgram('promtool', [
      'check',
      'config',
      join(REPOSITORY, 'examples/prometheus.yml'),
    ]);
    expect(code, output).toBe(0);
    expect(output).toContain(`${readdirSync(join(REPOSITORY, 'examples/rules')).length} rule files found`);
  });

  test('a split is told of by whoever does not see all that run, a node that is down by its being down', async () => {
    using directory = new TemporaryDirectory();
    const members = (instance: string, values: string) => ({
      series: `alertmanager_cluster_members{job="tocsin", instance="${instance}"}`,
      values,
    });
    const up = (instance: string, values: string) => ({ series: `up{job="tocsin", instance="${instance}"}`, values });
    const at = (eval_time: string, alertname: string, ...instances: string[]) => ({
      ...{ eval_time, alertname },
      exp_alerts: instances.map((instance) => ({ exp_labels: { job: 'tocsin', instance, severity: 'important' } })),
    });
    const rules: Rules = parse(read('examples/rules/tocsin.yml'));
    // promtool compares the words, too.
    for (const rule of rules.groups.flatMap((group) => group.rules)) delete rule.annotations;
    directory.write('rules.yml', stringify(rules));
    // For ten minutes all is well, for ten the third is cut off, for ten it is down.
    const file = directory.write(
      'story.yml',
      stringify({
        rule_files: ['rules.yml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [
              ...[up('a', '1x29'), up('b', '1x29'), up('c', '1x19 0x9')],
              ...[members('a', '3x9 2x19'), members('b', '3x9 2x19'), members('c', '3x9 1x9 _x9')],
            ],
            alert_rule_test: [
              ...[at('9m', 'TocsinSplit'), at('9m', 'TocsinDown')],
              ...[at('18m', 'TocsinSplit', 'a', 'b', 'c'), at('18m', 'TocsinDown')],
              ...[at('28m', 'TocsinSplit'), at('28m', 'TocsinDown', 'c')],
            ],
          },
        ],
      }),
    );
    const { code, output } = await runProgram('promtool', ['test', 'rules', file]);
    expect(code, output).toBe(0);
  });
});

test('every rule has a severity of the ladder and says what is wrong, and docs/operations.md what to do', () => {
  const { groups }: Rules = parse(read('examples/rules/tocsin.yml'));
  const operations = read('docs/operations.md');
  for (const { alert, labels, annotations } of groups.flatMap(({ rules }) => rules)) {
    expect(['interesting', 'important', 'urgent'], alert).toContain(labels?.severity);
    expect(annotations?.summary, alert).toBeTruthy();
    expect(operations, alert).toContain(`\`${alert}\``);
  }
});

test('Prometheus tells all nodes, and drops on the way what tells its servers apart', () => {
  const { alerting, global } = parse(read('examples/prometheus.yml'));
  expect(alerting.alertmanagers[0].static_configs[0].targets).toEqual(NODES.map((name) => `${name}:9093`));
  expect(alerting.alert_relabel_configs).toEqual([{ regex: 'replica', action: 'labeldrop' }]);
  expect(Object.keys(global.external_labels)).toEqual(['replica']);
});
