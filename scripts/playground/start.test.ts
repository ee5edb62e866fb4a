/** How `npm start` makes a whole of its parts: the copy of the ladder, the node's command line, what it says. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { greeting, movedPorts } from './greeting.ts';
import { channelsOf, EXAMPLE_PORTS, withPorts } from './ladder-copy.ts';
import { dataDirectory, expectedPorts, nodeArguments, nodeUrl, type Plan, planNodes } from './node-plan.ts';
import { claimRecord, readRecord } from './record.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../examples/tocsin.yml'), 'utf8');
const PORTS = { irc: 26667, smtp: 21025, botApi: 28081 };

describe('the copy of the ladder', () => {
  test('differs from the example by the ports alone, wherever they stand', () => {
    const moved = withPorts(EXAMPLE, PORTS);
    const text = JSON.stringify(parse(moved));
    expect(text).toContain('"port":26667');
    expect(text).toContain('"127.0.0.1:21025"');
    expect(text).toContain('"http://127.0.0.1:28081"');
    expect(text).not.toMatch(/\b(6667|1025|8081)\b/);
    expect(
      parse(
        withPorts(
          moved.replaceAll('26667', '6667').replaceAll('21025', '1025').replaceAll('28081', '8081'),
          EXAMPLE_PORTS,
        ),
      ),
    ).toEqual(parse(EXAMPLE));
  });

  test('leaves other addresses alone', () => {
    const text = 'a: 127.0.0.1:10250\nb: 127.0.0.1:1025\nc: http://10.0.0.1:8081/\nd: {port: 6667}\n';
    expect(parse(withPorts(text, PORTS))).toEqual({
      a: '127.0.0.1:10250',
      b: '127.0.0.1:21025',
      c: 'http://10.0.0.1:8081/',
      d: { port: 6667 },
    });
  });

  test('names the channels of the example, without their keys', () => {
    expect(channelsOf(EXAMPLE)).toContain('#ops');
    expect(channelsOf("irc_configs: [{channels: ['#a secret', '#b']}, {channels: ['#a']}]")).toEqual(['#a', '#b']);
  });
});

describe('the plan', () => {
  test('gives each of three nodes two ports of its own, one after the other', async () => {
    const { nodes, wantedPorts } = await planNodes(['--web.listen-address=127.0.0.1:25301']);
    const ports = nodes.flatMap(({ webAddress, clusterPort }) => [Number(webAddress.split(':')[1]), clusterPort]);
    expect(nodes.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(new Set(ports).size).toBe(6);
    expect(ports).toEqual(ports.toSorted((one, other) => one - other));
    expect(wantedPorts).toEqual([25301, 25303, 25305]);
  });

  test('gives no two playgrounds the same data, whatever ports their nodes have', () => {
    expect(dataDirectory([], 9080)).not.toBe(dataDirectory([], 9081));
    expect(dataDirectory(['--storage.path', '/d'], 9080)).toBe('/d');
  });

  test('where any port will do expects none', async () => {
    const plan = await planNodes(['--web.listen-address=127.0.0.1:0']);
    expect(plan.nodes.map(({ webAddress }) => webAddress)).toEqual(Array(3).fill('127.0.0.1:0'));
    expect(new Set(plan.nodes.map(({ clusterPort }) => clusterPort)).size).toBe(3);
    expect(expectedPorts(plan).wanted).toEqual({});
  });

  test.each([
    ['--cluster.peer=127.0.0.1:1', /--cluster\.peer cannot be given/],
    ['--web.listen-address=somewhere', /HOST:PORT/],
  ])('refuses %s', async (flag, words) => {
    await expect(planNodes([flag])).rejects.toThrow(words);
  });
});

describe('a node is given', () => {
  const node = (number: number) => ({
    number,
    webAddress: `127.0.0.1:${9091 + 2 * number}`,
    clusterPort: 9092 + 2 * number,
  });
  const plan: Plan = { nodes: [1, 2, 3].map(node), wantedPorts: [] };
  const needs = { plan, directory: '/data', configFile: '/example.yml' };

  test('an address, a place for its data, the example, its name, the secret and the other two as peers', () => {
    expect(nodeArguments([], node(2), needs)).toEqual([
      '--config.file=/example.yml',
      '--web.external-url=http://127.0.0.1:9095',
      '--storage.path=/data/node-2',
      '--web.listen-address=127.0.0.1:9095',
      '--cluster.peer-name=node-2',
      '--cluster.secret-file=/data/cluster-secret',
      '--cluster.listen-address=127.0.0.1:9096',
      '--cluster.peer=127.0.0.1:9094',
      '--cluster.peer=127.0.0.1:9098',
    ]);
  });

  test('what the caller says instead, in either spelling, but for what cannot be the same for all', () => {
    const given = [
      '--config.file',
      'own.yml',
      '--web.listen-address',
      ':80',
      '--storage.path=/own',
      '--log.level',
      'debug',
    ];
    const args = nodeArguments(given, node(1), needs);
    expect(args.slice(-4)).toEqual(['--config.file', 'own.yml', '--log.level', 'debug']);
    expect(args.filter((arg) => /listen-address|storage|:80|own$/.test(arg))).toEqual([
      '--storage.path=/data/node-1',
      '--web.listen-address=127.0.0.1:9093',
      '--cluster.listen-address=127.0.0.1:9094',
    ]);
  });

  test('the address it had when it comes back', () => {
    const args = nodeArguments([], node(1), { ...needs, formerAddress: '127.0.0.1:31001' });
    expect(args).toContain('--web.listen-address=127.0.0.1:31001');
    expect(args).toContain('--web.external-url=http://127.0.0.1:31001');
  });
});

test.each([
  ['127.0.0.1:9093', [], 'http://127.0.0.1:9093'],
  ['[::]:80', [], 'http://127.0.0.1:80'],
  ['0.0.0.0:80', ['--web.route-prefix=/alerts/'], 'http://127.0.0.1:80/alerts'],
  [':80', ['--web.external-url', 'https://example.org/am'], 'http://127.0.0.1:80/am'],
  ['[::1]:80', [], 'http://[::1]:80'],
])('a node that listens on %s with %j is reached at %s', (address, given, url) => {
  expect(nodeUrl(address, given)).toBe(url);
});

test('the greeting names every address and the commands that work with this node', () => {
  const text = greeting({
    nodeUrls: ['http://127.0.0.1:9099', 'http://127.0.0.1:9101', 'http://127.0.0.1:9103'],
    inboxUrl: 'http://127.0.0.1:9081',
    isSecond: false,
    ports: PORTS,
    channels: ['#ops'],
    configFile: '/example.yml',
    fireCommand: 'npm run fire -- --url http://127.0.0.1:9099',
    resolveCommand: 'npm run resolve -- --url http://127.0.0.1:9099',
  });
  for (const address of [
    'http://127.0.0.1:9101',
    'http://127.0.0.1:9103',
    '127.0.0.1:26667',
    '127.0.0.1:21025',
    '127.0.0.1:28081',
    'http://127.0.0.1:9081/',
    '#ops',
  ]) {
    expect(text).toContain(address);
  }
  expect(text).toContain('npm run fire -- --url http://127.0.0.1:9099 --severity urgent');
  const body = /-d '(.*)' http:\/\/127\.0\.0\.1:9099\/api\/v2\/alerts$/m.exec(text)?.[1] ?? '';
  expect(JSON.parse(body)).toMatchObject([{ labels: { severity: 'urgent' } }]);
});

test('a port that was taken is named with the one in its place', () => {
  expect(movedPorts({ 'the inbox': 9080, 'node 1': 9093 }, { 'the inbox': 9080, 'node 1': 9095 })).toEqual([
    'Port 9093 is taken; node 1 listens on 9095 instead.\n',
  ]);
});

describe('the record of the running playground', () => {
  const record = {
    pid: process.pid,
    inboxUrl: 'http://127.0.0.1:9080',
    token: 'a token',
    nodes: [{ number: 1, url: 'http://127.0.0.1:9093' }],
  };

  test('is there while it runs', () => {
    using directory = new TemporaryDirectory();
    const file = directory.join('playground.json');
    {
      using claim = claimRecord(file, record);
      expect(claim).toBeDefined();
      expect(readRecord(file)).toEqual(record);
      expect(statSync(file).mode & 0o077).toBe(0);
    }
    expect(readRecord(file)).toBeUndefined();
  });

  test('belongs to the first of two; one that was killed leaves its place', () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('playground.json', JSON.stringify({ ...record, inboxUrl: 'http://first/' }));
    expect(claimRecord(file, record)).toBeUndefined();
    directory.write('playground.json', JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));
    using claim = claimRecord(file, record);
    expect(claim).toBeDefined();
    expect(readRecord(file)).toEqual(record);
  });

  test('that is damaged or cannot be written stops nothing', () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('playground.json', '{"pid": -1');
    expect(readRecord(file)).toBeUndefined();
    expect(claimRecord(join(file, 'below/a-file'), record)).toBeUndefined();
  });
});
