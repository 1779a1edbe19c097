import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { severities, statuses } from '#shared/contract/identifiers.ts';
import { root } from '../support/serverProcess.ts';
import { badges } from './inspect.ts';
import { setScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { inRoom, openStage, sizes } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

/** Pictures for people to look at; nothing in here is compared by a machine. */
const PICTURES = join(root, 'test-results', 'colour-blind');

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await openStage();
  scene = await setScene(stage);
  await mkdir(PICTURES, { recursive: true });
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

async function room(profile: Profile = {}): Promise<Page> {
  return inRoom(await stage.open(scene.cast.commander, `/i/${scene.lively.number}`, profile));
}

describe.each([
  ['en', 'light'],
  ['ko', 'dark'],
] as const)('%s %s', (locale, theme) => {
  test('check 3: at 200 % severity, status, commander, elapsed and next update are in sight', async () => {
    const page = await room({ size: 'zoomed', locale, theme });
    const { width, height } = sizes.zoomed;
    const parts = {
      severity: page.locator('.bar .badge', { hasText: 'SEV1' }),
      status: page.locator('.bar .status-track'),
      commander: page.locator('.bar-commander-name'),
      elapsed: page.locator('.bar-elapsed'),
      'next update': page.locator('.next-update').locator('visible=true'),
    };
    const hidden: string[] = [];
    for (const [name, part] of Object.entries(parts)) {
      const box = await part.first().boundingBox();
      const isIn =
        box !== null &&
        box.width > 8 &&
        Math.min(box.x, box.y) >= 0 &&
        box.x + box.width <= width &&
        box.y + box.height <= height;
      // Nothing lies over it.
      const isMet = await part.first().evaluate((element) => {
        const { left, top, width: wide, height: high } = element.getBoundingClientRect();
        const hit = document.elementFromPoint(left + wide / 2, top + high / 2);
        return hit !== null && (element.contains(hit) || hit.contains(element));
      });
      if (!isIn || !isMet) hidden.push(name);
    }
    expect(hidden).toEqual([]);
    expect(await page.locator('.bar-commander-name').textContent()).toBe(scene.cast.commander.name);
  });

  test('at 360 px a number of four digits is read whole', async () => {
    const page = await room({ size: 'narrow', locale, theme });
    const [needed, given] = await page.locator('.bar-title').evaluate((title) => {
      const number = title.querySelector('.bar-number');
      if (number) number.textContent = 'INC-4088';
      return [number?.scrollWidth ?? Infinity, title.clientWidth];
    });
    expect(needed).toBeLessThanOrEqual(given);
  });

  test('check 19: with forced colours badges keep edge and text', async () => {
    const page = await room({ forcedColors: 'active', locale, theme });
    const bare = await page.locator('.badge').evaluateAll((all) =>
      all
        .filter((badge) => badge.checkVisibility())
        .flatMap((badge) => {
          const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor, color } =
            getComputedStyle(badge);
          const hasEdge =
            borderTopStyle !== 'none' && borderTopWidth !== '0px' && borderTopColor !== backgroundColor;
          const hasText = badge.textContent.trim() !== '' && color !== backgroundColor;
          return hasEdge && hasText ? [] : [`${badge.className}: ${borderTopColor} on ${backgroundColor}`];
        }),
    );
    expect(bare).toEqual([]);
  });

  test('check 20: seen without colour or without red and green, nothing differs by colour alone', async () => {
    const page = await room({ locale, theme });
    const session = await page.context().newCDPSession(page);
    for (const type of ['achromatopsia', 'deuteranopia'] as const) {
      await session.send('Emulation.setEmulatedVisionDeficiency', { type });
      await page.screenshot({ path: join(PICTURES, `room-${type}-${locale}-${theme}.png`) });
    }
    await page.locator('.bar-control').first().click();
    await page
      .locator('.bar-form .option-row')
      .nth(severities.length - 1)
      .waitFor();
    await page.screenshot({ path: join(PICTURES, `severity-deuteranopia-${locale}-${theme}.png`) });
    const shown = await badges(page);
    const drawn = new Map<string, Set<string>>();
    for (const { kind, drawn: form } of shown) drawn.set(kind, (drawn.get(kind) ?? new Set()).add(form));
    expect([...drawn.keys()]).toEqual(expect.arrayContaining(severities.map((each) => `severity-${each}`)));
    // What one kind draws, shape and letters, no other kind draws.
    for (const [kind, forms] of drawn) {
      for (const [other, otherForms] of drawn) {
        if (kind !== other)
          expect(
            [...forms].filter((form) => otherForms.has(form)),
            `${kind} and ${other}`,
          ).toEqual([]);
      }
    }
    await page.keyboard.press('Escape');
    await page.locator('.bar-control').nth(1).click();
    await page.locator('.bar-form .option-row').first().waitFor();
    const words = await page.locator('.bar-form .option-row').allTextContents();
    expect(new Set(words).size).toBe(words.length);
    expect(words.length).toBeLessThan(statuses.length);
  });
});
