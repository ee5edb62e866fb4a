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
// Keeps the space for young objects small. Alerts live long, so a large one only delays their move to the old space and
// costs 80 MiB with 100 000 alerts (bench/ingest.ts), for no speed.
setFlagsFromString('--semi-space-growth-factor=1');

const { runCommandLine } = await import('./command-line.ts');
// Rather than waiting for the event loop to empty: a socket somebody forgot must not keep a stopped node alive.
process.exit(await runCommandLine(process.argv.slice(2)));
