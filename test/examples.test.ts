/** The ladder of examples/tocsin.yml: who is told of what, whatever the labels; what is private stays private. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { formatConfigErrors, parseConfig } from '../src/config/load.ts';
import { buildRouteTree } from '../src/dispatch/route.ts';
import type { Labels } from '../src/model/labels.ts';
import { parseWebConfig } from '../src/web-config/web-config.ts';
import { runProgram } from './support/real-process.ts';
import { describeWithPrograms } from './support/required-programs.ts';
import { Story } from './support/story.ts';
import { TemporaryDirectory } from './support/temporary-directory.ts';

const FILE = join(import.meta.dirname, '../examples/tocsin.yml');
const TEXT = readFileSync(FILE, 'utf8');

type Integration = Readonly<Record<string, unknown>>;
type Receiver = { readonly name: string } & Readonly<Record<string, readonly Integration[] | string>>;
const example: { readonly receivers: readonly Receiver[] } = parse(TEXT);

/** What a message to each integration reaches: `irc #ops`, `mail ops@example.org`, `phone 1001`. */
function placesOf(receiver: Receiver): string[] {
  const all = (key: string) => (receiver[key] ?? []) as readonly Integration[];
  return [
    ...all('telegram_configs').map(({ chat_id }) => `phone ${chat_id}`),
    ...all('email_configs').map(({ to }) => `mail ${to}`),
    ...all('irc_configs').flatMap(({ channels }) => (channels as readonly string[]).map((channel) => `irc ${channel}`)),
  ];
}

const IRC = 'irc #ops';
const LIST = 'mail ops@example.org';
const PHONE = 'phone 1001';
const SECURITY = ['phone 1002', 'mail security@example.org'];

const loaded = parseConfig(TEXT, { directory: '/etc/tocsin' });
if (!loaded.ok) throw new Error(formatConfigErrors(FILE, loaded.errors));
const tree = buildRouteTree(loaded.config.route);

/** Each place as often as it is told. */
function placesFor(labels: Labels): string[] {
  return tree.match(labels).flatMap(({ receiver }) => {
    const found = example.receivers.find(({ name }) => name === receiver);
    return found ? placesOf(found) : expect.unreachable(`there is no receiver ${receiver}`);
  });
}

const LADDER = ['interesting', 'important', 'urgent'];
/** Slips of the pen that must let nothing out. */
const PRIVATE = [
  'private',
  'Private',
  'PRIVATE',
  'private ',
  ' private',
  '"private"',
  'privat',
  'secret',
  ' ',
  'true',
  'Public',
  'public\n',
];
const word = fc.oneof(fc.constantFrom(...LADDER, 'critical', ...PRIVATE, 'public', ''), fc.string({ maxLength: 12 }));
const labelName = fc.constantFrom('alertname', 'instance', 'job', 'team', 'severity', 'visibility', 'priority');
/** Any labels, with those that decide about the ladder among them more often than by chance. */
const anyLabels: fc.Arbitrary<Labels> = fc.dictionary(labelName, word, { noNullPrototype: true });

const isPublic = ({ visibility = '' }: Labels) => visibility === '' || visibility === 'public';

describe('the ladder', () => {
  test.each([
    ['interesting', [IRC]],
    ['important', [LIST, IRC]],
    ['urgent', [PHONE, LIST, IRC]],
  ])('%s is told to exactly %j, whatever else is on the alert', (severity, places) => {
    fc.assert(
      fc.property(anyLabels, (labels) => {
        fc.pre(isPublic(labels));
        expect(placesFor({ ...labels, severity }).toSorted()).toEqual(places.toSorted());
      }),
    );
  });

  test('any other severity, or none, is told to the default receiver, and so to the list and the channel', () => {
    fc.assert(
      fc.property(anyLabels, (labels) => {
        fc.pre(isPublic(labels) && !LADDER.includes(labels.severity ?? ''));
        expect(tree.match(labels)).toEqual([tree.root]);
        expect(placesFor(labels).toSorted()).toEqual([IRC, LIST]);
      }),
    );
  });

  test.each(PRIVATE)(
    'with visibility %j only one phone and one mailbox are told, never IRC or the list',
    (visibility) => {
      fc.assert(
        fc.property(anyLabels, (labels) => {
          expect(placesFor({ ...labels, visibility }).toSorted()).toEqual(SECURITY.toSorted());
        }),
      );
      expect([IRC, LIST, PHONE].filter((place) => SECURITY.includes(place))).toEqual([]);
    },
  );

  test('with any other word for visibility too', () => {
    fc.assert(
      fc.property(anyLabels, fc.string({ minLength: 1 }), (labels, visibility) => {
        fc.pre(!isPublic({ visibility }));
        expect(placesFor({ ...labels, visibility }).toSorted()).toEqual(SECURITY.toSorted());
      }),
    );
  });

  test('no severity is forgotten: the file loads without a warning', () => {
    expect(loaded).toMatchObject({ warnings: [] });
  });

  test.each(LADDER)('without the rung that names %s there is a warning', (severity) => {
    const [routes = '', rest] = TEXT.split('\nreceivers:');
    const result = parseConfig(`${routes.replaceAll(severity, 'nobody')}\nreceivers:${rest}`);
    expect(result.ok ? result.warnings.join() : result.errors).toContain(`no route takes severity="${severity}"`);
  });
});

