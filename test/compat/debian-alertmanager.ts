/**
 * Debian's Alertmanager 0.25 and amtool, which the comparisons of this directory are made with. Where they are not
 * installed the comparisons are skipped and say so; with CI set that is a failure, since then nobody would notice.
 */
import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';

const PROGRAMS = ['prometheus-alertmanager', 'amtool'] as const;

const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version']).error !== undefined);

/** A suite that needs the real programs. */
export function describeWithAlertmanager(name: string, body: () => void): void {
  const isMissing = missing.length > 0;
  if (isMissing && process.env.CI !== undefined) {
    test(`${missing.join(' and ')} can be run`, () => {
      throw new Error(
        `${missing.join(' and ')} cannot be run: install Debian's package prometheus-alertmanager, ` +
          'or unset CI to skip what needs it',
      );
    });
  }
  const title = isMissing ? `${name} (skipped: ${missing.join(' and ')} cannot be run)` : name;
  describe.skipIf(isMissing)(title, body);
}
