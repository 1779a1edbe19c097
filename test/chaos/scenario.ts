import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';
import { violations } from './checkers/all.ts';
import { gatherCrowd } from './crowd.ts';
import type { CrowdSize } from './crowd.ts';
import { Recorder, emptyHistory } from './history.ts';
import type { History, Violation } from './history.ts';
import { collect, openStage, settle } from './stage.ts';
import type { Stage } from './stage.ts';
import { startTopology } from './topology.ts';
import type { Kind, Topology, TopologyOptions } from './topology.ts';

/** A fault, or a family of them, that can be run alone. */
export interface Scenario {
  /** `F10`, or `F10 kill after publish` where one number has several. */
  readonly name: string;
  readonly title: string;
  readonly kind: Kind;
  /** Part of the bounded run of continuous integration. */
  readonly isQuick?: true;
  /** Why it cannot run here; null: it can. */
  readonly cannot?: () => string | null;
  readonly work: Work;
}

/** Either with a crowd at work all the time, or by itself from an empty machine. */
export type Work =
  | {
      with: 'crowd';
      topology?: Partial<TopologyOptions>;
      crowd?: Partial<CrowdSize>;
      /** Makes what the topology stands on; cleaned up when all else has stopped. */
      prepare?(): Promise<{ topology: Partial<TopologyOptions>; cleanUp(): Promise<void> }>;
      run(stage: Stage): Promise<void>;
    }
  | { with: 'nothing'; run(solo: Solo): Promise<void> };

/** What a scenario that brings its own parts works with. */
export interface Solo {
  readonly seed: number;
  readonly isQuick: boolean;
  readonly recorder: Recorder;
  injected(count?: number): void;
  recovered(milliseconds: number): void;
  /** Operations that the recorder does not see, for the table. */
  worked(operations: number): void;
}

/** What came of one run. */
export interface Result {
  name: string;
  kind: Kind;
  seed: number;
  faults: number;
  operations: number;
  violations: Violation[];
  /** Longest time from healing until every instance took commands again; null: nothing had to recover. Milliseconds. */
  recovery: number | null;
  /** Time from the end of the load until everybody held the same. Milliseconds. */
  settling: number | null;
  milliseconds: number;
}

const CROWD: CrowdSize = { talkers: 9, editors: 6, pace: 40 };

/** Runs a scenario once from a seed. A run that breaks down is a violation of its own, with the reason. */
export async function runScenario(scenario: Scenario, seed: number, isQuick: boolean): Promise<Result> {
  const from = performance.now();
  const recorder = new Recorder();
  const result: Result = {
    name: scenario.name,
    kind: scenario.kind,
    seed,
    faults: 0,
    operations: 0,
    violations: [],
    recovery: null,
    settling: null,
    milliseconds: 0,
  };
  const recovered = (milliseconds: number): void => {
    result.recovery = Math.max(result.recovery ?? 0, milliseconds);
  };
  let worked = 0;
  try {
    const { work } = scenario;
    if (work.with === 'crowd') {
      result.violations = await withCrowd(scenario, work, { seed, isQuick, recorder, recovered, result });
    } else {
      await work.run({
        seed,
        isQuick,
        recorder,
        recovered,
        injected: (count = 1) => {
          recorder.faultsInjected += count;
        },
        worked: (operations) => {
          worked += operations;
        },
      });
      const { claims, crashes, measured, revocations } = recorder;
      result.violations = violations({ ...emptyHistory(), claims, crashes, measured, revocations });
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const known = recorder.claims.filter(({ held }) => !held);
    result.violations = [...known, { invariant: 'work', text: `the run broke down: ${text}` }];
  }
  result.faults = recorder.faultsInjected;
  if (result.faults === 0) result.violations.push({ invariant: 'work', text: 'no fault was injected' });
  result.operations = recorder.operations.length + recorder.edits.length + worked;
  result.milliseconds = performance.now() - from;
  return result;
}

interface Running {
  seed: number;
  isQuick: boolean;
  recorder: Recorder;
  recovered(milliseconds: number): void;
  result: Result;
}

async function withCrowd(
  { kind }: Scenario,
  work: Extract<Work, { with: 'crowd' }>,
  { seed, isQuick, recorder, recovered, result }: Running,
): Promise<Violation[]> {
  const ground = await work.prepare?.();
  try {
    const options = { kind, seed, recorder, ...work.topology, ...ground?.topology };
    return await onTopology(await startTopology(options), work, {
      seed,
      isQuick,
      recorder,
      recovered,
      result,
    });
  } finally {
    await ground?.cleanUp();
  }
}

async function onTopology(
  topology: Topology,
  work: Extract<Work, { with: 'crowd' }>,
  { seed, isQuick, recorder, recovered, result }: Running,
): Promise<Violation[]> {
  try {
    const crowd = await gatherCrowd(topology, recorder, seed, { ...CROWD, ...work.crowd });
    try {
      const parts = { topology, crowd, recorder, random: seeded(seed), seed, isQuick };
      const stage = openStage(parts, recovered);
      crowd.start();
      await untilBusy(recorder);
      await work.run(stage);
      await topology.heal();
      await crowd.stopLoad();
      result.settling = await settle(stage);
      const history = await collect(stage);
      const found = [...violations(history), ...idleness(history)];
      if (found.length > 0) await keepLogs(topology, result);
      return found;
    } finally {
      crowd.close();
    }
  } catch (error) {
    await keepLogs(topology, result);
    throw error;
  } finally {
    await topology.stop();
  }
}

/** What the instances printed is the first thing to read when a run went wrong. */
async function keepLogs({ instances }: Topology, { name, seed }: Result): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), `warroom-chaos-${name.replaceAll(' ', '-')}-${seed}-`));
  for (const instance of instances)
    await writeFile(path.join(folder, `${instance.name}.log`), instance.server.output());
  console.log(`${name} seed ${seed}: what the instances printed is in ${folder}`);
}

/** Faults that strike before anything happens prove nothing. */
async function untilBusy({ operations, edits }: Recorder): Promise<void> {
  const deadline = performance.now() + 60_000;
  const isBusy = (): boolean =>
    operations.filter(({ knowledge }) => knowledge.kind === 'ok').length >= 20 &&
    edits.filter(({ saved }) => saved !== null).length >= 5;
  while (!isBusy()) {
    if (performance.now() > deadline) throw new Error('Too little worked even before the first fault.');
    await delay(20);
  }
}

/** A run that did no work proves nothing. */
function idleness({ operations, edits, answered }: History): Violation[] {
  const acknowledged = operations.filter(({ knowledge }) => knowledge.kind === 'ok').length;
  const saved = edits.filter((edit) => edit.saved !== null).length;
  const texts = [
    ...(acknowledged < 40 ? [`only ${acknowledged} commands were acknowledged`] : []),
    ...(saved < 10 ? [`only ${saved} edits were saved`] : []),
    ...(answered.length === 0 ? ['no instance was asked what it knows'] : []),
  ];
  return texts.map((text) => ({ invariant: 'work', text }));
}
