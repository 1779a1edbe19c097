/** It counts as settled once it was right in so many frames in a row. */
const STILL = 4;
/** After so long what is reached is kept, so that the reader is never held. Milliseconds. */
const AT_MOST = 1_500;

/**
 * Goes to a place again until it is there and stays there. A list that has just been drawn, or has just taken an older
 * page, measures its rows for some frames and goes to its own first place meanwhile. Resolves when settled, or after
 * a second and a half.
 */
export function settle(go: () => void, isThere: () => boolean): Promise<void> {
  const until = performance.now() + AT_MOST;
  let right = 0;
  return new Promise((resolve) => {
    const frame = (): void => {
      right = isThere() ? right + 1 : 0;
      if (right >= STILL || performance.now() > until) return resolve();
      if (right === 0) go();
      requestAnimationFrame(frame);
    };
    // The list has to have taken the older page before it can be told to go there.
    requestAnimationFrame(frame);
  });
}

/** Is the entry's row within what the list shows? */
export function isSeen(scroller: HTMLElement | null, seq: number): boolean {
  const row = scroller?.querySelector(`#e${seq}`)?.getBoundingClientRect();
  const frame = scroller?.getBoundingClientRect();
  if (!row || !frame) return false;
  return row.top >= frame.top - 1 && row.top + Math.min(row.height, frame.height / 2) <= frame.bottom + 1;
}
