/** Runs one program of a script: what it writes is shown only if it fails, and how long it took is always said. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..');

export interface Step {
  readonly name: string;
  /** A program of the packages, such as `tsc`. */
  readonly program: string;
  readonly args: readonly string[];
}

/** True if it ended with exit code 0. */
export async function runQuietly({ name, program, args }: Step): Promise<boolean> {
  const sinceMs = performance.now();
  const child = spawn(program, args, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const code = await ended(child);
  const tookS = ((performance.now() - sinceMs) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? '' : output}${name}: ${code === 0 ? 'ok' : 'FAILED'} (${tookS} s)\n`);
  return code === 0;
}

/** The exit code, 1 for a program that was killed. */
export async function runLoudly({ program, args }: Omit<Step, 'name'>): Promise<number> {
  return ended(spawn(program, args, { cwd: repository, stdio: 'inherit' }));
}

function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
