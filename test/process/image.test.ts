/**
 * The image, without a container engine: the steps of the Dockerfile are done in a directory, by the same commands, and what
 * comes out runs as somebody who may write nowhere but to its data.
 */
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Instruction, readCopy, readDockerfile, type Stage } from '../support/dockerfile.ts';
import { RealProcess, runProgram } from '../support/real-process.ts';
import { insteadOfTests } from '../support/required-programs.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const BUILD_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 30_000;
/** Of `node` in the image. */
const USER_ID = 1000;

const stages = readDockerfile(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'));
const last = stages.at(-1) ?? expect.unreachable('a Dockerfile has a stage');
const textsOf = (stage: Stage, word: string) =>
  stage.instructions.filter((instruction) => instruction.word === word).map(({ text }) => text);

test('what is run in the end belongs to nobody in particular, and nothing in it installs or builds', () => {
  expect(textsOf(last, 'USER')).toEqual(['node']);
  expect(
    textsOf(last, 'COPY')
      .map(readCopy)
      .filter(({ from }) => from === 'build'),
  ).toEqual([
    { from: 'build', sources: ['/opt/tocsin/node_modules'], to: './node_modules' },
    { from: 'build', sources: ['/opt/tocsin/dist'], to: './dist' },
  ]);
  const [removal] = textsOf(last, 'RUN');
  expect(removal).toMatch(/^rm -rf .*\/node_modules .*\/npm .*\/npx /);
  expect(textsOf(last, 'VOLUME')).toEqual(['/data']);
  expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
});

if (process.getuid?.() === 0) describe('done in a directory', runsInDirectory);
else insteadOfTests('the image, done in a directory', 'only root can run it as somebody else on a read-only disk');

function runsInDirectory(): void {
  const resources = new AsyncDisposableStack();
  const directory = resources.use(new TemporaryDirectory());
  const root = directory.join('image');

  beforeAll(async () => {
    chmodSync(directory.path, 0o755);
    for (const stage of stages) await build(stage, directory);
    mkdirSync(join(root, 'data'));
    chownSync(join(root, 'data'), USER_ID, USER_ID);
  }, BUILD_TIMEOUT_MS);
  afterAll(() => resources.disposeAsync());

  test('it pages, is found healthy and stops when asked to, where nothing but its data can be written', async () => {
    await using sink = await WebhookSink.start();
    const configFile = directory.write(
      'tocsin.yml',
      `route: {receiver: hook, group_wait: 0s}\nreceivers: [{name: hook, webhook_configs: [{url: '${sink.url()}'}]}]\n`,
    );
    const secretFile = directory.write(
      'secret',
      (await runProgram(process.execPath, [mainOf(root), 'cluster', 'secret'])).stdout,
    );
    for (const file of [configFile, secretFile]) chmodSync(file, 0o444);
    await using node = startConfined(root, [
      `--config.file=${configFile}`,
      `--storage.path=${join(root, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=127.0.0.1:0',
      `--cluster.secret-file=${secretFile}`,
    ]);
    const listening = await node.waitForLine(/msg="Listening on".* address=(?<address>\S+)/, {
      timeoutMs: START_TIMEOUT_MS,
    });
    await node.waitForLine(/msg="?Ready/, { timeoutMs: START_TIMEOUT_MS });
    const address = listening.groups?.address ?? '';

    expect(await healthOf(address)).toBe(0);
    const posted = await fetch(`http://${address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname: 'DiskFull' } }]),
    });
    expect(posted.status).toBe(200);
    const page = await (await fetch(`http://${address}/`)).text();
    expect(page).toMatch(/<script type="module" src="\.\/assets\/[^"]+\.js">/);
    await sink.waitForCount(1, { timeoutMs: START_TIMEOUT_MS });
    expect(node.lines.filter((line) => /level=(WARN|ERROR)|Warning/.test(line))).toEqual([]);
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    expect(await healthOf(address)).toBe(1);
  });
}

const mainOf = (root: string) => join(root, 'opt/tocsin/dist/src/main.js');

/** The last stage is made into `image`, each other one into a directory of its name; only those run commands. */
async function build(stage: Stage, directory: TemporaryDirectory): Promise<void> {
  const rootOf = (name: string) => directory.join(name || 'image');
  let workingDirectory = rootOf(stage.name);
  for (const { word, text } of stage.instructions) {
    if (word === 'WORKDIR') {
      workingDirectory = join(rootOf(stage.name), text);
      mkdirSync(workingDirectory, { recursive: true });
    }
    if (word === 'COPY') {
      const { from, sources, to } = readCopy(text);
      for (const source of sources) {
        const path = join(from === '' ? REPOSITORY : rootOf(from), source);
        const target = join(workingDirectory, to);
        const isInto = to.endsWith('/');
        const copy = isInto ? join(target, basename(source)) : target;
        // Throws if there is no such file, as the engine does. What is of no further use is moved, which takes no time.
        if (from === '') cpSync(path, copy, { recursive: true });
        else renameSync(path, copy);
      }
    }
    if (word === 'RUN' && stage.name !== '') {
      const { code, output } = await runProgram('/bin/sh', ['-ec', text], {
        cwd: workingDirectory,
        timeoutMs: BUILD_TIMEOUT_MS,
      });
      expect(code, `RUN ${text}\n${output}`).toBe(0);
    }
  }
}

/** The whole machine is read-only to it, but for its data; no rights are left to it. */
function startConfined(root: string, args: readonly string[]): RealProcess {
  const script = `
    mount --bind "$1/data" "$1/data"
    mount -o bind,remount,ro /
    if touch "$1/opt/tocsin/written" 2>/dev/null; then exit 99; fi
    shift
    exec setpriv --reuid=${USER_ID} --regid=${USER_ID} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`;
  const node = [process.execPath, mainOf(root), ...args];
  return RealProcess.start('unshare', ['--mount', '/bin/sh', '-ec', script, 'sh', root, ...node], { cwd: '/' });
}

/** By the command of HEALTHCHECK; its exit code. */
async function healthOf(address: string): Promise<number | null> {
  const [instruction] = last.instructions.filter(({ word }: Instruction) => word === 'HEALTHCHECK');
  const command = JSON.parse(/CMD (?<words>\[.*\])$/.exec(instruction?.text ?? '')?.groups?.words ?? '[]') as string[];
  expect(command[0]).toBe('node');
  const words = command.slice(1).map((word) => word.replace('127.0.0.1:9093', address));
  return (await runProgram(process.execPath, words)).code;
}
