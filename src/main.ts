#!/usr/bin/env node
/** Entry: a command for a running node goes to the CLI, anything else starts a node. */
import { isCliCommandLine, runCli } from './cli/cli.ts';
import { parseServerFlags } from './flags.ts';
import { createLogger } from './logger.ts';
import { runServer } from './run-server.ts';
import { realSystem } from './system.ts';

const argv = process.argv.slice(2);
// Exits rather than waiting for the event loop to empty: a socket somebody forgot must not keep a stopped node alive.
// Buffered log lines are written by the logger's exit hook.
process.exit(isCliCommandLine(argv) ? await runCommand() : await runNode());

async function runCommand(): Promise<number> {
  // `tocsin alert query | head` closes our stdout early; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { stdout, stderr, stdin, env } = process;
  const code = await runCli(argv, { stdout, stderr, stdin, env, system: realSystem, fetch });
  // To a pipe, writes may still be on their way.
  await new Promise((resolve) => stdout.write('', resolve));
  return code;
}

async function runNode(): Promise<number> {
  const line = parseServerFlags(argv);
  if (line.kind === 'print') {
    await new Promise((resolve) => process.stdout.write(line.text, resolve));
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
    const { startApp } = await import('./app.ts');
    return startApp({ system: realSystem, logger }, { flags });
  });
}