/** The example on a node in virtual time, with a webhook in place of each place. */
async function beginStory(): Promise<Story> {
  const receivers = example.receivers.map((receiver) => ({
    name: receiver.name,
    webhook_configs: placesOf(receiver).map((place) => ({ url: `http://${hostOf(place)}/` })),
  }));
  return Story.begin(stringify({ ...example, receivers }));
}

const hostOf = (place: string) => `${place.replace(/[^a-z0-9]/g, '-').replace(/-+/g, '-')}.test`;

/** `minutes:seconds kind alertname/instance status, …`, in order, once the names of places are cut down to their kind. */
function news(story: Story): string[] {
  return story.news().map((line) => line.replace(/ \S+?\/?(irc|mail|phone)-\S+: .*?: /, ' $1 '));
}

const disk = { alertname: 'DiskFull', instance: 'db1', mountpoint: '/' };

describe('in time', () => {
  test('an urgent alert is everywhere after ten seconds, on the phone every quarter of an hour, elsewhere every hour', async () => {
    await using story = await beginStory();
    await story.fire({ ...disk, severity: 'urgent' });
    await story.passes('11s');
    expect(news(story).toSorted()).toEqual([
      '0:10 irc DiskFull/db1 firing',
      '0:10 mail DiskFull/db1 firing',
      '0:10 phone DiskFull/db1 firing',
    ]);
    await story.passes('59m');
    expect(news(story)).toEqual([
      '15:10 phone DiskFull/db1 firing',
      '30:10 phone DiskFull/db1 firing',
      '45:10 phone DiskFull/db1 firing',
    ]);
    await story.passes('2m');
    expect(news(story).toSorted()).toEqual([
      '60:10 irc DiskFull/db1 firing',
      '60:10 mail DiskFull/db1 firing',
      '60:10 phone DiskFull/db1 firing',
    ]);
    await story.resolve({ ...disk, severity: 'urgent' });
    await story.passes('1m');
    expect(news(story).toSorted()).toEqual([
      '62:10 irc DiskFull/db1 resolved',
      '62:10 mail DiskFull/db1 resolved',
      '62:10 phone DiskFull/db1 resolved',
    ]);
  });

  test('the urgent alert speaks for the important one of the same thing, and for no other', async () => {
    await using story = await beginStory();
    await story.fire({ ...disk, severity: 'urgent' });
    await story.fire({ ...disk, severity: 'important' });
    await story.fire({ ...disk, severity: 'interesting' });
    await story.fire({ ...disk, severity: 'important', mountpoint: '/var', instance: 'db1' });
    await story.passes('11s');
    expect(news(story).toSorted()).toEqual([
      '0:10 irc DiskFull/db1 firing',
      '0:10 irc DiskFull/db1 firing',
      '0:10 mail DiskFull/db1 firing',
      '0:10 mail DiskFull/db1 firing',
      '0:10 phone DiskFull/db1 firing',
    ]);
  });

  test('a private alert keeps no public one quiet', async () => {
    await using story = await beginStory();
    await story.fire({ ...disk, severity: 'urgent', visibility: 'private' });
    await story.fire({ ...disk, severity: 'important' });
    await story.passes('11s');
    expect(
      story
        .told()
        .map((line) => line.split(': ')[0]?.split(' ')[1])
        .toSorted(),
    ).toEqual([
      expect.stringMatching(/^irc\/?/),
      expect.stringMatching(/^list\/mail-ops/),
      expect.stringMatching(/^security\/mail-security/),
      expect.stringMatching(/^security\/phone-1002/),
    ]);
  });
});

test('examples/web.yml is a web configuration without a mistake', () => {
  const text = readFileSync(join(import.meta.dirname, '../examples/web.yml'), 'utf8');
  expect(parseWebConfig(text, { directory: '/etc/tocsin' })).toMatchObject({
    ok: true,
    warnings: [],
    config: { tls: { cert: { path: '/etc/tocsin/server.crt' } }, users: new Map([['prometheus', expect.anything()]]) },
  });
});

/** amtool does not know them. */
function withoutIrc(text: string): string {
  const config = parse(text) as { readonly receivers: readonly Receiver[] };
  return stringify({ ...config, receivers: config.receivers.map(({ irc_configs: _, ...receiver }) => receiver) });
}

describeWithPrograms(['amtool'], 'amtool', () => {
  test.each([
    ['the example', TEXT],
    ['what we show of it', loaded.config.shown],
  ])('reads %s, but for irc_configs, and routes as we do', async (_what, text) => {
    using directory = new TemporaryDirectory();
    const file = directory.write('tocsin.yml', withoutIrc(text));
    expect((await runProgram('amtool', ['check-config', file])).output).toContain('SUCCESS');
    const questions = [...LADDER, 'critical'].flatMap((severity) => [
      { severity },
      { severity, visibility: 'private' },
      { severity, visibility: 'Private' },
      { severity, visibility: 'public' },
    ]);
    for (const labels of questions) {
      const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const routed = await runProgram('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...words]);
      expect(routed.stdout.trim().split(',')).toEqual(tree.match(labels).map(({ receiver }) => receiver));
    }
  });
});
