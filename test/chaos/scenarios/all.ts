import type { Scenario } from '../scenario.ts';
import { broadcastScenarios } from './broadcasts.ts';
import { crowdScenarios } from './crowds.ts';
import { databaseScenarios } from './databases.ts';
import { dependencyScenarios } from './dependencies.ts';
import { diskScenarios } from './disks.ts';
import { documentScenarios } from './documents.ts';
import { handoffScenarios } from './handoffs.ts';
import { limitScenarios } from './limits.ts';
import { lineScenarios } from './lines.ts';
import { processScenarios } from './processes.ts';

/** Every scenario, in the order of the fault list. */
export const scenarios: readonly Scenario[] = [
  ...processScenarios,
  ...dependencyScenarios,
  ...databaseScenarios,
  ...diskScenarios,
  ...handoffScenarios,
  ...lineScenarios,
  ...crowdScenarios,
  ...broadcastScenarios,
  ...documentScenarios,
  ...limitScenarios,
].toSorted((one, other) => numberOf(one) - numberOf(other));

function numberOf({ name }: Scenario): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}
