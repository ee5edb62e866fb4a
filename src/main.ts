#!/usr/bin/env node
/** Entry. Sets up the runtime before anything else is loaded, then does what the command line asks for. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const OLDEST_NODE = 26;
// Before 22.18 it does not get here: such a Node cannot even read this file.
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `Tocsin needs Node ${OLDEST_NODE} or newer; this is ${process.version}: run it through npm start, npx tocsin, or ` +
      'node_modules/.bin/node\n',
  );
  process.exit(1);
}

// Beside the code, so that nobody who may not change the code may change what is run of it. Saves a third of a second and
// 20 MiB at each start; without write permission there is just none.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/tocsin'));
// Collects before the heap has grown by half or more, as it would by default: refreshes leave much garbage beside
// long-lived alerts. Saves some 50 MiB with 100 000 of them; see docs/decisions/0009-compile-cache-and-heap.md.
setFlagsFromString('--heap-growing-percent=15');

const { runCommandLine } = await import('./command-line.ts');
// Rather than waiting for the event loop to empty: a socket somebody forgot must not keep a stopped node alive.
process.exit(await runCommandLine(process.argv.slice(2)));
