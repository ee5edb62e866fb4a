/**
 * The record of the running playground: how `npm run fire` and its like find what `npm start` started. A file, so that it
 * can be looked at, by its owner only; one that a killed playground left behind counts for nothing.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { repository } from '../step.ts';

const recordShape = z.object({
  pid: z.number().int().positive(),
  inboxUrl: z.string(),
  /** Who shows it may kill nodes and bring them back. */
  token: z.string(),
  nodes: z.array(z.object({ number: z.number().int().positive(), url: z.string() })).min(1),
});
export type PlaygroundRecord = z.output<typeof recordShape>;

/** TOCSIN_PLAYGROUND_FILE names another, so that a test does not meet a playground somebody plays with. */
export function recordFile(env: Readonly<Record<string, string | undefined>>): string {
  return env.TOCSIN_PLAYGROUND_FILE || join(repository, 'data/playground.json');
}

/** Undefined if no playground runs. */
export function readRecord(file: string): PlaygroundRecord | undefined {
  try {
    const record = recordShape.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isAlive(record.pid) ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removed when disposed of. Undefined if another playground runs, since the first one keeps its place, or if the file
 * cannot be written.
 */
export function claimRecord(file: string, record: PlaygroundRecord): Disposable | undefined {
  if (readRecord(file)) return undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch {
    return undefined;
  }
  return {
    [Symbol.dispose]() {
      if (readRecord(file)?.pid === record.pid) rmSync(file, { force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
