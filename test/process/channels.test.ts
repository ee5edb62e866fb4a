/**
 * The ladder of the example with real programs at both ends: Prometheus fires, and by severity the page arrives in a
 * channel of ngircd, in a mailbox and at a Bot API; there and nowhere else.
 */
import { expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { type Arrival, LadderPlaces } from '../support/ladder-places.ts';
import { runProgram } from '../support/real-process.ts';
import { startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { startWatching, WatchedConditions } from '../support/watched-conditions.ts';

/** Scraping, evaluating and sending take a second each; all else is for slow machines. */
const timeoutMs = 45_000;

const RULES = {
  LogNoisy: { severity: 'interesting' },
  ReplicaLags: { severity: 'important' },
  DiskFull: { severity: 'urgent' },
  CertExpires: { severity: 'critical' },
  RootLogin: { severity: 'urgent', visibility: 'private' },
  BackupFails: { severity: 'urgent' },
};

/** `irc #ops: DiskFull firing`, sorted, each as often as it arrived. */
function told(arrivals: readonly Arrival[]): string[] {
  return arrivals
    .flatMap(({ place, text }) => {
      const status = /resolved/i.test(text.split('\n')[0] ?? '') ? 'resolved' : 'firing';
      const names = Object.keys(RULES).filter((name) => text.includes(name));
      return names.length === 0 ? [`${place}: ${text}`] : names.map((name) => `${place}: ${name} ${status}`);
    })
    .toSorted();
}

const ladder = (status: string) => [
  `irc #ops: CertExpires ${status}`,
  `irc #ops: DiskFull ${status}`,
  `irc #ops: LogNoisy ${status}`,
  `irc #ops: ReplicaLags ${status}`,
  `mail ops@example.org: CertExpires ${status}`,
  `mail ops@example.org: DiskFull ${status}`,
  `mail ops@example.org: ReplicaLags ${status}`,
  `mail security@example.org: RootLogin ${status}`,
  `phone 1001: DiskFull ${status}`,
  `phone 1002: RootLogin ${status}`,
];

const silenced = (status: string) => [
  `irc #ops: BackupFails ${status}`,
  `mail ops@example.org: BackupFails ${status}`,
  `phone 1001: BackupFails ${status}`,
];

describeWithPrograms(['prometheus', 'amtool', 'ngircd'], 'the ladder', () => {
  test('from Prometheus to IRC, mail and phone: by severity, firing and resolved, silenced in between', async () => {
    await using places = await LadderPlaces.start();
    await using node = await startTocsin({ config: places.config({ groupWaitMs: 100, groupIntervalMs: 1_000 }) });
    const amtool = async (...args: string[]) => {
      const { code, output, stdout } = await runProgram('amtool', [`--alertmanager.url=${node.url}`, ...args]);
      expect(code, output).toBe(0);
      return stdout.trim();
    };
    const expectTold = async (expected: readonly string[]) => {
      const soMany = () => places.arrivals.length >= expected.length;
      await eventually('as many messages as expected', soMany, { timeoutMs }).catch(() => undefined);
      expect(told(places.arrivals)).toEqual(expected.toSorted());
    };
    await using conditions = await WatchedConditions.start();
    await using _prometheus = await startWatching({ conditions, nodeUrl: node.url, rules: RULES });

    const silence = await amtool(
      'silence',
      'add',
      'alertname=BackupFails',
      '--comment=tape is changed',
      '--author=ann',
    );
    conditions.goBad(...Object.keys(RULES));
    await expectTold(ladder('firing'));
    // So often the silenced one was held back at a tick.
    const held = async () => (await new AlertApi(node.url).metric('alertmanager_notifications_suppressed_total')) ?? 0;
    await eventually('it is held back twice for each place', async () => (await held()) >= 6, { timeoutMs });
    await expectTold(ladder('firing'));

    await amtool('silence', 'expire', silence.split('\n').at(-1) ?? '');
    await expectTold([...ladder('firing'), ...silenced('firing')]);

    conditions.goWell();
    const all = [...ladder('firing'), ...silenced('firing'), ...ladder('resolved'), ...silenced('resolved')];
    await expectTold(all);
  });
});
