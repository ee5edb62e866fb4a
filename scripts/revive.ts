/** `npm run revive`: see node-commands.ts. */
import { realSystem } from '../src/system.ts';
import { revive } from './playground/node-commands.ts';

const { stdout, stderr, env } = process;
process.exitCode = await revive(process.argv.slice(2), { stdout, stderr, env, system: realSystem });
