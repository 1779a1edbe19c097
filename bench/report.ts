import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test/support/serverProcess.ts';

/** Writes the figures of a bench into bench/README.md, and the data beside it as JSON. Throws when the page has no place for them. */
export function keepFigures(name: string, markdown: string, data: object): void {
  const file = path.join(root, 'bench', 'README.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- figures of ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench/README.md has no place for the figures of ${name}.`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${markdown}\n\n${text.slice(to)}`);
  mkdirSync(path.join(root, 'bench', 'results'), { recursive: true });
  writeFileSync(path.join(root, 'bench', 'results', `${name}.json`), `${JSON.stringify(data, null, 2)}\n`);
}

/** A table of one row per thing that was looked at: the median of its runs, with the lowest and the highest. */
export function table<Run>(
  first: string,
  columns: readonly (readonly [title: string, of: (run: Run) => number, digits: number])[],
  rows: readonly { name: string; runs: readonly Run[] }[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([first, ...columns.map(([title]) => title), 'runs']),
    line(['---', ...columns.map(() => '---:'), '---:']),
    ...rows.map(({ name, runs }) =>
      line([name, ...columns.map(([, of, digits]) => spread(runs.map(of), digits)), String(runs.length)]),
    ),
  ].join('\n');
}

/** The median with the lowest and the highest. */
export function spread(values: readonly number[], digits: number): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return 'none';
  return `${median(known).toFixed(digits)} (${Math.min(...known).toFixed(digits)}–${Math.max(...known).toFixed(digits)})`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}
