export type Politeness = 'polite' | 'assertive';

/** What an announcer needs of the page; times in milliseconds. */
export interface AnnouncerPage {
  /** Shows the text in the live region; empty clears it. */
  show: (politeness: Politeness, text: string) => void;
  /** Starts a timer and returns its stop. */
  after: (milliseconds: number, then: () => void) => () => void;
}

const MERGE = 1_000;
const CLEAR = 5_000;

/**
 * Speaks to screen readers through two regions that exist from the first paint. What arrives within a second is said
 * as one text, the same text once; a text is cleared after five seconds, so that nobody finds old news by browsing.
 */
export function createAnnouncer(page: AnnouncerPage): (politeness: Politeness, text: string) => void {
  const waiting: Record<Politeness, string[]> = { polite: [], assertive: [] };
  const stops: Record<Politeness, (() => void) | null> = { polite: null, assertive: null };

  function flush(politeness: Politeness): void {
    const texts = waiting[politeness];
    waiting[politeness] = [];
    page.show(politeness, texts.join(' '));
    stops[politeness] = page.after(CLEAR, () => {
      stops[politeness] = null;
      page.show(politeness, '');
    });
  }

  return (politeness, text) => {
    if (text.trim() === '') return;
    const texts = waiting[politeness];
    if (texts.includes(text)) return;
    texts.push(text);
    if (texts.length > 1) return;
    stops[politeness]?.();
    // An assertive text does not wait for company: what comes within the second follows it.
    stops[politeness] = page.after(politeness === 'assertive' ? 50 : MERGE, () => flush(politeness));
  };
}

/** Says something to screen readers. Assertive only for: an offer to me, command changed, not saved, offline or back, refused. */
export const announce = createAnnouncer({
  show: (politeness, text) => {
    const region = document.getElementById(`announce-${politeness}`);
    if (region) region.textContent = text;
  },
  after: (milliseconds, then) => {
    const timer = window.setTimeout(then, milliseconds);
    return () => window.clearTimeout(timer);
  },
});
