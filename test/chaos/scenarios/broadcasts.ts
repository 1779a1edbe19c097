import { crashBroadcasts } from '../broadcastCrashes.ts';
import type { Scenario, Solo } from '../scenario.ts';

/** A server that dies again and again while it tells 500 people; each of them is accounted for. */
async function dieWhileTelling({ seed, isQuick, recorder, injected, worked }: Solo): Promise<void> {
  const report = await crashBroadcasts({ seed, runs: isQuick ? 3 : 50, mails: 400, hooks: 100 });
  injected(report.crashes);
  worked(report.arrived);
  const counts = Object.entries(report.rows).map(([status, count]) => `${count} ${status}`);
  console.log(
    `  ${report.arrived} letters, ${report.repeated} of them again with the same id: ${counts.join(', ')}`,
  );
  for (const text of report.wrong) recorder.claim('I8', text, false);
  recorder.claim('I8', 'each of 500 recipients is told once, or again with the same id, or shown', true);
}

export const broadcastScenarios: readonly Scenario[] = [
  {
    name: 'F24',
    title: 'SIGKILL at random while an update goes to 500 recipients, 50 times',
    kind: 'single',
    work: { with: 'nothing', run: dieWhileTelling },
  },
];
