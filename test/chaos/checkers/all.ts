import type { History, Violation } from '../history.ts';
import { oneCommander } from './command.ts';
import { convergence, savedEdits } from './documents.ts';
import { chains, durableAcknowledgements, gaplessOrder, idempotence } from './log.ts';
import { alive, authorization, bounded } from './running.ts';

/** Every promise that a history breaks; nothing when all held. */
export function violations(history: History): Violation[] {
  return [
    durableAcknowledgements,
    gaplessOrder,
    idempotence,
    chains,
    convergence,
    savedEdits,
    oneCommander,
    authorization,
    alive,
    bounded,
  ].flatMap((check) => check(history));
}
