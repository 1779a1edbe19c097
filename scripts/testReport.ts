/** What a run of the test runner came to. */
export type Tally = { passed: number; failed: number; skipped: number };

/** The part of the runner's JSON report that is read. */
export type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

/**
 * Sums a report. A file that fails outside of its tests (it does not load, its set-up throws) counts as one failure,
 * since none of its tests may have been counted. So does a run that ended badly without naming a failed test.
 */
export function tally(report: Report, exitCode: number): Tally {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
