import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, readIncident } from '../support/client.ts';
import { callCast, manned } from './scene.ts';
import { axe, inRoom, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** Opens the palette, types, and takes the first row. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.locator('.palette-field').waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await page.locator('.palette').waitFor({ state: 'detached' });
}

async function dialogGone(page: Page): Promise<void> {
  await page.locator('.room-dialog').waitFor({ state: 'detached' });
}

test('the palette changes title, severity and status, says what I do now, and releases a role', async () => {
  const cast = await callCast(stage);
  const incident = await manned(stage, cast, { title: 'Checkout returns 500', severity: 'SEV2' });
  const page = await inRoom(await stage.open(cast.commander, `/i/${incident.number}`));
  const state = async () => (await readIncident(stage.url, cast.commander, incident.id)).state;

  await command(page, 'change the title');
  const field = page.locator('.room-dialog input');
  await field.waitFor();
  expect(await field.inputValue()).toBe('Checkout returns 500');
  expect(await axe(page, '.room-dialog')).toEqual([]);
  await field.fill('Payments time out');
  await page.keyboard.press('Enter');
  await dialogGone(page);
  await page.locator('.bar-name', { hasText: 'Payments time out' }).waitFor();

  await command(page, 'change severity');
  await page.locator('.room-dialog input[value=SEV1]').check();
  await page.locator('.room-dialog textarea').fill('half of all payments');
  await page.locator('.room-dialog button[type=submit]').click();
  await dialogGone(page);

  await command(page, 'change status');
  await page.locator('.room-dialog input[value=identified]').check();
  await page.locator('.room-dialog button[type=submit]').click();
  await dialogGone(page);

  await command(page, 'what I do');
  await page.locator('.room-dialog input').fill('reading the gateway log');
  await page.keyboard.press('Enter');
  await dialogGone(page);

  await command(page, 'release role: op');
  await eventually('the role is released', async () =>
    (await state()).roles.some(({ role, holder }) => role === 'ops' && holder === null),
  );
  const after = await state();
  expect(after).toMatchObject({ title: 'Payments time out', severity: 'SEV1', status: 'identified' });
  expect(after.doing.map(({ text }) => text)).toContain('reading the gateway log');
});

test('who may not is told why in the palette, and nothing happens', async () => {
  const cast = await callCast(stage);
  const incident = await manned(stage, cast, { title: 'Checkout returns 500' });
  const page = await inRoom(await stage.open(cast.ops, `/i/${incident.number}`));
  await page.keyboard.press('Control+k');
  await page.locator('.palette-field').fill('change the title');
  const row = page.locator('[role=option][aria-selected=true]');
  await row.getByText('Change the title').waitFor();
  expect(await row.getAttribute('aria-disabled')).toBe('true');
  expect(await row.innerText()).toMatch(/commander/i);
  await page.keyboard.press('Enter');
  expect(await page.locator('.palette').count()).toBe(1);
  expect(await page.locator('.room-dialog').count()).toBe(0);
});
