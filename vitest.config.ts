/** One run for all tests: unit tests beside the code, and stories with real processes under test/. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,cluster,receivers,scripts,test}/**/*.test.ts'],
    // Processes rather than threads: LevelDB and signals belong to a whole process.
    pool: 'forks',
    maxWorkers: 2,
    // Generous, since real processes share the machine with whatever else runs there; a test that hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    allowOnly: false,
  },
});
