/**
 * Configurations from a seed, right and slightly wrong ones: Tocsin takes those that Alertmanager's amtool takes and no
 * others, and what it shows of them amtool reads again. In the classic mode, the only one amtool 0.25 knows.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatConfigErrors, parseConfig } from '../../src/config/load.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { generateConfigs } from './config-generator.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const CONFIGS = 300;
/** Another seed shows other configurations; a difference is replayed with the seed it was found with. */
const SEED = Number(process.env.CONFIG_SEED ?? 20261121);

describe('amtool', () => {
  let configs: readonly { readonly text: string; readonly ours: ReturnType<typeof parseConfig> }[] = [];
  beforeAll(() => {
    if (spawnSync('amtool', ['--version']).error) {
      throw new Error('amtool is missing: install the Debian package prometheus-alertmanager');
    }
    configs = generateConfigs(CONFIGS, SEED).map((text) => ({
      text,
      ours: parseConfig(text, { directory: '/etc/tocsin', matcherMode: 'classic' }),
    }));
  });

  test('takes the same configurations as we do', async () => {
    const verdicts = await amtoolVerdicts(configs.map(({ text }) => text));
    const differences = configs.flatMap(({ text, ours }, index) => {
      const theirs = verdicts[index];
      if (ours.ok === (theirs === 'SUCCESS')) return [];
      return [{ text, amtool: theirs, tocsin: ours.ok ? 'SUCCESS' : formatConfigErrors('', ours.errors) }];
    });
    expect(differences, `with CONFIG_SEED=${SEED}`).toEqual([]);
    // Else the generator has gone astray, and the comparison says little.
    const taken = verdicts.filter((verdict) => verdict === 'SUCCESS').length;
    expect(taken).toBeGreaterThan(CONFIGS / 4);
    expect(taken).toBeLessThan((CONFIGS * 3) / 4);
  });

  test('reads what we show', async () => {
    const shown = configs.flatMap(({ ours }) => (ours.ok ? [ours.config.shown] : []));
    const verdicts = await amtoolVerdicts(shown);
    expect(shown.filter((_text, index) => verdicts[index] !== 'SUCCESS')).toEqual([]);
  });

  // examples/tocsin.yml has irc_configs, which amtool does not know: test/examples.test.ts asks it about the rest.
  test.each(['src/config/fixtures/large-installation.yml'])(
    'routes alerts the same with %s and with what we show of it',
    async (name) => {
      const file = join(REPOSITORY, name);
      const result = parseConfig(readFileSync(file, 'utf8'), { directory: '/etc/tocsin' });
      if (!result.ok) throw new Error(formatConfigErrors(name, result.errors));
      using directory = new TemporaryDirectory();
      const shown = directory.write('shown.yml', result.config.shown);
      for (const command of [
        ['show'],
        ['test', 'service=foo1', 'severity=critical'],
        ['test', 'service=files', 'severity=warning', 'owner=team-Y'],
        ['test', 'severity=interesting'],
      ]) {
        expect(await routes(shown, command)).toBe(await routes(file, command));
      }
    },
  );
});

/** `SUCCESS`, `FAILED: reason`, or undefined where amtool crashed, which it does over null list items. */
async function amtoolVerdicts(texts: readonly string[]): Promise<readonly (string | undefined)[]> {
  using directory = new TemporaryDirectory();
  const files = texts.map((text, index) => directory.write(`${index}.yml`, text));
  const verdicts: (string | undefined)[] = [];
  while (verdicts.length < files.length) {
    const output = await checkConfig(files.slice(verdicts.length));
    const found = [...output.matchAll(/^Checking '[^']*' +(SUCCESS|FAILED.*)$/gm)].map(([, verdict]) => verdict);
    verdicts.push(...found);
    if (verdicts.length < files.length) verdicts.push(undefined);
  }
  return verdicts;
}

/** Its exit code only says that some file of the many is wrong. */
function checkConfig(files: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('amtool', ['check-config', ...files], { maxBuffer: 2 ** 26, timeout: 30_000 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

async function routes(file: string, command: readonly string[]): Promise<string> {
  const run = promisify(execFile);
  return (await run('amtool', ['config', 'routes', ...command, '--config.file', file], { timeout: 30_000 })).stdout;
}
