import type { BrowserContext } from 'playwright-core';

declare global {
  interface Window {
    /** What has begun to move since the page was loaded, where `watchMotion` was asked for. */
    motions?: string[];
    /** What the live regions said since the page was loaded, where `watchAnnouncers` was asked for. */
    said?: { politeness: 'polite' | 'assertive'; text: string }[];
  }
}

/** Keeps on every page of a profile what begins to move. */
export function watchMotion(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    const motions: string[] = [];
    window.motions = motions;
    const keep = (event: Event): void => {
      const { target } = event;
      const what = event instanceof TransitionEvent ? event.propertyName : event.type;
      if (target instanceof Element)
        motions.push(`${what} of ${target.tagName.toLowerCase()}.${[...target.classList].join('.')}`);
    };
    document.addEventListener('transitionrun', keep, true);
    document.addEventListener('animationstart', keep, true);
  });
}

/** Keeps on every page of a profile what is said to screen readers. */
export function watchAnnouncers(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    const said: NonNullable<Window['said']> = [];
    window.said = said;
    document.addEventListener('DOMContentLoaded', () => {
      for (const politeness of ['polite', 'assertive'] as const) {
        const region = document.getElementById(`announce-${politeness}`);
        if (!region) continue;
        new MutationObserver(() => {
          if (region.textContent.trim() !== '') said.push({ politeness, text: region.textContent });
        }).observe(region, { childList: true, characterData: true, subtree: true });
      }
    });
  });
}
