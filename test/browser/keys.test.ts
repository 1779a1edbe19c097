import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { setScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { inRoom, openStage, patiently } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

const MODAL = '[aria-modal="true"]';
const OFFER = '.room-dialog .person-list';
const KOREAN: Profile = { locale: 'ko', theme: 'dark' };

let stage: Stage;
let scene: Scene;

beforeAll(async () => {
  stage = await openStage();
  scene = await setScene(stage);
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** A key as the keyboard gives it: what the layout makes of it, and where it lies. */
interface Key {
  key: string;
  code: string;
  ctrl?: boolean;
}

/** Presses and releases it below the page, as a keyboard in that layout does. */
async function strike(page: Page, { key, code, ctrl = false }: Key): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const windowsVirtualKeyCode = code.startsWith('Key') ? code.charCodeAt(3) : 0;
  const event = { key, code, windowsVirtualKeyCode, modifiers: ctrl ? 2 : 0 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  await session.detach();
}

async function room(who = scene.cast.commander, profile: Profile = {}, of = scene.lively): Promise<Page> {
  const page = await stage.open(who, `/i/${of.number}`, profile);
  await inRoom(page);
  // Outside of text, wherever the room puts the focus on entry.
  await page.locator('.bar-title').focus();
  return page;
}

test.for([
  ['Latin', { key: 'h', code: 'KeyH' }],
  ['Hangul mode', { key: 'ㅗ', code: 'KeyH' }],
  ['Hangul mode, the browser hides the letter', { key: 'Process', code: 'KeyH' }],
] as const)('check 9: H opens the offer (%s)', async ([, key]) => {
  const page = await room(scene.cast.commander, KOREAN);
  await strike(page, key);
  await page.locator(OFFER).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/i/${scene.lively.number}/handoff`);
});

test.for([
  ['Latin', { key: 'k', code: 'KeyK', ctrl: true }],
  ['Hangul mode', { key: 'ㅏ', code: 'KeyK', ctrl: true }],
] as const)('check 9: Ctrl+K opens the palette inside the editor (%s)', async ([, key]) => {
  const page = await room(scene.cast.commander, KOREAN);
  await page.locator('.ProseMirror').first().click();
  const before = await page.locator('.ProseMirror').first().textContent();
  await strike(page, key);
  await page.locator('.palette-field').waitFor();
  expect(await page.locator('.ProseMirror').first().textContent()).toBe(before);
});

test.for([
  ['QWERTY', { key: 'a', code: 'KeyA' }],
  ['AZERTY', { key: 'a', code: 'KeyQ' }],
  ['Hangul mode', { key: 'ㅁ', code: 'KeyA' }],
] as const)('check 9: A answers what waits (%s)', async ([, key]) => {
  const page = await stage.open(scene.cast.ops, `/i/${scene.offered.number}`);
  await page.locator('[role=alertdialog]').waitFor();
  await expect
    .poll(async () => {
      await page.keyboard.press('Escape');
      return page.locator('[role=alertdialog]').count();
    }, patiently)
    .toBe(0);
  await page.locator('.strip-act').waitFor();
  // A control that has just appeared ignores what comes in its first moment.
  await expect
    .poll(async () => {
      await strike(page, key);
      return page.locator('[role=alertdialog]').count();
    }, patiently)
    .toBe(1);
});

test('check 9: a French Q, which lies where A is printed elsewhere, is no A', async () => {
  const page = await room(scene.cast.planning, {}, scene.passed);
  await page.locator('.strip-waiting[data-kind=confirm] .strip-act').waitFor();
  await strike(page, { key: 'q', code: 'KeyA' });
  await strike(page, { key: 'd', code: 'KeyD' });
  await page.locator(MODAL).waitFor();
  expect(await page.locator('.strip-waiting').getAttribute('data-kind')).toBe('confirm');
});

test('check 9: single letters are letters in a text', async () => {
  const page = await room();
  await page.locator('.composer-field').click();
  await page.keyboard.type('hduaecpsx/');
  expect(await page.locator('.composer-field').inputValue()).toBe('hduaecpsx/');
  expect(await page.locator(`${MODAL}, .bar-form:visible`).count()).toBe(0);
});

test.for([{}, KOREAN])(
  'check 10: with single keys switched off none acts, combinations do (%o)',
  async (look) => {
    const context = await stage.profile(scene.cast.ops, look);
    const settings = await context.newPage();
    await settings.goto(`${stage.url}/settings/me`);
    const choice = settings.locator('.settings-card input[type=checkbox]').first();
    await choice.uncheck();
    const page = await context.newPage();
    await page.goto(`${stage.url}/i/${scene.passed.number}`);
    await inRoom(page);
    await page.locator('.bar-title').focus();
    const focus = (): Promise<string> =>
      page.evaluate(() => `${document.activeElement?.className} ${location.pathname}`);
    const before = await focus();
    const acted: string[] = [];
    for (const key of 'adehcpsxumjkgb/riy') {
      await page.keyboard.press(key);
      const isOpen = (await page.locator(`${MODAL}, .bar-form:visible, .find input`).count()) > 0;
      if (isOpen || (await focus()) !== before) acted.push(key);
    }
    expect(acted).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.locator('.palette-field').waitFor();
    await page.keyboard.press('Escape');
    // Another tab switches them on again.
    await choice.check();
    await expect
      .poll(async () => {
        await page.keyboard.press('d');
        return page.locator(MODAL).count();
      }, patiently)
      .toBe(1);
  },
);
