import { useCallback, useEffect, useRef, useState } from 'react';
import type { Offer } from '#shared/incident/state.ts';

/** An offer never waits longer than this for somebody's composition to end. Milliseconds. */
const COMPOSITION_PATIENCE = 2_000;
/** It unfolds again this long before it expires. Milliseconds. */
const LAST_CALL = 60_000;

export interface OfferToMe {
  unfolded: boolean;
  fold: () => void;
  unfold: () => void;
}

/** True while some input method is composing anywhere on the page. */
function useComposing(): () => boolean {
  const composing = useRef(false);
  useEffect(() => {
    const start = (): void => {
      composing.current = true;
    };
    const end = (): void => {
      composing.current = false;
    };
    document.addEventListener('compositionstart', start, true);
    document.addEventListener('compositionend', end, true);
    return () => {
      document.removeEventListener('compositionstart', start, true);
      document.removeEventListener('compositionend', end, true);
    };
  }, []);
  return useCallback(() => composing.current, []);
}

/** When an offer unfolds by itself again after it was folded, in milliseconds since 1970; null when not any more. */
export function nextUnfolding(offer: Pick<Offer, 'offeredAt' | 'expiresAt'>, now: number): number | null {
  const [start, end] = [Date.parse(offer.offeredAt), Date.parse(offer.expiresAt)];
  const moments = [start + (end - start) / 2, end - LAST_CALL].toSorted((a, b) => a - b);
  return moments.find((moment) => moment > now && moment < end) ?? null;
}

/** The dialog of an offer to me: unfolds at once but after a composition, folds on request, comes back in time. */
export function useOfferToMe(offer: Offer | null): OfferToMe {
  /** The offer that is unfolded; one that is over folds by itself. */
  const [unfolded, setUnfolded] = useState<string | null>(null);
  const composing = useComposing();
  const id = offer?.offer ?? null;

  useEffect(() => {
    if (id === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A macrotask later, so that what a composition commits has reached its field.
    const unfoldIn = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setUnfolded(id), milliseconds);
    };
    const ended = (): void => unfoldIn(50);
    if (composing()) {
      document.addEventListener('compositionend', ended, { once: true });
      unfoldIn(COMPOSITION_PATIENCE);
    } else unfoldIn(0);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('compositionend', ended);
    };
  }, [id, composing]);

  const isUnfolded = id !== null && unfolded === id;
  useEffect(() => {
    if (!offer || isUnfolded) return;
    const now = Date.now();
    const next = nextUnfolding(offer, now);
    if (next === null) return;
    const timer = setTimeout(() => setUnfolded(offer.offer), next - now);
    return () => clearTimeout(timer);
  }, [offer, isUnfolded]);

  return {
    unfolded: isUnfolded,
    fold: useCallback(() => setUnfolded(null), []),
    unfold: useCallback(() => setUnfolded(id), [id]),
  };
}
