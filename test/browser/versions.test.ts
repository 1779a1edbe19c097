import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { delay } from '../support/serverProcess.ts';
import type { Account } from '../support/client.ts';
import { overflow } from './inspect.ts';
import { inRoom, openStage, patiently } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

// A page that stays open while the server gets a new build of it.

/** The note waits for ten seconds without typing, and for answers that agree. */
const soon = { timeout: 40_000 } as const;

let stage: Stage;
let minji: Account;
let incident: IncidentSummary;

beforeAll(async () => {
  stage = await openStage();
  minji = await stage.person('Kim Minji');
  incident = await stage.declare(minji, { title: 'Checkout returns 500', severity: 'SEV2' });
});

afterAll(() => stage.stop());

/** A page that believes itself of the build before until it is loaded anew. */
async function oldPage(look: Profile = {}): Promise<Page> {
  const context = await stage.profile(minji, look);
  await context.addInitScript(() => {
    // The questions of many pages are spread by chance; one page needs no patience.
    Math.random = () => 0;
    if (location.protocol !== 'http:') return;
    if (sessionStorage.getItem('test.loaded') !== null) return;
    sessionStorage.setItem('test.loaded', '1');
    const seek = new MutationObserver(() => {
      const name = document.querySelector('meta[name=warroom-build]');
      name?.setAttribute('content', 'the-one-before');
      if (name) seek.disconnect();
    });
    seek.observe(document, { childList: true, subtree: true });
  });
  return context.newPage();
}

function buildOf(page: Page): Promise<string | null> {
  return page.locator('meta[name=warroom-build]').getAttribute('content');
}

/** Where everything in the room stands but the words of the strip. */
function places(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    ['.bar', '.strip', '.saved-mark', '.strip-update', '.document-slot', '.log', '.composer'].map((part) => {
      const box = document.querySelector(part)?.getBoundingClientRect();
      return `${part} ${box?.x} ${box?.y} ${box?.width} ${box?.height}`;
    }),
  );
}

describe('a page of the build before', () => {
  test('goes on working, is told in the strip once nobody types, and is new after a reload that asks nothing', async () => {
    const page = await oldPage();
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.goto(`${stage.url}/i/${incident.number}`);
    await inRoom(page);
    expect(await buildOf(page)).toBe('the-one-before');
    const field = page.locator('.composer-field');
    await field.fill('The old page can still say this.');
    await field.press('Enter');
    await page.locator('article.row', { hasText: 'The old page can still say this.' }).waitFor();

    const note = page.locator('.strip-waiting[data-kind=version]');
    const before = await places(page);
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const region = document.getElementById('announce-polite');
      new MutationObserver(() => said.push(region?.textContent ?? '')).observe(region ?? document.body, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    for (let letter = 0; letter < 8; letter += 1) {
      await field.press('a');
      await delay(2_000);
      expect(await note.count()).toBe(0);
    }
    await field.fill('');
    await note.waitFor(soon);
    expect(await note.innerText()).toContain('A new version is here. Reload when it suits you.');
    expect(await places(page)).toEqual(before);
    const said = (): Promise<string[]> =>
      page.evaluate(() =>
        (window as unknown as { said: string[] }).said.filter((text) => text.includes('A new version')),
      );
    await expect.poll(said, patiently).toEqual(['A new version is here. Reload when it suits you.']);

    await field.fill('Not sent yet');
    await note.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => buildOf(page), patiently).not.toBe('the-one-before');
    await inRoom(page);
    expect(await page.locator('.composer-field').inputValue()).toBe('Not sent yet');
    expect(asked).toEqual([]);
    await page.locator('.composer-field').fill('');
    await stage.clear();
  });

  test('is told above the board, in Korean at 360 px with no word cut off, until "later"', async () => {
    const page = await oldPage({ size: 'narrow', locale: 'ko' });
    await page.goto(`${stage.url}/board`);
    await page.locator('.board-row').first().waitFor();
    const top = (): Promise<number | undefined> =>
      page
        .locator('.board-row')
        .first()
        .boundingBox()
        .then((box) => box?.y);
    const before = await top();
    const note = page.locator('.version-bar');
    await note.waitFor(soon);
    expect(await top()).toBe(before);
    expect(await overflow(page)).toEqual([]);
    const words = note.locator('.version-words');
    expect(await words.innerText()).toBe('새 버전이 있습니다. 편할 때 새로 고치세요.');
    const [bar, text] = [await note.boundingBox(), await words.boundingBox()];
    expect(text && bar ? text.height <= bar.height : null).toBe(true);
    await note.getByRole('button', { name: '나중에' }).click();
    await expect.poll(() => note.count(), patiently).toBe(0);
    expect(await buildOf(page)).toBe('the-one-before');
    await stage.clear();
  });

  test('is not told over a dialog', async () => {
    const page = await oldPage();
    await page.goto(`${stage.url}/i/${incident.number}/help`);
    await page.locator('[aria-modal="true"]').waitFor();
    await delay(16_000);
    const note = page.locator('.strip-waiting[data-kind=version]');
    expect(await note.count()).toBe(0);
    await page.keyboard.press('Escape');
    await note.waitFor(soon);
    await stage.clear();
  });
});

describe('a part of the page that the new server does not have', () => {
  test('does not take the room with it: the log goes on, what is typed stays, and a reload is asked for', async () => {
    stage.forgive(/status of 404|PartMissing|part of the page|dynamically imported/i);
    const context = await stage.profile(minji);
    const isDocument = /\/assets\/DocumentPane-/;
    await context.route(isDocument, (route) => route.fulfill({ status: 404, body: '' }));
    const page = await context.newPage();
    await page.goto(`${stage.url}/i/${incident.number}`);
    const fault = page.locator('.document-slot [data-fault=missing]');
    await fault.waitFor();
    expect(await fault.getAttribute('role')).toBe('alert');
    const field = page.locator('.composer-field');
    await field.fill('Said without the document.');
    await field.press('Enter');
    await page.locator('article.row', { hasText: 'Said without the document.' }).waitFor();
    await field.fill('Half a thought');
    await context.unroute(isDocument);
    page.on('dialog', (dialog) => void dialog.accept());
    await fault.getByRole('button').click();
    await page.locator('.ProseMirror').first().waitFor();
    expect(await page.locator('.composer-field').inputValue()).toBe('Half a thought');
    await page.locator('.composer-field').fill('');
    await stage.clear();
  });

  test('keeps the way back to the room, with what was typed there', async () => {
    stage.forgive(/status of 404|PartMissing|part of the page|dynamically imported/i);
    const context = await stage.profile(minji);
    await context.route(/\/assets\/ReplayPage-/, (route) => route.fulfill({ status: 404, body: '' }));
    const page = await context.newPage();
    await page.goto(`${stage.url}/i/${incident.number}`);
    await inRoom(page);
    await page.locator('.composer-field').fill('Half a thought');
    await page.keyboard.press('Control+k');
    await page.locator('.palette-field').fill('replay');
    await page.locator('.palette-field').press('Enter');
    const fault = page.locator('main[data-fault=missing]');
    await fault.waitFor();
    expect(await fault.innerText()).toContain('What you wrote is kept in this browser.');
    await page.goBack();
    await inRoom(page);
    expect(await page.locator('.composer-field').inputValue()).toBe('Half a thought');
    await stage.clear();
  });
});
