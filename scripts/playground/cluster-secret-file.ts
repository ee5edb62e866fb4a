/** The secret that the nodes of a playground share: made once, kept beside their data, and readable by its owner only. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { newClusterSecret } from '../../src/cli/cluster-secret.ts';

export function keepClusterSecret(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${newClusterSecret()}\n`, { mode: 0o600, flag: 'wx' });
}
