import closeWithGrace from 'close-with-grace';
import { chooseStore } from './chooseParts.ts';
import { saveCompiled } from './compiledCode.ts';
import { ConfigError, printConfig, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createLog } from './edges/logging.ts';
import type { RunningServer } from './process.ts';

/** Longest time that stopping may take before the process ends all the same. Milliseconds. */
const STOP_MILLISECONDS = 18_000;

/** Says one sentence and ends: for what the operator must put right. */
function giveUp(sentence: string): never {
  console.error(`warroom does not start: ${sentence}`);
  process.exit(1);
}

function configured(): ReturnType<typeof readConfig> {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return giveUp(error.message);
    throw error;
  }
}

/** What to set when the machine said no, in one sentence. */
function sentenceOf(error: unknown, { port, host }: Config): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `another program listens on port ${port} of ${host}; end it, or set PORT to a free one.`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `HOST is ${host}, which is no address of this machine; set it to 127.0.0.1 or 0.0.0.0.`;
  }
  if (code === 'EACCES') return `this user may not listen on port ${port}; set PORT to one above 1023.`;
  return message;
}

/** What a person at the terminal needs to begin. */
function greet(server: RunningServer): void {
  console.log(`\nwarroom listens at ${server.address}`);
  if (server.firstRun.kind === 'created') console.log(`First administrator: ${server.firstRun.email}`);
  if (server.firstRun.kind === 'set_up') {
    console.log(
      `Nobody is administrator yet. Open this once, it sets you up:\n\n  ${server.address}${server.firstRun.path}\n`,
    );
  }
}

const config = configured();
if (process.argv.includes('--print-config')) {
  console.log(printConfig(config));
  process.exit(0);
}

const log = createLog(config.logLevel);
for (const note of config.notes) log.warn(note);

const opening = chooseStore(config);
// Heard of below, where it is awaited; until then it is nobody's.
opening.catch(() => undefined);
// The store opens in threads of its own while the rest is loaded.
const { startServer } = await import('./process.ts');
const server = await startServer(config, log, opening, (error) => {
  // A sync that failed cannot be tried again and called good: nothing more may be acknowledged.
  log.fatal({ err: error }, 'the store can no longer keep its promise; the process ends');
  process.exit(70);
}).catch((error: unknown) => giveUp(sentenceOf(error, config)));

closeWithGrace({ delay: STOP_MILLISECONDS, logger: false }, async ({ err, signal }) => {
  if (err) log.fatal({ err }, 'a bug ended the process');
  else log.info({ signal }, 'stopping');
  await server.stop();
  // Takes about a second after an upgrade, so never while anybody is served.
  saveCompiled();
});

greet(server);
