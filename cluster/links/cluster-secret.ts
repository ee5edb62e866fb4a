/**
 * The cluster's secret as both ends of a handshake mix it in before anything else. Who has another one, or none, fails
 * at the first message it cannot decrypt, and learns nothing of the secret; so does any other program that speaks noise.
 */
import { createHash } from 'node:crypto';

const SHORTEST_SECRET_BYTES = 16;

/** @throws RangeError for a secret that could be guessed */
export function handshakePrologue(secret: Uint8Array | undefined, label = ''): Uint8Array {
  if (secret && secret.length < SHORTEST_SECRET_BYTES) {
    throw new RangeError(
      `the cluster's secret has ${secret.length} bytes, fewer than ${SHORTEST_SECRET_BYTES}: take 32 random ones`,
    );
  }
  const hash = createHash('sha256').update(secret ? 'tocsin cluster 1, secret ' : 'tocsin cluster 1, no secret');
  hash.update(secret ?? new Uint8Array());
  // Hashed first, so that no label and secret together look like another pair of them.
  if (label !== '') hash.update(' label ').update(createHash('sha256').update(label).digest());
  return new Uint8Array(hash.digest());
}
