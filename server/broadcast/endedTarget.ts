import type { TargetRecord } from '../rooms/ports.ts';

/** A target that gets nothing any more, with everything erased that tells whose it was. Its id stays, for the link that ended it. */
export function endedTarget(target: TargetRecord): TargetRecord {
  return { ...target, state: 'ended', address: '', name: null, secret: null };
}
