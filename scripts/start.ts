/**
 * `npm start`: three nodes with the ladder of examples/tocsin.yml, one cluster, and beside them an IRC server, an SMTP server
 * and a fake Bot API whose receipts show on one page, the inbox. Arguments go to each node. Ctrl-C stops all: the nodes
 * first, so that what they are just sending arrives.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../src/model/error-text.ts';
import { realSystem } from '../src/system.ts';
import { buildWeb } from './build-web.ts';
import { keepClusterSecret } from './playground/cluster-secret-file.ts';
import { ConnectionPorts } from './playground/connection-ports.ts';
import { greeting, movedPorts } from './playground/greeting.ts';
import { Inbox } from './playground/inbox.ts';
import { type About, startInboxServer } from './playground/inbox-server.ts';
import { channelsOf, EXAMPLE_PORTS, type StandInPorts, withPorts } from './playground/ladder-copy.ts';
import { NodeLogs } from './playground/node-logs.ts';
import {
  dataDirectory,
  expectedPorts,
  givenFlag,
  nodeArguments,
  nodeUrl,
  type Plan,
  planNodes,
  secretFileIn,
} from './playground/node-plan.ts';
import { NodeProcess } from './playground/node-process.ts';
import { NodeStartError, NodeTrio } from './playground/node-trio.ts';
import { claimRecord, recordFile } from './playground/record.ts';
import { startStandIns } from './playground/stand-ins.ts';
import { stopSignals } from './playground/stop-signals.ts';
import { repository } from './step.ts';

const INBOX_PORT = 9080;
const EXAMPLE = join(repository, 'examples/tocsin.yml');
/** After the nodes have ended nothing of value is left; a stand-in that does not let go must not hold the terminal. */
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

  if (await buildWeb()) say('Built the web UI.\n');
  const plan = await planNodes(given);
  const inbox = new Inbox(realSystem);
  const connections = new ConnectionPorts();
  const logs = new NodeLogs((text) => void process.stderr.write(text));
  const { ports } = stack.use(await startStandIns({ inbox, connections }, { channels }));
  const configFile = givenFlag(given, 'config.file') ?? exampleFor(ports, exampleText, stack);
  let directory = '';
  const trio = trioOf(plan, { given, directory: () => directory, configFile, connections, logs });

  let about: About = { addresses: [], fireCommand: 'npm run fire --' };
  const token = realSystem.uuid();
  const inboxServer = stack.use(
    await startInboxServer({ inbox, system: realSystem, about: () => about, nodes: trio, token }, INBOX_PORT),
  );
  directory = dataDirectory(given, inboxServer.port);
  keepClusterSecret(secretFileIn(directory));
  const inboxUrl = `http://127.0.0.1:${inboxServer.port}`;
  for (const sentence of movedSentences(plan, { ...ports, inbox: inboxServer.port })) say(sentence);

  if (signals.stop.aborted) return 0;
  signals.stop.addEventListener('abort', () => trio.stop());
  signals.now.addEventListener('abort', () => trio.killAll());
  process.on('exit', () => trio.killAll());
  say('Starting three nodes …\n');
  let exitCode = 0;
  try {
    await trio.start();
    if (!signals.stop.aborted) {
      const nodes = trio.nodes.map(({ number, url = '' }) => ({ number, url }));
      const record = claimRecord(recordFile(process.env), { pid: process.pid, inboxUrl, token, nodes });
      if (record) stack.use(record);
      const [first = { url: '' }] = nodes;
      // Without a record of its own it is found by an address only.
      const fireCommand = `npm run fire --${record ? '' : ` --url ${first.url}`}`;
      const resolveCommand = `npm run resolve${record ? '' : ` -- --url ${first.url}`}`;
      about = { addresses: addressesOf(ports), fireCommand };
      const nodeUrls = nodes.map(({ url }) => url);
      const isSecond = record === undefined;
      // At the end, where it is in sight.
      logs.release();
      say(greeting({ nodeUrls, inboxUrl, ports, channels, configFile, fireCommand, resolveCommand, isSecond }));
    }
  } catch (error) {
    if (!(error instanceof NodeStartError)) throw error;
    logs.release({ only: error.number });
    trio.killAll();
    exitCode = 1;
  }
  if (exitCode === 0) await signals.stopped;
  exitCode = Math.max(exitCode, await trio.ended());
  realSystem.setTimer(LONGEST_CLEANUP_MS, () => process.exit(exitCode));
  return exitCode;
}

interface TrioParts {
  readonly given: readonly string[];
  /** Asked at each start of a node. */
  readonly directory: () => string;
  readonly configFile: string;
  readonly connections: ConnectionPorts;
  readonly logs: NodeLogs;
}

function trioOf(plan: Plan, { given, directory, configFile, connections, logs }: TrioParts): NodeTrio {
  const nodes = new Map(plan.nodes.map((node) => [node.number, node]));
  const nodeOf = (number: number) => {
    const node = nodes.get(number);
    if (!node) throw new RangeError(`there is no node ${number}`);
    return node;
  };
  return new NodeTrio(
    {
      start: (number, formerAddress, listener) =>
        new NodeProcess(
          nodeArguments(given, nodeOf(number), { plan, directory: directory(), configFile, formerAddress }),
          listener,
        ),
      urlOf: (number, address) => nodeUrl(address ?? nodeOf(number).webAddress, given),
      onLog: (number, line) => logs.add(number, line),
      onConnection: (number, port) => connections.add(port, number),
    },
    [...nodes.keys()],
  );
}

function movedSentences(plan: Plan, got: StandInPorts & { readonly inbox: number }): readonly string[] {
  const nodes = expectedPorts(plan);
  const standIns = ({ irc, smtp, botApi, inbox }: typeof got) => ({
    'the IRC server': irc,
    'the SMTP server': smtp,
    'the Telegram Bot API': botApi,
    'the inbox': inbox,
  });
  return movedPorts(
    { ...standIns({ ...EXAMPLE_PORTS, inbox: INBOX_PORT }), ...nodes.wanted },
    { ...standIns(got), ...nodes.got },
  );
}

function addressesOf(ports: StandInPorts): About['addresses'] {
  return [
    { name: 'IRC', address: `127.0.0.1:${ports.irc}` },
    { name: 'SMTP', address: `127.0.0.1:${ports.smtp}` },
  ];
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
