/** `cluster secret`: makes the secret that the nodes of a cluster have in common. Asks no node. */
import { randomBytes } from 'node:crypto';
import { defineCommand } from './command.ts';

const SECRET_BYTES = 32;

export function newClusterSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

export const clusterSecret = defineCommand({
  name: 'cluster secret',
  operands: '',
  summary:
    'Prints a new secret for --cluster.secret-file: 32 random bytes. Give the same file to every node, and to nobody else.',
  flags: {},
  async run({ flags, terminal }) {
    const secret = newClusterSecret();
    if (flags.output === 'json') terminal.json({ secret });
    else terminal.line(secret);
    return 0;
  },
});
