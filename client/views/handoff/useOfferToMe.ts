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
  const [unfolded, setUnfolded] = useState(false);
  const composing = useComposing();
  const id = offer?.offer;

  useEffect(() => {
    if (id === undefined) {
      setUnfolded(false);
      return;
    }
    if (!composing()) {
      setUnfolded(true);
      return;
    }
    // One macrotask after the composition, so that what it commits has reached its field.
    let later: ReturnType<typeof setTimeout> | undefined;
    const ended = (): void => {
      later = setTimeout(() => setUnfolded(true), 50);
    };
    document.addEventListener('compositionend', ended, { once: true });
    const patience = setTimeout(() => setUnfolded(true), COMPOSITION_PATIENCE);
    return () => {
      clearTimeout(patience);
      clearTimeout(later);
      document.removeEventListener('compositionend', ended);
    };
  }, [id, composing]);

  useEffect(() => {
    if (!offer || unfolded) return;
    const now = Date.now();
    const next = nextUnfolding(offer, now);
    if (next === null) return;
    const timer = setTimeout(() => setUnfolded(true), next - now);
    return () => clearTimeout(timer);
  }, [offer, unfolded]);

  return {
    unfolded: offer !== null && unfolded,
    fold: useCallback(() => setUnfolded(false), []),
    unfold: useCallback(() => setUnfolded(true), []),
  };
}
