import { expect, test } from 'vitest';
import { tally, type Report } from '../../scripts/testReport.ts';

function report(changes: Partial<Report> = {}): Report {
  return {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
    ...changes,
  };
}

test('a good run has no failures', () => {
  expect(tally(report(), 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
});

test('failed tests are counted once, not again with their file', () => {
  const file = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] };
  expect(tally(report({ numFailedTests: 2, testResults: [file] }), 1).failed).toBe(2);
});

test('a file that does not load is a failure', () => {
  const file = { status: 'failed', assertionResults: [] };
  expect(tally(report({ testResults: [file] }), 1).failed).toBe(1);
});

test('a run that ended badly is a failure even when every test passed', () => {
  expect(tally(report(), 1).failed).toBe(1);
});

test('what was skipped is told', () => {
  expect(tally(report({ numPendingTests: 2, numTodoTests: 1 }), 0).skipped).toBe(3);
});
