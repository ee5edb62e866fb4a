/** What a command line asks for: a command for a running node goes to the CLI, anything else starts a node. */
import { flushCompileCache } from 'node:module';
import { isCliCommandLine, runCli } from './cli/cli.ts';
import type { Surroundings } from './cli/command.ts';
import { parseServerFlags, version } from './flags.ts';
import { drained } from './log-sink.ts';
import { createLogger } from './logger.ts';
import { runServer } from './run-server.ts';
import { deadline, realSystem } from './system.ts';

/** For files on a disk that may hang. */
const READ_TIMEOUT_MS = 10_000;

/** Resolves with the exit code once everything written has left; the caller ends the process. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  // `tocsin alert query | head` closes our stdout early; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const exitCode = isCliCommandLine(argv) ? await runCommand(argv) : await runNode(argv);
  // To a pipe, writes may still be on their way.
  await Promise.all([drained(realSystem, process.stdout), drained(realSystem, process.stderr)]);
  return exitCode;
}

function runCommand(argv: readonly string[]): Promise<number> {
  const { stdout, stderr, stdin, env } = process;
  // Loaded here, since hardly a command needs it.
  const tryConfigure: Surroundings['tryConfigure'] = async (config) =>
    (await import('./configure.ts')).tryConfigure(config);
  const fetchBy: Surroundings['fetchBy'] = async (config) => {
    const { createHttpFetch } = await import('../receivers/http-fetch.ts');
    return createHttpFetch(config, { system: realSystem, userAgent: `tocsin/${version}`, environment: env });
  };
  const tryWebConfig: Surroundings['tryWebConfig'] = async (file) => {
    using limit = deadline(realSystem, READ_TIMEOUT_MS);
    return (await import('./web-config/load-web-config.ts')).loadWebConfig(file, limit.signal);
  };
  const system = realSystem;
  return runCli(argv, { stdout, stderr, stdin, env, system, fetch, fetchBy, tryConfigure, tryWebConfig });
}

async function runNode(argv: readonly string[]): Promise<number> {
  const line = parseServerFlags(argv);
  if (line.kind === 'print') {
    process.stdout.write(line.text);
    return 0;
  }
  if (line.kind === 'wrong') {
    process.stderr.write(line.problems.map((problem) => `tocsin: ${problem}\n`).join(''));
    return 1;
  }
  const { flags } = line;
  const logger = createLogger(realSystem, { level: flags.logLevel, format: flags.logFormat });
  return runServer({ logger, system: realSystem, signals: process }, async () => {
    // Loaded here, so that commands and --help need not wait for the server's libraries.
    const [{ startApp }, { openClusterNetwork }] = await Promise.all([
      import('./app.ts'),
      import('./cluster-network.ts'),
    ]);
    const cluster = await openClusterNetwork({ system: realSystem, logger }, flags);
    const app = await startApp({ system: realSystem, logger, cluster }, { flags });
    // Now, since a node that is killed never gets to the flush at exit.
    flushCompileCache();
    return app;
  });
}
