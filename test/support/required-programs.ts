/**
 * Suites that need other people's programs. Where one is missing the suite becomes a single test whose name says so:
 * skipped on somebody's laptop, failed in CI, where nothing may go unproved in silence.
 */
import { describe, test } from 'vitest';
import { findProgram } from './real-process.ts';

export function describeWithPrograms(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) describe(name, tests);
  else insteadOfTests(name, `not installed: ${missing.join(', ')}`);
}

/** In place of tests that this machine cannot run. */
export function insteadOfTests(name: string, reason: string): void {
  test(`${name} (skipped: ${reason})`, ({ skip }) => {
    if (process.env.CI) throw new Error(`${name}: ${reason}; provide it, or unset CI to go without this proof`);
    skip(reason);
  });
}

function isInstalled(program: string): boolean {
  try {
    findProgram(program);
    return true;
  } catch {
    return false;
  }
}
