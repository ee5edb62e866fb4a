/** The other thread of bcrypt.ts: compares one password after the other, tens of milliseconds each. */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

export interface Comparison {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

export interface Compared {
  readonly id: number;
  readonly isEqual: boolean;
}

parentPort?.on('message', ({ id, password, hash }: Comparison) => {
  const compared: Compared = { id, isEqual: compareSync(password, hash) };
  parentPort?.postMessage(compared);
});
