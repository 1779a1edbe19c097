import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test/support/serverProcess.ts';

const WIDTH = 820;
const LABEL = 200;
const BAR = 16;
const GAP = 22;
/** Ours first; they are told apart by their names too. */
const COLORS = ['#0b62a8', '#b4530a', '#c98a3d', '#6a4fa3', '#9a86c4', '#7a7a7a', '#a9a9a9'];

export interface BarPlot {
  title: string;
  groups: readonly { name: string; bars: readonly { name: string; value: number }[] }[];
}

/** Writes bench/plots/<name>.svg: a row per server in each case, longest to the right, each group with a scale of its own. */
export function plotBars(name: string, { title, groups }: BarPlot): void {
  const rows: string[] = [];
  let y = 40;
  for (const group of groups) {
    const most = Math.max(
      ...group.bars.map(({ value }) => (Number.isNaN(value) ? 0 : value)),
      Number.MIN_VALUE,
    );
    rows.push(`<text x="10" y="${y}" font-weight="600">${escaped(group.name)}</text>`);
    y += 8;
    for (const [index, { name: server, value }] of group.bars.entries()) {
      const width = Number.isNaN(value) ? 0 : (value / most) * (WIDTH - LABEL - 90);
      rows.push(
        `<text x="${LABEL - 6}" y="${y + 12}" text-anchor="end">${escaped(server)}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 3}" fill="${COLORS[index % COLORS.length] ?? ''}"/>`,
        `<text x="${(LABEL + width + 5).toFixed(1)}" y="${y + 11}">${Number.isNaN(value) ? 'lost something' : value.toFixed(2)}</text>`,
      );
      y += BAR;
    }
    y += GAP;
  }
  const folder = path.join(root, 'bench', 'plots');
  mkdirSync(folder, { recursive: true });
  const style = 'font: 12px system-ui, sans-serif; fill: #222';
  writeFileSync(
    path.join(folder, `${name}.svg`),
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" fill="#fff"/>
<g style="${style}"><text x="10" y="18" font-weight="700">${escaped(title)}</text>
${rows.join('\n')}
</g></svg>
`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
