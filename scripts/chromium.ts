import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The names under which Chromium and Chrome are installed, the free build first. */
const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chrome.exe',
];

/** Where macOS and Windows keep it, outside of PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

export type ChromiumLookup =
  | { found: true; path: string }
  /** `reason` is a sentence for the person who started the tests. */
  | { found: false; reason: string };

/** Is there a file at `path` that this user may execute? */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Looks for the browser of the tests: CHROMIUM_PATH, then PATH, then the usual places. A CHROMIUM_PATH that
 * names nothing executable is a refusal, never a silent second choice.
 */
export function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  executable: (path: string) => boolean = isExecutable,
): ChromiumLookup {
  const named = env['CHROMIUM_PATH'];
  if (named) {
    if (executable(named)) return { found: true, path: named };
    return { found: false, reason: `CHROMIUM_PATH is set to ${named}, which is not an executable file.` };
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
  const path = [...candidates, ...PLACES].find(executable);
  return path === undefined
    ? { found: false, reason: 'No Chromium or Chrome was found on PATH or in the usual places.' }
    : { found: true, path };
}

/** The path of the browser for a test. Throws when there is none; `npm run provision` says how to get one. */
export function chromiumPath(): string {
  const lookup = findChromium();
  if (!lookup.found) throw new Error(`${lookup.reason} Run \`npm run provision\`.`);
  return lookup.path;
}
