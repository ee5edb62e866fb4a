#!/usr/bin/env node
/** Entry. Sets up the runtime before anything else is loaded, then does what the command line asks for. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const OLDEST_NODE = 26;
const major = Number.parseInt(process.versions.node, 10);
// Before 22.18 it does not get here: such a Node cannot even read this file.
if (major < OLDEST_NODE) {
  process.stderr.write(
    `Tocsin needs Node ${OLDEST_NODE} or newer; this is ${process.version}: run it through npm start, npx tocsin, or ` +
      'node_modules/.bin/node\n',
  );
  process.exit(1);
}

/** Measured; see docs/decisions/0012-a-node-sizes-its-heap.md. V8 reads most of them only when a process begins. */
const V8_FLAGS = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
  '--initial-old-space-size=128',
  '--heap-growing-percent=25',
  '--no-lazy-feedback-allocation',
];
const [, file = '', ...args] = process.argv;
// Commands name themselves first; they end before any of this pays.
const isServer = args[0] === undefined || args[0].startsWith('-');
const hasFlags = V8_FLAGS.every((flag) => process.execArgv.includes(flag));
// A Node that does not know a flag would not start. A parent's message channel would not outlive the exchange.
const canBeginAnew = major === OLDEST_NODE && process.platform !== 'win32' && process.channel === undefined;
if (isServer && !hasFlags && canBeginAnew) {
  // In the same process: its parent, its id and the signals sent to it stay what they are.
  process.execve?.(process.execPath, [process.execPath, ...V8_FLAGS, ...process.execArgv, file, ...args]);
}

// Beside the code, so that nobody who may not change the code may change what is run of it. Saves a third of a second and
// 20 MiB at each start; without write permission there is just none. See docs/decisions/0009-compile-cache-and-heap.md.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/tocsin'));

const { runCommandLine } = await import('./command-line.ts');
// Rather than waiting for the event loop to empty: a socket somebody forgot must not keep a stopped node alive.
process.exit(await runCommandLine(args));
