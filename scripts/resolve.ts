/** `npm run resolve`: see resolve-command.ts. */
import { realSystem } from '../src/system.ts';
import { resolve } from './playground/resolve-command.ts';

const { stdout, stderr, env } = process;
process.exitCode = await resolve(process.argv.slice(2), { stdout, stderr, env, system: realSystem });
