import type { Clock } from './rooms/ports.ts';

/** How long people stay connected while what they sent is being saved. Milliseconds. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * Saves, then hangs up on everybody, once. Where saving takes longer, because the store does not answer, people are sent to
 * another instance before: what was not acknowledged to them they send there again. Resolves when both are done.
 */
export async function sendAway(parts: {
  clock: Pick<Clock, 'after'>;
  save: () => Promise<void>;
  hangUp: () => Promise<void>;
}): Promise<void> {
  let hangingUp: Promise<void> | null = null;
  const hangUp = (): Promise<void> => (hangingUp ??= parts.hangUp());
  const cancel = parts.clock.after(PATIENCE_MILLISECONDS, () => void hangUp().catch(() => undefined));
  try {
    await parts.save();
  } finally {
    cancel();
    await hangUp();
  }
}
