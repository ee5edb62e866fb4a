/** `npm run fire`: see fire-command.ts. */
import { realSystem } from '../src/system.ts';
import { fire } from './playground/fire-command.ts';

const { stdout, stderr, env } = process;
process.exitCode = await fire(process.argv.slice(2), { stdout, stderr, env, system: realSystem });
