/**
 * `npm start`: one node with the example configuration and, beside it, a webhook that prints what it is told, so that an
 * alert can be seen going all the way. Arguments go to the node. Ctrl-C stops both.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePortNear } from './free-port.ts';
import { startWebhookPrinter, PREFERRED_PORT as WEBHOOK_PORT } from './print-webhook.ts';
import { repository } from './step.ts';

const NODE_PORT = 9093;
const EXAMPLE = join(repository, 'examples/tocsin.yml');
const EXAMPLE_WEBHOOK = `http://127.0.0.1:${WEBHOOK_PORT}/`;

// A closed terminal takes no words any more; that must not keep this from stopping cleanly.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const say = (text: string) => process.stdout.write(text);
const ownArgs = process.argv.slice(2);
const gives = (flag: string) => ownArgs.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`));

await using stack = new AsyncDisposableStack();
const webhook = stack.use(await startWebhookPrinter(say));
const configFile = gives('config.file') ? undefined : exampleConfig(webhook.port);
const port = await freePortNear(NODE_PORT);
if (webhook.port !== WEBHOOK_PORT)
  say(`Port ${WEBHOOK_PORT} is taken; the webhook listens on ${webhook.port} instead.\n`);
if (port !== NODE_PORT && !gives('web.listen-address')) {
  say(`Port ${NODE_PORT} is taken; the node listens on ${port} instead.\n`);
}

const args = [
  ...(configFile ? [`--config.file=${configFile}`] : []),
  // By port, since two nodes cannot share a store.
  ...(gives('storage.path') ? [] : [`--storage.path=${join(repository, `data/node-${port}`)}`]),
  ...(gives('web.listen-address') ? [] : [`--web.listen-address=127.0.0.1:${port}`]),
  ...(gives('cluster.listen-address') ? [] : ['--cluster.listen-address=']),
  ...ownArgs,
];
// Detached, so that the terminal's Ctrl-C does not reach it as well: it takes a second signal for impatience.
const node = spawn(process.execPath, [join(repository, 'src/main.ts'), ...args], {
  stdio: ['ignore', 'inherit', 'pipe'],
  detached: true,
});
process.on('exit', () => node.kill('SIGKILL'));
stopOnSignals();
const exited = new Promise<number>((resolve) => node.on('close', (code) => resolve(code ?? 1)));
showLog();
process.exitCode = await exited;

/** The node's log goes below the greeting; what it writes before it is ready waits, unless it never gets there. */
function showLog(): void {
  const early: string[] = [];
  let greeted = false;
  let address = '';
  const showEarly = () => process.stderr.write(early.splice(0).join(''));
  createInterface({ input: node.stderr }).on('line', (line) => {
    if (greeted) {
      process.stderr.write(`${line}\n`);
      return;
    }
    early.push(`${line}\n`);
    address ||= /msg="Listening on".* address=(\S+)/.exec(line)?.[1] ?? '';
    if (!/msg=Ready/.test(line)) return;
    greeted = true;
    say(greeting(address || `127.0.0.1:${port}`));
    showEarly();
  });
  node.on('close', showEarly);
}

function greeting(address: string): string {
  const url = `http://${address}`;
  const alert = JSON.stringify([
    {
      labels: { alertname: 'DiskFull', severity: 'urgent', instance: 'db1' },
      annotations: { summary: 'The disk of db1 is full' },
    },
  ]);
  return `
Tocsin listens on      ${url}
The webhook prints     http://127.0.0.1:${webhook.port}/
Configuration          ${configFile ?? 'as given'}

Fire an alert; it is printed here once group_wait has passed (10 s in the example):

  curl -H 'Content-Type: application/json' -d '${alert}' ${url}/api/v2/alerts

Ctrl-C stops both. The node's log:

`;
}

/** The example itself where its webhook's port was free, so that it can be edited and reloaded; else a changed copy. */
function exampleConfig(webhookPort: number): string {
  if (webhookPort === WEBHOOK_PORT) return EXAMPLE;
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-start-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'tocsin.yml');
  writeFileSync(file, readFileSync(EXAMPLE, 'utf8').replaceAll(EXAMPLE_WEBHOOK, `http://127.0.0.1:${webhookPort}/`));
  return file;
}

/**
 * npm, the shell and the terminal may all pass on the same Ctrl-C; only one that comes later is meant as a second. A
 * hangup means that the terminal was closed, not that the configuration should be read again.
 */
function stopOnSignals(): void {
  const SAME_SIGNAL_MS = 1_000;
  let stoppingSinceMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSinceMs === undefined) {
        stoppingSinceMs = performance.now();
        node.kill('SIGTERM');
      } else if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) {
        node.kill('SIGKILL');
      }
    });
  }
}
