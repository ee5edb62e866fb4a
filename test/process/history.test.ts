/** What a node has noted outlives kill -9, and a history that is damaged stops no start. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HistoryAnswer, historyAnswer } from '../../src/shapes/history.ts';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';

const config = 'route: {receiver: nobody, group_wait: 1h}\nreceivers: [{name: nobody}]\n';

async function history({ url }: RealServer): Promise<HistoryAnswer> {
  const response = await fetch(`${url}/api/v3/history?kind=alert&kind=node`);
  return historyAnswer.parse(await response.json());
}

function namesIn({ entries }: HistoryAnswer): string[] {
  return entries.map(({ event }) => ('labels' in event ? (event.labels.alertname ?? '') : event.kind));
}

test('history survives kill -9; damaged, it is moved aside and begun anew', { timeout: 60_000 }, async () => {
  using directory = new TemporaryDirectory();
  const store = directory.join('data/history/store');
  {
    await using node = await startTocsin({ config, directory });
    await new AlertApi(node.url).post({ labels: { alertname: 'Down' } });
    const isWritten = () =>
      readdirSync(store).some((name) => readFileSync(join(store, name)).includes('checker 127.0.0.1'));
    await eventually('the record is on disk', () => isWritten() || undefined);
    await node.process.kill();
  }
  {
    await using node = await startTocsin({ config, directory });
    expect(namesIn(await history(node))).toEqual(['node', 'Down', 'node']);
    await node.process.kill();
  }
  writeFileSync(join(store, 'CURRENT'), 'nothing\n');
  await using node = await startTocsin({ config, directory });
  expect(namesIn(await history(node))).toEqual(['node']);
  expect(readdirSync(directory.join('data/history')).sort()).toEqual(['store', 'store.damaged']);
});
