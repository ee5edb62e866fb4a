/** One slow or dead channel delays no other: each is broken in turn, and how late the others are is measured. */
import { expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { type Arrival, type Haste, LadderPlaces } from '../support/ladder-places.ts';
import { startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';

/** The next tick comes long after what must have arrived by then: it must not be what saves a channel that waited. */
const HASTE: Haste = { groupWaitMs: 100, groupIntervalMs: 4_000 };
/** Many times what it takes when nothing is broken, and far below the shortest deadline of an attempt. */
const LATEST_MS = 2_500;

type Channel = 'irc' | 'mail' | 'phone';

const ALERTS = [
  { alertname: 'DiskFull', severity: 'urgent', instance: 'db1' },
  { alertname: 'LogNoisy', severity: 'interesting', instance: 'db1' },
  { alertname: 'RootLogin', severity: 'urgent', visibility: 'private', instance: 'db1' },
];
/** Where they go: a private one and another group among them, so that more than the channels of one group are seen. */
const TOLD = [
  'irc #ops DiskFull',
  'irc #ops LogNoisy',
  'mail ops@example.org DiskFull',
  'mail security@example.org RootLogin',
  'phone 1001 DiskFull',
  'phone 1002 RootLogin',
];

/** `phone 1001 DiskFull`. */
function what({ place, text }: Arrival): string {
  return `${place} ${ALERTS.find(({ alertname }) => text.includes(alertname))?.alertname}`;
}

/** How long after being due the messages arrived that should have, the latest of each channel. */
async function measure(
  places: LadderPlaces,
  { broken, dueMs, after }: { broken: Channel | undefined; dueMs: number; after: number },
): Promise<ReadonlyMap<Channel, number>> {
  const expected = TOLD.filter((told) => broken === undefined || !told.startsWith(broken));
  const news = () => places.arrivals.slice(after);
  await eventually('all that do not go to the broken channel', () => {
    const arrived = news().map(what);
    return expected.every((told) => arrived.includes(told));
  });
  const late = new Map<Channel, number>();
  for (const arrival of news()) {
    const channel = arrival.place.split(' ')[0] as Channel;
    late.set(channel, Math.max(late.get(channel) ?? 0, Math.round(arrival.atMs - dueMs)));
  }
  return late;
}

const SCENARIOS: readonly [what: string, broken: Channel | undefined, breakIt: (places: LadderPlaces) => void][] = [
  ['nothing is broken', undefined, () => undefined],
  [
    'the mail server takes a mail and never answers',
    'mail',
    (places) => {
      places.mailAnswer = 'hang';
    },
  ],
  ['the IRC server is frozen', 'irc', ({ irc }) => irc.process.signal('SIGSTOP')],
  ['the IRC server is gone', 'irc', ({ irc }) => irc.process.signal('SIGKILL')],
  ['the Bot API takes calls and never answers', 'phone', ({ botApi }) => botApi.behave(() => new Promise(() => {}))],
];

describeWithPrograms(['ngircd'], 'while one channel is broken the others are told in time', () => {
  // Side by side, each with a node and servers of its own: they mostly wait.
  test.concurrent.each(SCENARIOS)('%s', async (scenario, broken, breakIt) => {
    await using places = await LadderPlaces.start();
    await using node = await startTocsin({ config: places.config(HASTE) });
    const api = new AlertApi(node.url);
    // The first message waits for the channel to be joined; that is not what is measured.
    await api.post({ labels: { alertname: 'Warm', severity: 'interesting' } });
    await eventually('the channel is joined', () => places.arrivals.length === 1);

    breakIt(places);
    const postedMs = performance.now();
    await api.post(...ALERTS.map((labels) => ({ labels })));
    const firingLate = await measure(places, { broken, dueMs: postedMs + HASTE.groupWaitMs, after: 1 });
    // The next tick finds the broken channel still busy with the last one.
    const soFar = places.arrivals.length;
    const tickMs = postedMs + HASTE.groupWaitMs + HASTE.groupIntervalMs;
    await api.post(...ALERTS.map((labels) => ({ labels, endsAt: new Date().toISOString() })));
    const resolvedLate = await measure(places, { broken, dueMs: tickMs, after: soFar });

    const shown = (late: ReadonlyMap<Channel, number>) => [...late].map(([name, ms]) => `${name} ${ms} ms`).join(', ');
    process.stdout.write(
      `${scenario}: late when firing: ${shown(firingLate)}; when resolved: ${shown(resolvedLate)}\n`,
    );
    expect(Math.max(...firingLate.values())).toBeLessThan(LATEST_MS);
    expect(Math.max(...resolvedLate.values())).toBeLessThan(LATEST_MS);
  });
});
