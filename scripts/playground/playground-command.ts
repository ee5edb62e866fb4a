/** What a command for the playground is: its flags, its help, how it finds the nodes, how it fails. */
import { CommandError, type ExitCode } from '../../src/cli/command-error.ts';
import { flagHelp, wrap } from '../../src/cli/flag-help.ts';
import { type FlagValues, parseCommandLine } from '../../src/cli/flag-set.ts';
import { action, type FlagTable, single } from '../../src/cli/flag-value.ts';
import { NodeClient } from '../../src/cli/node-client.ts';
import { createTerminal, type Terminal, type TerminalStream } from '../../src/cli/terminal.ts';
import { errorText } from '../../src/model/error-text.ts';
import type { System } from '../../src/system.ts';
import { type AskedNode, AskedNodes } from './asked-nodes.ts';
import { type PlaygroundRecord, readRecord, recordFile } from './record.ts';

/** Everything a command touches; a test hands in its own. */
export interface Surroundings {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly system: System;
}

interface Call<Table extends FlagTable> {
  readonly flags: FlagValues<Table>;
  readonly terminal: Terminal;
  readonly nodes: AskedNodes;
  /** Undefined if the nodes are not the playground's. */
  readonly inboxUrl: string | undefined;
  readonly system: System;
}

interface Definition<Table extends FlagTable> {
  /** As in `npm run <name>`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: Table;
  readonly run: (call: Call<Table>) => Promise<ExitCode>;
}

/** Resolves with the exit code once all is said; the codes are those of `tocsin`. */
export type PlaygroundCommand = (argv: readonly string[], surroundings: Surroundings) => Promise<ExitCode>;

const ANSWER_TIMEOUT_MS = 10_000;
const START_IT = 'start one with npm start in another terminal';
const START_OR_NAME = `${START_IT}, or name a node with --url`;

const commonFlags = {
  node: single(
    {
      topic: 'Common',
      placeholder: 'NUMBER',
      shownDefault: 'all that npm start runs',
      help: 'Only this node, such as 2. One is enough: it tells the others.',
    },
    (given) => {
      if (!/^\d{0,3}$/.test(given)) throw new RangeError('wants the number of a node, such as 2');
      return given;
    },
  ),
  url: single(
    {
      topic: 'Common',
      placeholder: 'URL',
      shownDefault: 'the nodes that npm start runs',
      help: 'Another node, such as http://127.0.0.1:9093.',
    },
    (given) => {
      if (given !== '' && !/^https?:$/.test(URL.parse(given)?.protocol ?? '')) {
        throw new RangeError('wants a full address, such as http://127.0.0.1:9093');
      }
      return given;
    },
  ),
  help: action({ topic: 'Common', short: 'h', help: 'Print how the command is used.' }),
};

export function definePlaygroundCommand<const Table extends FlagTable>(
  definition: Definition<Table>,
): PlaygroundCommand {
  const { name, summary, run } = definition;
  const table = { ...definition.flags, ...commonFlags };
  const help = () => `Usage: npm run ${name} -- [flags]\n\n${wrap(summary).join('\n')}\n\n${flagHelp(table)}`;

  return saysWhatFails(name, async (argv, terminal, { env, system }) => {
    if (argv.includes('--help') || argv.includes('-h')) {
      terminal.block(help());
      return 0;
    }
    const line = parseCommandLine(table, argv, { takesPositionals: false });
    const problems = [...('problems' in line ? line.problems : []), ...swallowedFlags(table, name, env)];
    if ('problems' in line || problems.length > 0) throw new CommandError(2, problems.join('\n'));
    const flags = line.values as FlagValues<Table> & FlagValues<typeof commonFlags>;
    const record = readRecord(recordFile(env));
    const addresses = addressesMeant(flags, record);
    using stack = new DisposableStack();
    const asked = addresses.map(({ number, url }): AskedNode => {
      const client = stack.use(new NodeClient({ url, timeoutMs: ANSWER_TIMEOUT_MS, system, fetch }));
      return { number, shownUrl: withoutCredentials(url), client };
    });
    const inboxUrl = flags.url === '' ? record?.inboxUrl : undefined;
    try {
      return await run({ flags, terminal, nodes: new AskedNodes(asked), inboxUrl, system });
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode !== 3) throw error;
      // The client's own words advise flags of `tocsin`.
      const where = asked.map(({ shownUrl }) => shownUrl).join(', ');
      const advice = flags.url === '' ? `bring one back with npm run revive -- ${flags.node || 1}` : START_OR_NAME;
      const message = `no node answers at ${where} (${errorText(error.cause)}); ${advice}`;
      throw new CommandError(3, message, { cause: error });
    }
  });
}

/** Says on stderr why it failed, each line with the command's name, and gives the exit code. */
export function saysWhatFails(
  name: string,
  execute: (argv: readonly string[], terminal: Terminal, surroundings: Surroundings) => Promise<ExitCode>,
): PlaygroundCommand {
  return async (argv, surroundings) => {
    const terminal = createTerminal(surroundings.stdout, surroundings.stderr, surroundings.env);
    try {
      return await execute(argv, terminal, surroundings);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      for (const problem of error.message.split('\n')) terminal.remark(`${name}: ${problem}`);
      return error.exitCode;
    }
  };
}

/** @throws CommandError if none runs */
export function runningPlayground(env: Surroundings['env']): PlaygroundRecord {
  const record = readRecord(recordFile(env));
  if (record === undefined) throw new CommandError(3, `no playground runs; ${START_IT}`);
  return record;
}

function addressesMeant(
  flags: FlagValues<typeof commonFlags>,
  record: PlaygroundRecord | undefined,
): readonly { readonly number: number | undefined; readonly url: string }[] {
  if (flags.url !== '') {
    if (flags.node !== '') throw new CommandError(2, '--node is one of npm start; give either --node or --url');
    return [{ number: undefined, url: flags.url }];
  }
  if (record === undefined) throw new CommandError(3, `no playground runs; ${START_OR_NAME}`);
  if (flags.node === '') return record.nodes;
  const nodes = record.nodes.filter(({ number }) => number === Number(flags.node));
  if (nodes.length === 0) throw new CommandError(2, `there is no node ${flags.node}; ${theNodes(record)}`);
  return nodes;
}

export function theNodes({ nodes }: PlaygroundRecord): string {
  return `there are ${nodes.map(({ number }) => number).join(', ')}`;
}

/** `npm run fire --severity urgent`: npm keeps such flags for itself, and says so in the environment only. */
function swallowedFlags(
  table: FlagTable,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const own = Object.keys(table).filter((flag) => flag !== 'help' && env[`npm_config_${flag}`]);
  return own.map(
    (flag) => `npm has kept --${flag} for itself; put -- before the flags: npm run ${name} -- --${flag} …`,
  );
}

function withoutCredentials(given: string): string {
  const url = new URL(given);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
