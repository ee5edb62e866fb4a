/** What a node says and shows about itself from its first moment. */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { BreakableStore } from '../test/support/breakable-store.ts';
import { Story } from '../test/support/story.ts';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { type AppDependencies, startApp } from './app.ts';
import { parseServerFlags } from './flags.ts';

const NOBODY = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';
const TEAM = "route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: 'http://team.test/'}]}]\n";

/** The log of a node that starts and stops. */
async function logOf(
  flags: readonly string[],
  damage?: Awaited<ReturnType<NonNullable<AppDependencies['openStore']>>>['damage'],
): Promise<Record<string, unknown>[]> {
  using directory = new TemporaryDirectory();
  const line = parseServerFlags([`--config.file=${directory.write('tocsin.yml', NOBODY)}`, ...flags]);
  if (line.kind !== 'run') throw new Error(JSON.stringify(line));
  const log: Record<string, unknown>[] = [];
  const logger = pino({ base: null, messageKey: 'msg' }, { write: (json: string) => log.push(JSON.parse(json)) });
  const { store } = new BreakableStore();
  const app = await startApp(
    {
      system: new VirtualSystem(),
      logger,
      openStore: async (load) => {
        await load(store);
        return { store, ...(damage && { damage }) };
      },
    },
    { flags: { ...line.flags, webListenAddresses: [] } },
  );
  await app.stop();
  return log;
}

describe('the log of a start', () => {
  test('says how much a repair has kept, also if that is nothing', async () => {
    const log = await logOf([], { movedTo: 'aside', repaired: true, message: 'Corruption' });
    expect(log).toContainEqual(expect.objectContaining({ alerts: 0, silences: 0, logEntries: 0 }));
  });
});

test('a failure of an integration can be seen coming: its counters are there at zero, also after a reload', async () => {
  const failed = 'alertmanager_notifications_failed_total{integration="webhook",reason="other"}';
  await using started = await Story.begin(TEAM);
  expect(await started.metric(failed)).toBe(0);
  await using reloaded = await Story.begin(NOBODY);
  expect(await reloaded.metric(failed)).toBeUndefined();
  await reloaded.reload(TEAM);
  expect(await reloaded.metric(failed)).toBe(0);
});
