/** What a command is: its words, its flags, its help, and what it does. */
import type { Config } from '../config/config.ts';
import { type ConfigError, formatConfigErrors } from '../config/config-error.ts';
import { type HttpConfig, loadHttpConfigFile } from '../config/http-config-file.ts';
import type { System } from '../system.ts';
import { CommandError, type ExitCode } from './command-error.ts';
import { flagHelp, wrap } from './flag-help.ts';
import { type FlagValues, parseCommandLine } from './flag-set.ts';
import { action, choice, type FlagTable, goDuration, text } from './flag-value.ts';
import { NodeClient } from './node-client.ts';
import { createTerminal, type Terminal, type TerminalStream } from './terminal.ts';

/** Everything a command touches; a test hands in its own. */
export interface Surroundings {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly system: System;
  readonly fetch: typeof fetch;
  /** Another fetch, with the authentication, TLS and proxy that an http_config says. */
  readonly fetchBy: (config: HttpConfig) => Promise<typeof fetch>;
  /** What a node would say to the file of its --web.config.file. */
  readonly tryWebConfig: (file: string) => Promise<TriedWebConfig>;
  /** What a node would make of a configuration that is right in itself: reads template files, parses templates. */
  readonly tryConfigure: (config: Config) => Promise<TriedConfiguration>;
}

export type TriedConfiguration =
  | { readonly ok: true; readonly templateFiles: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

export type TriedWebConfig =
  | { readonly ok: true; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

const DEFAULT_URL = 'http://127.0.0.1:9093';

/** Flags every command has. */
const commonFlags = {
  'alertmanager.url': text({
    topic: 'Common',
    alias: 'url',
    placeholder: 'URL',
    shownDefault: `TOCSIN_URL, else ${DEFAULT_URL}`,
    help: 'The node to talk to, any of the cluster; may hold user:password@.',
  }),
  output: choice(
    {
      topic: 'Common',
      short: 'o',
      defaultText: 'simple',
      help: 'extended shows more columns; json is for programs: one line, nothing cut.',
    },
    ['simple', 'extended', 'json'],
  ),
  'http.config.file': text({
    topic: 'Common',
    placeholder: 'FILE',
    shownDefault: 'TOCSIN_HTTP_CONFIG_FILE',
    help: 'How to authenticate to the node and whom to trust, as an http_config (basic_auth, tls_config …); as for amtool.',
  }),
  timeout: timeoutFlag('30s'),
  help: action({ topic: 'Common', short: 'h', help: 'Print how the command is used.' }),
};

function timeoutFlag(defaultText: string) {
  return goDuration(
    { topic: 'Common', defaultText, help: 'How long the whole command may wait for the node.' },
    { atLeast: 'more than zero' },
  );
}

/** What a command's `run` is given. */
export interface Call<Table extends FlagTable> extends Surroundings {
  readonly flags: FlagValues<typeof commonFlags> & FlagValues<Table>;
  readonly given: ReadonlySet<string>;
  /** What stands on the command line beside the flags. */
  readonly words: readonly string[];
  readonly terminal: Terminal;
  readonly node: NodeClient;
}

interface Definition<Table extends FlagTable> {
  /** `silence add`. */
  readonly name: string;
  /** What follows the name and the flags: `MATCHER…`; '' for nothing, which makes words an error. */
  readonly operands: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** For a command that waits for something slow; the default is 30s. */
  readonly timeout?: string;
  /** Paragraphs for the command's own help. */
  readonly details?: string;
  readonly flags: Table;
  readonly run: (call: Call<Table>) => Promise<ExitCode>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  help(): string;
  /** Rejects with {@link CommandError}. */
  execute(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

export function defineCommand<const Table extends FlagTable>(definition: Definition<Table>): Command {
  const table = { ...definition.flags, ...commonFlags, timeout: timeoutFlag(definition.timeout ?? '30s') };
  const command: Command = {
    name: definition.name,
    summary: definition.summary,
    help() {
      const usage = `Usage: tocsin ${definition.name} [flags] ${definition.operands}`.trimEnd();
      const details = definition.details?.split('\n').flatMap((paragraph) => [...wrap(paragraph), '']) ?? [];
      return `${[usage, '', ...wrap(definition.summary), '', ...details].join('\n')}\n${flagHelp(table)}`;
    },
    async execute(argv, surroundings) {
      const terminal = createTerminal(surroundings.stdout, surroundings.stderr, surroundings.env);
      if (asksForHelp(argv)) {
        terminal.block(command.help());
        return 0;
      }
      const line = parseCommandLine(table, argv, { takesPositionals: definition.operands !== '' });
      if ('problems' in line) throw new CommandError(2, line.problems.join('\n'));
      const flags = line.values as FlagValues<typeof commonFlags> & FlagValues<Table>;
      const httpConfigFile = flags['http.config.file'] || surroundings.env.TOCSIN_HTTP_CONFIG_FILE || '';
      using node = new NodeClient({
        url: flags['alertmanager.url'] || surroundings.env.TOCSIN_URL || DEFAULT_URL,
        timeoutMs: flags.timeout,
        system: surroundings.system,
        fetch: httpConfigFile === '' ? surroundings.fetch : await fetchByFile(httpConfigFile, surroundings),
      });
      return await definition.run({
        ...surroundings,
        flags,
        given: line.given,
        words: line.positionals,
        terminal,
        node,
      });
    },
  };
  return command;
}

async function fetchByFile(file: string, { fetchBy }: Surroundings): Promise<typeof fetch> {
  const loaded = await loadHttpConfigFile(file);
  if (!loaded.ok) throw new CommandError(2, formatConfigErrors(file, loaded.errors));
  return fetchBy(loaded.config);
}

/** Before anything else is read: whoever asks for help has often got something else wrong already. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}
