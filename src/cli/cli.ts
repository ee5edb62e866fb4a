/** The command line for people and scripts: finds the command, runs it, turns every failure into a message and an exit code. */
import { errorText } from '../model/error-text.ts';
import { nearestName } from '../model/nearest-name.ts';
import { alertAdd, alertQuery } from './alert-commands.ts';
import { checkConfig } from './check-config.ts';
import { checkWebConfig } from './check-web-config.ts';
import { clusterSecret } from './cluster-secret.ts';
import type { Command, Surroundings } from './command.ts';
import { CommandError, type ExitCode } from './command-error.ts';
import { wrap } from './flag-help.ts';
import { clusterShow, configShow, receiverTest } from './node-commands.ts';
import { routeShow, routeTest } from './route-commands.ts';
import { silenceAdd, silenceExpire, silenceUpdate } from './silence-changes.ts';
import { silenceImport } from './silence-import.ts';
import { silenceQuery } from './silence-query.ts';
import { createTerminal } from './terminal.ts';

const COMMANDS: readonly Command[] = [
  alertQuery,
  alertAdd,
  silenceQuery,
  silenceAdd,
  silenceUpdate,
  silenceExpire,
  silenceImport,
  routeShow,
  routeTest,
  receiverTest,
  clusterShow,
  clusterSecret,
  configShow,
  checkConfig,
  checkWebConfig,
];

/** What a first word alone means, and amtool's other names. */
const ALIASES: ReadonlyMap<string, Command> = new Map([
  ['alert', alertQuery],
  ['silence', silenceQuery],
  ['route', routeShow],
  ['cluster', clusterShow],
  ['config', configShow],
  ['config routes', routeShow],
  ['config routes show', routeShow],
  ['config routes test', routeTest],
]);

/** Flags that may stand before the command, as in `amtool --alertmanager.url=… alert`; the server has none of these. */
const LEADING_FLAG = /^(?:--(?:alertmanager\.url|url|http\.config\.file|output|timeout)(?:=.*)?|-o.*)$/s;

/** Whether a command line is for {@link runCli}. A server's flags never begin with a bare word. */
export function isCliCommandLine(argv: readonly string[]): boolean {
  const [first] = argv;
  return first !== undefined && (!first.startsWith('-') || LEADING_FLAG.test(first));
}

/** Never rejects. Reads no more of `stdin` than the command needs. */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const terminal = createTerminal(surroundings.stdout, surroundings.stderr, surroundings.env);
  try {
    const { command, rest } = findCommand(argv);
    if (command !== undefined) return await command.execute(rest, surroundings);
    terminal.block(help(rest));
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) {
      terminal.remark(`tocsin: this is a mistake in tocsin, please report it: ${errorText(error)}`);
      for (const line of error instanceof Error ? (error.stack ?? '').split('\n') : []) terminal.remark(line);
      return 1;
    }
    for (const line of error.message.split('\n')) terminal.remark(`tocsin: ${line}`);
    return error.exitCode;
  }
}

/** No command means help, about the words in `rest`. */
function findCommand(argv: readonly string[]): { command: Command | undefined; rest: readonly string[] } {
  let start = 0;
  while (LEADING_FLAG.test(argv[start] ?? '')) start += /=|^-o./s.test(argv[start] ?? '') ? 1 : 2;
  const flags = argv.slice(0, start);
  const words = argv.slice(start);
  const [first = 'help'] = words;
  if (first === 'help' || first === '--help' || first === '-h') return { command: undefined, rest: words.slice(1) };
  // The longest name wins: `silence add` before `silence`, whose words would be matchers.
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const name = words.slice(0, length).join(' ');
    const command = COMMANDS.find((one) => one.name === name) ?? ALIASES.get(name);
    if (command !== undefined) return { command, rest: [...flags, ...words.slice(length)] };
  }
  throw unknownCommand(words);
}

function unknownCommand(words: readonly string[]): CommandError {
  const [first = '', second] = words;
  const below = COMMANDS.filter((command) => command.name.startsWith(`${first} `)).map((command) => command.name);
  if (below.length > 0) {
    const typed = second === undefined || second.startsWith('-') ? first : `${first} ${second}`;
    return new CommandError(2, `${JSON.stringify(typed)} is no command; there is ${below.join(', ')}`);
  }
  const groups = new Set(COMMANDS.map((command) => command.name.split(' ')[0] ?? ''));
  const nearest = nearestName(first, groups);
  const hint = nearest === undefined ? '`tocsin help` lists the commands' : `did you mean ${nearest}?`;
  return new CommandError(2, `unknown command ${JSON.stringify(first)}; ${hint}`);
}

function help(words: readonly string[]): string {
  const about = words.filter((word) => !word.startsWith('-')).join(' ');
  const chosen = COMMANDS.filter((command) => command.name === about || command.name.startsWith(`${about} `));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only.help();
  if (about !== '' && chosen.length === 0) throw unknownCommand(words);
  const listed = about === '' ? COMMANDS : chosen;
  return `Usage: tocsin COMMAND [flags] …      talks to a running node, or checks a configuration
       tocsin [flags]                runs a node; \`tocsin --help\` lists its flags

Commands:
${listed.map(listEntry).join('')}
\`tocsin help COMMAND\` tells more. \`alert\` and \`silence\` alone are queries.
The node is --alertmanager.url (or --url), else TOCSIN_URL, else http://127.0.0.1:9093.

Exit codes:
  0  done
  1  the node refused it, or something failed, or is not as verified
  2  the command line is wrong
  3  the node cannot be reached
`;
}

function listEntry(command: Command): string {
  const [first = '', ...more] = wrap(command.summary, ' '.repeat(18));
  return [`  ${command.name.padEnd(16)}${first.trimStart()}`, ...more, ''].join('\n');
}
