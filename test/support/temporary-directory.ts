/** A directory that is gone, with all that is in it, at the end of the block that made it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class TemporaryDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'tocsin-test-'));

  join(name: string): string {
    return join(this.path, name);
  }

  /** Gives the file's path. */
  write(name: string, text: string): string {
    writeFileSync(this.join(name), text);
    return this.join(name);
  }

  [Symbol.dispose](): void {
    // A process killed a moment ago may still be closing its files.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
