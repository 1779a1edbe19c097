import { crashBroadcasts } from '../broadcastCrashes.ts';
import type { Scenario, Solo } from '../scenario.ts';

/** The longest that what a dead instance had under way may wait for another one. Milliseconds. */
const TAKEN_OVER_WITHIN = 60_000;

/** Servers that die again and again while they tell 500 people; each of these is accounted for. */
async function dieWhileTelling(on: 'sqlite' | 'postgres', solo: Solo): Promise<void> {
  const { seed, isQuick, recorder, injected, worked, recovered } = solo;
  const report = await crashBroadcasts({ on, seed, runs: isQuick ? 3 : 50, mails: 400, hooks: 100 });
  injected(report.crashes);
  worked(report.arrived);
  const counts = Object.entries(report.rows).map(([status, count]) => `${count} ${status}`);
  console.log(
    `  ${report.arrived} letters, ${report.repeated} of them again with the same id: ${counts.join(', ')}`,
  );
  for (const text of report.wrong) recorder.claim('I8', text, false);
  recorder.claim('I8', 'each of 500 recipients is told once, or again with the same id, or shown', true);
  const { takenOver } = report;
  if (takenOver === null) return;
  recovered(takenOver);
  const text = `what a dead instance had claimed is taken over within a minute (${Math.round(takenOver)} ms)`;
  recorder.claim('I10', text, takenOver <= TAKEN_OVER_WITHIN);
}

export const broadcastScenarios: readonly Scenario[] = [
  {
    name: 'F24',
    title: 'SIGKILL at random while an update goes to 500 recipients, 50 times',
    kind: 'single',
    work: { with: 'nothing', run: (solo) => dieWhileTelling('sqlite', solo) },
  },
  {
    name: 'F24 cluster',
    title: 'SIGKILL of either of two instances that share the telling of 500 recipients, 50 times',
    kind: 'cluster',
    work: { with: 'nothing', run: (solo) => dieWhileTelling('postgres', solo) },
  },
];
