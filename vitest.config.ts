/**
 * One run for all tests: those beside the code first, then stories in virtual time, on both cores; then real processes, three
 * files at a time, since they mostly wait; at last those that measure how late something is, or promise something of
 * slow links, one after the other, so that nothing of ours makes them late.
 */
import { defineConfig } from 'vitest/config';

const REAL_TIME = [
  'test/compat/timed-*.test.ts',
  'test/process/channel-isolation.test.ts',
  'test/process/cluster-links.test.ts',
  'test/process/flood.test.ts',
];
const PROCESSES = ['test/process/**/*.test.ts', 'test/browser/**/*.test.ts'];

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
          name: 'beside the code',
          include: ['{src,cluster,receivers,scripts,web}/**/*.test.ts'],
          // To load every part anew for each of these files would take longer than all their tests.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'virtual',
          include: ['test/**/*.test.ts'],
          exclude: [...PROCESSES, ...REAL_TIME],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'processes',
          include: PROCESSES,
          exclude: ['node_modules/**', ...REAL_TIME],
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...shared,
          name: 'real time',
          include: REAL_TIME,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
