/**
 * `npm start`: one node with the ladder of examples/tocsin.yml and, beside it, an IRC server, an SMTP server and a fake
 * Bot API whose receipts show on one page, the inbox. Arguments go to the node. Ctrl-C stops all: the node first, so that
 * what it is just sending arrives.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../src/model/error-text.ts';
import { realSystem } from '../src/system.ts';
import { freePortNear } from './free-port.ts';
import { greeting, movedPorts } from './playground/greeting.ts';
import { Inbox } from './playground/inbox.ts';
import { type About, startInboxServer } from './playground/inbox-server.ts';
import { channelsOf, EXAMPLE_PORTS, type StandInPorts, withPorts } from './playground/ladder-copy.ts';
import { givenFlag, nodeArguments, nodeUrl } from './playground/node-arguments.ts';
import { NodeProcess } from './playground/node-process.ts';
import { claimRecord, recordFile } from './playground/record.ts';
import { startStandIns } from './playground/stand-ins.ts';
import { stopSignals } from './playground/stop-signals.ts';
import { repository } from './step.ts';

const NODE_PORT = 9093;
const INBOX_PORT = 9080;
const EXAMPLE = join(repository, 'examples/tocsin.yml');
/** After the node has ended nothing of value is left; a stand-in that does not let go must not hold the terminal. */
const LONGEST_CLEANUP_MS = 1_500;

// A closed terminal takes no words any more; that must not keep this from stopping cleanly.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const say = (text: string) => void process.stdout.write(text);

process.exitCode = await play(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`The playground cannot start: ${errorText(error)}\n`);
  return 1;
});

async function play(given: readonly string[]): Promise<number> {
  const signals = stopSignals();
  await using stack = new AsyncDisposableStack();
  const exampleText = readFileSync(EXAMPLE, 'utf8');
  const channels = channelsOf(exampleText);

  const inbox = new Inbox(realSystem);
  let about: About = { addresses: [], fireCommand: 'npm run fire --' };
  const { ports } = stack.use(await startStandIns(inbox, { channels }));
  const inboxServer = stack.use(await startInboxServer({ inbox, system: realSystem, about: () => about }, INBOX_PORT));
  const inboxUrl = `http://127.0.0.1:${inboxServer.port}`;
  const port = await freePortNear(NODE_PORT);
  const isPortGiven = givenFlag(given, 'web.listen-address') !== undefined;
  const moved = movedPorts(
    {
      'IRC server': EXAMPLE_PORTS.irc,
      'SMTP server': EXAMPLE_PORTS.smtp,
      'Telegram Bot API': EXAMPLE_PORTS.botApi,
      inbox: INBOX_PORT,
      ...(!isPortGiven && { node: NODE_PORT }),
    },
    {
      'IRC server': ports.irc,
      'SMTP server': ports.smtp,
      'Telegram Bot API': ports.botApi,
      inbox: inboxServer.port,
      node: port,
    },
  );
  for (const sentence of moved) say(sentence);

  const configFile = givenFlag(given, 'config.file') ?? exampleFor(ports, exampleText, stack);
  if (signals.stop.aborted) return 0;
  const node = new NodeProcess(nodeArguments(given, { configFile, port }), {
    onReady: (address) => {
      const url = nodeUrl(address ?? givenFlag(given, 'web.listen-address') ?? `127.0.0.1:${port}`, given);
      const record = claimRecord(recordFile(process.env), { pid: process.pid, nodeUrl: url, inboxUrl });
      if (record) stack.use(record);
      // Without a record of its own it is found by its address only.
      const flags = record ? '' : ` --url ${url}`;
      const commands = {
        fireCommand: `npm run fire --${flags}`,
        resolveCommand: `npm run resolve${flags && ` --${flags}`}`,
      };
      about = aboutPage(url, ports, commands.fireCommand);
      say(greeting({ nodeUrl: url, inboxUrl, ports, channels, configFile, ...commands }));
    },
    onLog: (text) => void process.stderr.write(text),
  });
  signals.stop.addEventListener('abort', () => node.stop());
  signals.now.addEventListener('abort', () => node.kill());
  const exitCode = await node.exited;
  realSystem.setTimer(LONGEST_CLEANUP_MS, () => process.exit(exitCode));
  return exitCode;
}

function aboutPage(url: string, ports: StandInPorts, fireCommand: string): About {
  return {
    addresses: [
      { name: 'node', address: url.replace('http://', '') },
      { name: 'IRC', address: `127.0.0.1:${ports.irc}` },
      { name: 'SMTP', address: `127.0.0.1:${ports.smtp}` },
    ],
    fireCommand,
  };
}

/** The example itself where the ports it names were free, so that it can be edited and reloaded; else a changed copy. */
function exampleFor(ports: StandInPorts, exampleText: string, stack: AsyncDisposableStack): string {
  if (ports.irc === EXAMPLE_PORTS.irc && ports.smtp === EXAMPLE_PORTS.smtp && ports.botApi === EXAMPLE_PORTS.botApi) {
    return EXAMPLE;
  }
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-start-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'tocsin.yml');
  writeFileSync(file, withPorts(exampleText, ports));
  return file;
}
