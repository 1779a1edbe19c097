import { recordKinds } from '#shared/contract/reviewWords.ts';
import type { RecordKind } from '#shared/contract/reviewWords.ts';
import { plainName, plainText, timeOf } from './parsed.ts';
import type { ParsedImport } from './parsed.ts';
import type { Zone } from './zone.ts';

/** Names under which a column is known. Any other column is left out, whatever it claims. */
export const COLUMNS = {
  time: ['happened_at', 'happenedat', 'time', 'timestamp', 'ts', 'date'],
  kind: ['kind', 'type'],
  who: ['who', 'author', 'user', 'name'],
  text: ['what', 'text', 'message'],
} as const;

/** A table with a header; times without a zone are in `zone`. Never throws. */
export function parseCsv(text: string, { zone }: { zone: Zone }): ParsedImport {
  const [header, ...rows] = rowsOf(text.replace(/^\uFEFF/u, ''));
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const column = (of: readonly string[]): number => names.findIndex((name) => of.includes(name));
  const at = {
    ...{ time: column(COLUMNS.time), kind: column(COLUMNS.kind) },
    ...{ who: column(COLUMNS.who), text: column(COLUMNS.text) },
  };
  const parsed: ParsedImport = { records: [], skipped: [] };
  for (const { line, cells } of rows) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const happenedAt = timeOf(cells[at.time] ?? '', zone);
    const words = plainText(cells[at.text] ?? '');
    if (happenedAt === null || words === '') {
      parsed.skipped.push({ line, reason: happenedAt === null ? 'no_time' : 'no_text' });
      continue;
    }
    const who = plainName(cells[at.who]);
    const kind = kindOf(cells[at.kind] ?? '');
    parsed.records.push({ happenedAt, text: words, ...(who === undefined ? {} : { who }), kind });
  }
  return parsed;
}

export function kindOf(text: string): RecordKind {
  return recordKinds.find((kind) => kind === text.trim().toLowerCase()) ?? 'other';
}

/** The rows of a table, each with the line it begins on; a quoted cell may hold commas, quotes and line ends. */
function rowsOf(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, begins, cell, quoted] = [1, 1, '', false];
  let cells: string[] = [];
  const endRow = (): void => {
    rows.push({ line: begins, cells: [...cells, cell] });
    [cells, cell, begins] = [[], '', line];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === '\n') line += 1;
    if (quoted && letter === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (quoted) cell += letter;
    else if (letter === ',') {
      cells.push(cell);
      cell = '';
    } else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
