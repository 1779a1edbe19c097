import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badges, overflow, smallTargets, weakContrasts } from './inspect.ts';
import { watchMotion } from './motion.ts';
import { axe, coveringLooks, lookName, openStage, patiently, sizes } from './stage.ts';
import type { Stage } from './stage.ts';
import { setScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { dialogs, existsAt, openView, pages, rooms } from './views.ts';
import type { View } from './views.ts';

// Every view in two looks that differ in everything. The room and what opens in it are seen in all twelve by another
// file; sizes between those of the looks are tried here by resizing the window.

const everything = [...pages, ...rooms, ...dialogs];
/** Severity and status words a badge must say in full, in both languages. */
const FULL_WORDS =
  /Critical|High|Medium|Low|commander|lead|Next|DRILL|Drill|Private|심각|높음|보통|낮음|제어자|담당|훈련|비공개/;

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await openStage();
  scene = await setScene(stage);
});

afterAll(() => stage.stop());

describe.each(coveringLooks.map((look) => [lookName(look), look] as const))('%s', (_, look) => {
  const profile = { ...look, reducedMotion: look.theme === 'dark' ? 'reduce' : 'no-preference' } as const;
  const shown = everything.filter((view) => existsAt(view, look)).map((view) => [view.name, view] as const);
  describe.each(shown)('%s', (name, view: View) => {
    let page: Page;
    let moved: string[];

    beforeAll(async () => {
      // Refusals and unknown addresses are what these views are about; the browser calls them errors of the page.
      if (/refused|not found|ended/.test(name)) stage.forgive(/status of (401|404|410)/);
      page = await openView(stage, scene, view, profile, watchMotion);
      moved = await page.evaluate(() => window.motions ?? []);
    });
    afterAll(() => stage.clear());

    test('check 1: axe finds nothing', async () => {
      expect(await axe(page)).toEqual([]);
    });

    test('check 19: texts have 4.5 : 1, edges of fields and shapes 3 : 1', async () => {
      expect(await weakContrasts(page)).toEqual([]);
    });

    test('check 20: every badge says its full word', async () => {
      const short = (await badges(page)).filter(({ said }) => !FULL_WORDS.test(said));
      expect(short).toEqual([]);
    });

    // Only pages in the dark look ask for reduced motion; in the other look there is nothing to test.
    if (profile.reducedMotion === 'reduce') {
      test('check 21: with reduced motion nothing moves', async () => {
        expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
        expect(moved).toEqual([]);
      });
    }

    test('check 22: targets are 24 × 24, in the bars of one pane 44 × 44', async () => {
      expect(await smallTargets(page, 24)).toEqual([]);
      if (look.size === 'one') expect(await smallTargets(page, 44, '.rail, .foot, .bar')).toEqual([]);
    });

    test('check 25: no error, no violation of the content policy, no request to elsewhere', () => {
      expect(stage.complaints()).toEqual([]);
    });

    test.for(['narrow', 'huge'] as const)('check 2: nothing sticks out (%s)', async (size) => {
      await page.setViewportSize(sizes[size]);
      // What floats finds its new place in the next frames.
      await expect.poll(() => overflow(page), patiently).toEqual([]);
    });
  });
});
