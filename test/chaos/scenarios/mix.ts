import { rage } from '../nemesis.ts';
import { letIn } from '../rights.ts';
import type { Scenario } from '../scenario.ts';
import type { Kind } from '../topology.ts';

/** Everything at random for so long, and somebody loses their rights in the middle of it. */
export function mix(kind: Kind, milliseconds: number): Scenario {
  return {
    name: kind === 'cluster' ? 'mix' : 'mix single',
    title: `everything at random, two things at a time`,
    kind,
    work: {
      with: 'crowd',
      crowd: { pace: 90 },
      async run(stage) {
        const { topology, recorder, random } = stage;
        const leaver = await letIn(stage);
        try {
          const tally = new Map<string, number>();
          const struck = (name: string): void => {
            tally.set(name, (tally.get(name) ?? 0) + 1);
            stage.injected();
          };
          await rage(topology, random, milliseconds / 2, struck);
          await stage.recover();
          const by = topology.living()[0];
          recorder.claim(
            'I9',
            'the right could be taken away',
            by !== undefined && (await leaver.revoke(by)),
          );
          await rage(topology, random, milliseconds / 2, struck);
          await stage.recover();
          const counted = [...tally].map(([name, count]) => `${name} ${count}`).toSorted();
          console.log(`  struck: ${counted.join(', ')}`);
        } finally {
          leaver.close();
        }
      },
    },
  };
}
