import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe, coveringLooks, everyLook, lookName, openStage, sizes } from './stage.ts';
import type { Look, Stage } from './stage.ts';
import { setScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { dialogs, openView, rooms } from './views.ts';
import type { View } from './views.ts';

// The room and everything that opens in it, in the ten looks that the file about all views leaves: opened once per
// language, then the window and the theme change under it, as they do for people who turn a tablet or at nightfall.

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await openStage();
  scene = await setScene(stage);
});

afterAll(() => stage.stop());

const isCovered = (look: Look): boolean => coveringLooks.some((one) => lookName(one) === lookName(look));
const looksIn = (locale: Look['locale']): Look[] =>
  everyLook.filter((look) => look.locale === locale && !isCovered(look));

describe.each(['en', 'ko'] as const)('%s', (locale) => {
  const shown = [...rooms.slice(0, 3), ...dialogs].map((view) => [view.name, view] as const);
  describe.each(shown)('%s', (_, view: View) => {
    let page: Page;
    beforeAll(async () => {
      const [first = everyLook[0]] = looksIn(locale);
      page = await openView(stage, scene, view, { ...first, reducedMotion: 'reduce' });
    });
    afterAll(() => stage.clear());

    test('check 1: axe finds nothing at any size, in either theme', async () => {
      const found: Record<string, string[]> = {};
      for (const look of looksIn(locale)) {
        await page.setViewportSize(sizes[look.size]);
        await page.emulateMedia({ colorScheme: look.theme });
        await page.locator(`html[data-mantine-color-scheme=${look.theme}]`).waitFor();
        await page.locator(view.shown).first().waitFor();
        const wrong = await axe(page, rooms.includes(view) ? undefined : partOf(view));
        if (wrong.length > 0) found[lookName(look)] = wrong;
      }
      expect(found).toEqual({});
    });
  });
});

/** What is judged of an opened view: the rest of the page is judged with the room itself. */
function partOf(view: View): string {
  if (view.shown.startsWith('.bar-form')) return '.bar-form';
  return view.name === 'completion' ? '.composer' : '[aria-modal="true"]';
}
