/** `npm run kill`: see node-commands.ts. */
import { realSystem } from '../src/system.ts';
import { kill } from './playground/node-commands.ts';

const { stdout, stderr, env } = process;
process.exitCode = await kill(process.argv.slice(2), { stdout, stderr, env, system: realSystem });
