/**
 * One run for all tests: unit tests beside the code and stories in virtual time first, on both cores; then those that
 * compare real processes in real time, one file after the other, so that nothing of ours makes them late.
 */
import { defineConfig } from 'vitest/config';

const REAL_TIME = ['test/process/**/*.test.ts', 'test/compat/timed-*.test.ts'];

const shared = {
  // Processes rather than threads: LevelDB and signals belong to a whole process.
  pool: 'forks',
  // Generous, since real processes share the machine with whatever else runs there; a test that hangs still ends.
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    teardownTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'virtual',
          include: ['{src,cluster,receivers,scripts,test}/**/*.test.ts'],
          exclude: ['node_modules/**', ...REAL_TIME],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'real time',
          include: REAL_TIME,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
