import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { googleDocsTable } from '../support/clipboardSamples.ts';
import { PAGE_DOCUMENT } from '../support/documentPage.ts';
import { COMMANDER, paste, ready, saved, unknownElement, documentStage } from '../support/documentStage.ts';

const { content, doc, open, profile, server } = documentStage();

describe('keyboard and reading', () => {
  test('Esc, then Tab, leaves the text; the toolbar is one stop with arrows inside', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror li p').last().click();
    await kim.keyboard.press('Tab');
    const inside = (): Promise<boolean> =>
      kim.evaluate(() => document.querySelector('.ProseMirror')?.contains(document.activeElement) ?? false);
    expect(await inside()).toBe(true);
    await kim.keyboard.press('Escape');
    await kim.keyboard.press('Shift+Tab');
    expect(await inside()).toBe(false);
    expect(await kim.evaluate(() => document.activeElement?.closest('[role=toolbar]') !== null)).toBe(true);
    const name = (): Promise<string | null> =>
      kim.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    const first = await name();
    await kim.keyboard.press('ArrowRight');
    expect(await name()).not.toBe(first);
    await kim.keyboard.press('End');
    await kim.keyboard.press('ArrowRight');
    await kim.keyboard.press('Home');
    expect(await name()).toBe('Heading');
    expect(await kim.locator('.tool[tabindex="0"]').count()).toBe(1);
  });

  test('a person who may only read sees the text, the reason in place of the tools, and sends nothing', async () => {
    server().setReadOnly(PAGE_DOCUMENT, true);
    const before = Y.encodeStateAsUpdate(doc());
    const kim = await open(COMMANDER);
    await kim.waitForSelector('.document-reason', { timeout: 15_000 });
    expect(await kim.locator('[role=toolbar]').count()).toBe(0);
    expect(Y.encodeStateAsUpdate(doc())).toEqual(before);
  });

  test('a closed incident is read-only and says so', async () => {
    const kim = await open(COMMANDER, { status: 'closed' });
    await kim.waitForSelector('.document-reason');
    expect(await kim.locator('.document-reason').innerText()).toContain('closed');
    expect(await kim.locator('.save-mark').getAttribute('data-save')).toBe('read_only');
  });

  test('before it is there the document shows its headings, and says when it does not come', async () => {
    server().refuseUpgrades(true);
    const kim = await open(COMMANDER);
    await kim.waitForSelector('.document-skeleton');
    expect(await kim.locator('.document-skeleton').first().innerText()).toContain('Summary');
    await kim.waitForSelector('.document-loading[data-late=true]', { timeout: 15_000 });
    server().refuseUpgrades(false);
    await kim.getByRole('button', { name: 'Try again' }).first().click();
    await ready(kim);
  });
});

describe('looks', () => {
  test.each([
    ['en', 'light'],
    ['en', 'dark'],
    ['ko', 'light'],
    ['ko', 'dark'],
  ])('axe finds nothing in %s, %s; 360 px need no sideways scrolling', async (locale, theme) => {
    const kim = await open(COMMANDER, { locale, theme }, await profile({ width: 360, height: 740 }));
    await ready(kim);
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/html': googleDocsTable, 'text/plain': 'x' });
    await saved(kim);
    expect(await kim.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const check = async (): Promise<void> => {
      const { violations } = await new AxeBuilder({ page: kim }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    };
    await check();
    await kim.getByRole('tab').nth(1).click();
    await check();
    await kim.getByRole('tab').nth(0).click();
    content().insert(2, [unknownElement()]);
    await kim.waitForSelector('.document-reason');
    server().closeAll(4409);
    await kim.waitForSelector('.document-kept');
    await check();
  });
});
