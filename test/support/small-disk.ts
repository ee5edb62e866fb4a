/** A real file system of a few megabytes that a test can fill: a mounted tmpfs, gone at the end of the block. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from './temporary-directory.ts';

const mounted = new Set<string>();
let endsWithTests = false;

export class SmallDisk implements Disposable {
  readonly path: string;

  /** Throws if this user may not mount; ask {@link SmallDisk.problem} first. */
  constructor(path: string, { megabytes }: { megabytes: number }) {
    mkdirSync(path, { recursive: true });
    const { status, stderr, error } = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path);
    if (status !== 0) throw new Error(`cannot mount a small disk: ${error?.message ?? stderr.trim()}`);
    this.path = path;
    mounted.add(path);
    if (!endsWithTests) process.on('exit', unmountAll);
    endsWithTests = true;
  }

  /** Why this machine cannot have one; undefined if it can. */
  static problem(): string | undefined {
    using directory = new TemporaryDirectory();
    try {
      using _disk = new SmallDisk(directory.join('disk'), { megabytes: 1 });
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  /** Takes all the room there is. */
  fill(): void {
    const file = openSync(this.#ballast, 'w');
    try {
      for (const size of [65_536, 4096]) this.#append(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true });
  }

  [Symbol.dispose](): void {
    unmount(this.path);
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }

  #append(file: number, block: Buffer): void {
    try {
      while (writeSync(file, block) > 0);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    }
  }
}

/** Lazily: a process killed a moment ago may still be closing its files. */
function unmount(path: string): void {
  run('umount', '-l', path);
  mounted.delete(path);
}

function unmountAll(): void {
  for (const path of mounted) unmount(path);
}

function run(program: string, ...args: string[]) {
  return spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
}
