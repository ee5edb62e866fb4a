/** How `npm start` makes a whole of its parts: the copy of the ladder, the node's command line, what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { greeting, movedPorts } from './greeting.ts';
import { channelsOf, EXAMPLE_PORTS, withPorts } from './ladder-copy.ts';
import { nodeArguments, nodeUrl } from './node-arguments.ts';
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

describe('the node is given', () => {
  const defaults = { configFile: '/example.yml', port: 9094 };

  test('an address, a place for its data and the example, and no cluster', () => {
    expect(nodeArguments([], defaults)).toEqual([
      '--config.file=/example.yml',
      expect.stringMatching(/^--storage\.path=.*node-9094$/),
      '--web.listen-address=127.0.0.1:9094',
      '--web.external-url=http://127.0.0.1:9094',
      '--cluster.listen-address=',
    ]);
  });

  test('what the caller says instead, in either spelling', () => {
    const given = ['--config.file', 'own.yml', '--web.listen-address=:80', '--log.level', 'debug'];
    const args = nodeArguments(given, defaults);
    expect(args.slice(-5)).toEqual(given);
    expect(args.join(' ')).not.toMatch(/example\.yml|127\.0\.0\.1/);
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
    nodeUrl: 'http://127.0.0.1:9094',
    inboxUrl: 'http://127.0.0.1:9081',
    ports: PORTS,
    channels: ['#ops'],
    configFile: '/example.yml',
    fireCommand: 'npm run fire -- --url http://127.0.0.1:9094',
    resolveCommand: 'npm run resolve -- --url http://127.0.0.1:9094',
  });
  for (const address of ['127.0.0.1:26667', '127.0.0.1:21025', '127.0.0.1:28081', 'http://127.0.0.1:9081/', '#ops']) {
    expect(text).toContain(address);
  }
  expect(text).toContain('npm run fire -- --url http://127.0.0.1:9094 --severity urgent');
  const body = /-d '(.*)' http:\/\/127\.0\.0\.1:9094\/api\/v2\/alerts$/m.exec(text)?.[1] ?? '';
  expect(JSON.parse(body)).toMatchObject([{ labels: { severity: 'urgent' } }]);
});

test('a port that was taken is named with the one in its place', () => {
  expect(movedPorts({ inbox: 9080, node: 9093 }, { inbox: 9080, node: 9095 })).toEqual([
    'Port 9093 is taken; the node listens on 9095 instead.\n',
  ]);
});

describe('the record of the running playground', () => {
  const record = { pid: process.pid, nodeUrl: 'http://127.0.0.1:9093', inboxUrl: 'http://127.0.0.1:9080' };

  test('is there while it runs', () => {
    using directory = new TemporaryDirectory();
    const file = directory.join('playground.json');
    {
      using claim = claimRecord(file, record);
      expect(claim).toBeDefined();
      expect(readRecord(file)).toEqual(record);
    }
    expect(readRecord(file)).toBeUndefined();
  });

  test('belongs to the first of two; one that was killed leaves its place', () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('playground.json', JSON.stringify({ ...record, nodeUrl: 'http://first/' }));
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
