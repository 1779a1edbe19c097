/** Asks the server in the same container whether it takes traffic; the exit code is the answer. Needs no other program. */
const PATIENCE_MILLISECONDS = 4000;

const port = process.env['PORT'] || '3000';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
  });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
