// Escape sequences of terminals: colours and cursor moves, window titles, and the two-character ones.
// oxlint-disable-next-line no-control-regex
const ANSI = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-~])/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const TIMESTAMP =
  /^\W{0,2}(?:\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{1,2}:\d{2}|\d{1,2}:\d{2}:\d{2}|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)?,?\s?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s+\d{1,2}:\d{2}|\d{10}(?:\.\d+)?\b)/;
const LEVEL = /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|PANIC)\b[\]:\s]/;
const PROMPT = /^(?:[\w.-]+@[\w.-]+[:\s][^$#]*)?[$#%❯]\s+\S/;
const FRAME = /^\s+at\s+\S|^\s+File "|^Traceback |^Caused by: |^goroutine \d+ /;
const COLUMNS = /\S(?: {2,}|\t)\S.*\S(?: {2,}|\t)\S/;

/**
 * The text without what must not get into a document: terminal escape sequences, control characters and halves of
 * characters (which no update can carry). Line ends become `\n`; a line that a terminal overwrote keeps its last form.
 */
export function cleanText(text: string): string {
  return text
    .replace(ANSI, '')
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map(lastForm)
    .join('\n')
    .replace(CONTROL, '')
    .replace(LONE_SURROGATE, '\uFFFD');
}

/** What a line that was overwritten with carriage returns shows in the end. */
function lastForm(line: string): string {
  if (!line.includes('\r')) return line;
  return line.split('\r').findLast((form) => form.trim() !== '') ?? '';
}

/** So much of a text is judged; a log shows itself early. */
const JUDGED = { lines: 200, characters: 400 } as const;

/**
 * Is this output of a terminal or a log, whose lines must stay lines? Judged before cleaning, since escape sequences
 * are the surest sign. Prose, lists and Markdown are not.
 */
export function looksLikeLog(raw: string): boolean {
  const beginning = raw.slice(0, JUDGED.lines * JUDGED.characters);
  if (beginning.search(ANSI) >= 0) return true;
  const lines = cleanText(beginning)
    .split('\n', JUDGED.lines)
    .map((line) => line.slice(0, JUDGED.characters))
    .filter((line) => line.trim() !== '');
  if (lines.length < 2) return false;
  const share = (test: (line: string) => boolean): number => lines.filter(test).length / lines.length;
  if (lines.some((line) => FRAME.test(line))) return true;
  if (PROMPT.test(lines[0] ?? '')) return true;
  if (share((line) => TIMESTAMP.test(line) || LEVEL.test(line)) >= 0.5) return true;
  if (lines.length >= 3 && share((line) => COLUMNS.test(line)) >= 0.6) return true;
  return share((line) => /^(?: {2,}|\t)/.test(line) && !/^\s*(?:[-*+]|\d+[.)])\s/.test(line)) >= 0.4;
}
