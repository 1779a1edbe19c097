import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { COMMANDER, documentStage, paste, ready, saved } from '../support/documentStage.ts';

const { content, open, xml } = documentStage();

/**
 * The browser tells pages of a new selection when it draws the next frame. From here on it does not, as if the page were
 * too busy to draw.
 */
async function drawNoFrames(page: Page): Promise<void> {
  await page.evaluate(() =>
    window.addEventListener(
      'selectionchange',
      (event) => (event.isTrusted ? event.stopImmediatePropagation() : undefined),
      { capture: true },
    ),
  );
}

describe('a caret that was put somewhere a moment ago', () => {
  test('is where a paste goes', async () => {
    const kim = await ready(await open(COMMANDER));
    await drawNoFrames(kim);
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/plain': 'We looked at the pool.' });
    await saved(kim);
    expect(xml()).toContain('<paragraph>We looked at the pool.</paragraph>');
  });

  test('is where a key acts', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('pool');
    await saved(kim);
    await kim.locator('.ProseMirror h2').nth(2).click();
    await saved(kim);
    await drawNoFrames(kim);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.press('End');
    await kim.keyboard.press('Enter');
    await kim.keyboard.type('full');
    await saved(kim);
    expect(xml()).toContain('<paragraph>pool</paragraph><paragraph>full</paragraph>');
  });

  test('stays there when somebody else’s change comes in', async () => {
    const kim = await ready(await open(COMMANDER));
    await drawNoFrames(kim);
    await kim.locator('.ProseMirror p').nth(0).click();
    const other = new Y.XmlElement('paragraph');
    content().push([other]);
    other.push([new Y.XmlText('from somebody else')]);
    await kim.locator('.ProseMirror', { hasText: 'from somebody else' }).waitFor();
    await kim.keyboard.type('mine');
    await saved(kim);
    expect(xml()).toContain('<paragraph>mine</paragraph>');
  });
});
