/**
 * Prints "passed failed skipped" for CI: `countTests.ts <report> <exit code of the run>`. A missing or broken report is one
 * failure: a run that left no report proved nothing.
 */
import { readFileSync } from 'node:fs';
import { tally, type Report, type Tally } from './testReport.ts';

function read(path: string, exitCode: number): Tally {
  try {
    return tally(JSON.parse(readFileSync(path, 'utf8')) as Report, exitCode);
  } catch (error) {
    console.error(`No usable report of the tests: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const [path = '', exitCode = '1'] = process.argv.slice(2);
const { passed, failed, skipped } = read(path, Number(exitCode));
console.log(`${passed} ${failed} ${skipped}`);
