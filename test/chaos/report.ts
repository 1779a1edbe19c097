import type { Result, Scenario } from './scenario.ts';

const seconds = (milliseconds: number | null): string =>
  milliseconds === null ? '' : `${(milliseconds / 1000).toFixed(1)} s`;

/** Says at once what came of one run. */
export function report(result: Result): void {
  const { name, seed, faults, operations, violations, recovery, settling, milliseconds } = result;
  const verdict = violations.length === 0 ? 'held' : `${violations.length} VIOLATIONS`;
  console.log(
    `${name} seed ${seed}: ${verdict}; faults ${faults}, operations ${operations}, ` +
      `recovery ${seconds(recovery) || 'none needed'}, all equal after ${seconds(settling) || 'not asked'} (${seconds(milliseconds)})`,
  );
  for (const { invariant, text } of violations.slice(0, 20)) console.log(`    ${invariant}: ${text}`);
  if (violations.length > 20) console.log(`    and ${violations.length - 20} more`);
}

/** The summary, one row per scenario, as Markdown. */
export function tableOf(
  wanted: readonly Scenario[],
  results: readonly Result[],
  notRun: readonly { name: string; reason: string }[],
): string {
  const rows = wanted.flatMap(({ name, kind, title }) => {
    const own = results.filter((result) => result.name === name && result.kind === kind);
    if (own.length === 0) return [];
    const sum = (of: (result: Result) => number): number =>
      own.reduce((total, result) => total + of(result), 0);
    const most = (of: (result: Result) => number | null): string => {
      const known = own.flatMap((result) => of(result) ?? []);
      return known.length === 0 ? '' : seconds(Math.max(...known));
    };
    return [
      [
        name,
        title,
        own.length,
        sum(({ faults }) => faults),
        sum(({ operations }) => operations),
        sum(({ violations }) => violations.length),
        most(({ recovery }) => recovery),
        most(({ settling }) => settling),
      ],
    ];
  });
  const lines = [
    ['Fault', 'What', 'Runs', 'Injected', 'Operations', 'Violations', 'Recovery', 'All equal after'],
    ['---', '---', '---', '---', '---', '---', '---', '---'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, ...notRun.map(({ name, reason }) => `${name}: not run, ${reason}`)].join('\n');
}
