/** What vitest's JSON report says, in three numbers. */

/** The part of the report that is read here. */
export interface VitestResult {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * A file that could not even be loaded has no tests to count, and so counts as one that failed, as does a run that left
 * no report: "0 failed" must mean that nothing did.
 */
export function summarise(result: VitestResult | undefined): { passed: number; failed: number; skipped: number } {
  if (result === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const tests = result.testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const brokenFiles = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const passed = tests.filter((status) => status === 'passed').length;
  const failed = tests.filter((status) => status === 'failed').length;
  return { passed, failed: failed + brokenFiles.length, skipped: tests.length - passed - failed };
}
