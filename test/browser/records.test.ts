import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { verifyBundleFile } from '../../server/review/bundleFile.ts';
import type { Account } from '../support/client.ts';
import { PNG } from '../support/recordStage.ts';
import { root } from '../support/serverProcess.ts';
import { axe, coveringLooks, inRoom, lookName, openStage, patiently } from './stage.ts';
import type { Stage } from './stage.ts';

/** Pictures for people to look at; nothing in here is compared by a machine. */
const PICTURES = join(root, 'test-results', 'records');

let stage: Stage;
let commander: Account;
let incident: IncidentSummary;

beforeAll(async () => {
  stage = await openStage();
  commander = await stage.person('Dana Commander');
  incident = await stage.declare(commander, { title: 'Checkout returns 500', severity: 'SEV1' });
  await mkdir(PICTURES, { recursive: true });
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

test('a picture that is pasted, and a file that is chosen, are seen in the log', async () => {
  const page = await inRoom(await stage.open(commander, `/i/${incident.number}`));
  await page.locator('.composer-field').evaluate((field, base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], 'graph.png', { type: 'image/png' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, PNG.toString('base64'));
  const shown = page.locator('.attachment img');
  await shown.waitFor();
  const width = () => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth);
  await expect.poll(width, patiently).toBe(1);
  await page.locator('.attach-button input').setInputFiles({
    ...{ name: '오류 로그.txt', mimeType: 'text/plain', buffer: Buffer.from('ERROR 500\n') },
  });
  await page.locator('.attachment', { hasText: '오류 로그.txt' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.screenshot({ path: join(PICTURES, 'files.png') });
});

test('the bundle that is downloaded in the room is whole', async () => {
  const page = await inRoom(await stage.open(commander, `/i/${incident.number}`));
  await page.locator('.bar-more').click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download bundle' }).click();
  const path = await (await download).path();
  expect(verifyBundleFile(path).verdict).toMatchObject({ difference: null, attachments: 2 });
});

test('text that was deleted from the document is erased from its history', async () => {
  const page = await inRoom(await stage.open(commander, `/i/${incident.number}`));
  const text = page.locator('.document-text');
  await text.click();
  await page.keyboard.type('password hunter2');
  for (let n = 0; n < 'hunter2'.length; n += 1) await page.keyboard.press('Backspace');
  await expect.poll(() => page.locator('.document [data-saved="false"]').count(), patiently).toBe(0);
  await page.goto(`${stage.url}/i/${incident.number}/erase`);
  const found = page.locator('.erase-list label', { hasText: 'hunter2' });
  await found.waitFor();
  for (const look of coveringLooks) {
    const other = await stage.open(commander, `/i/${incident.number}/erase`, look);
    await other.locator('.erase-list label').first().waitFor();
    expect(await axe(other)).toEqual([]);
    await other.screenshot({ path: join(PICTURES, `erase-${lookName(look).replaceAll(/\W+/g, '-')}.png`) });
  }
  await found.locator('input').check();
  await page.getByLabel('Reason').fill('A password');
  await page.getByRole('button', { name: 'Erase', exact: true }).click();
  await page.locator('.row-event', { hasText: 'erased text from the history' }).waitFor();
  const bundle = await stage.open(commander, `/i/${incident.number}/review`);
  await bundle.getByText('Download bundle').waitFor();
  await bundle.screenshot({ path: join(PICTURES, 'replay.png') });
});
