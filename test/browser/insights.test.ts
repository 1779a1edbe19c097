import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../support/client.ts';
import { ask } from '../support/client.ts';
import { root } from '../support/serverProcess.ts';
import { axe, coveringLooks, lookName, openStage } from './stage.ts';
import type { Look, Stage } from './stage.ts';

/** Pictures for people to look at; nothing in here is compared by a machine. */
const PICTURES = join(root, 'test-results', 'insights');
const MINUTE = 60_000;
const titles = ['Checkout returns 500', 'Search is slow', '결제 승인 지연', 'Mails are late', 'Login fails'];

let stage: Stage;
let dana: Account;
let kim: Account;

beforeAll(async () => {
  stage = await openStage();
  dana = await stage.person('Dana Commander');
  kim = await stage.person('김서연');
  for (const [id, en, ko] of [
    ['checkout', 'Checkout', '결제'],
    ['searching', 'Search', '검색'],
  ]) {
    const body = { name: { en, ko }, public: true, order: 1 };
    await ask(`${stage.url}/api/settings/service/${id}`, {
      ...{ method: 'PUT', token: stage.admin.token, body: { body, revision: 0 } },
    });
  }
  for (let nth = 0; nth < 9; nth += 1) await happened(nth);
  const drill = await stage.declare(dana, { title: 'Failover drill', severity: 'SEV2', drill: true });
  await stage.command(dana, drill.id, 'status.set', { status: 'resolved' }, { epoch: 1 });
  await mkdir(PICTURES, { recursive: true });
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** An incident whose review says when things really were. */
async function happened(nth: number): Promise<void> {
  const severity = (['SEV1', 'SEV2', 'SEV3'] as const)[nth % 3] ?? 'SEV3';
  const { id } = await stage.declare(dana, { title: titles[nth % titles.length] ?? '', severity });
  const service = nth % 2 === 0 ? 'checkout' : 'searching';
  await stage.command(dana, id, 'service.set', { service, impact: 'partial_outage' });
  const nextUpdateAt = new Date(Date.now() + 30 * MINUTE).toISOString();
  await stage.command(dana, id, 'update.send', { state: 'being repaired', text: 'x', nextUpdateAt });
  await stage.command(dana, id, 'handoff.offer', { to: kim.id }, { epoch: 1 });
  const length = 5 + nth * nth * 4;
  const times = [
    ['effect_began', -20 - nth * 3],
    ['noticed', -10 - nth],
    ['declared', -8],
    ['first_update', -8 + nth + 3],
    ['mitigated', -8 + length],
    ['resolved', -8 + length * 2],
  ] as const;
  for (const [milestone, minutes] of times) {
    const happenedAt = new Date(Date.now() - 24 * 60 * MINUTE + minutes * MINUTE).toISOString();
    const seq = await stage.command(kim, id, 'fact.record', { happenedAt, text: milestone, told: [] });
    await stage.command(kim, id, 'milestone.set', { milestone, seq });
  }
  await stage.command(dana, id, 'status.set', { status: 'resolved' }, { epoch: 1 });
}

function picture(page: Page, name: string, look: Look) {
  const file = `${name} ${lookName(look)}.png`.replaceAll(' ', '-').replace('×', 'x');
  return page.screenshot({ path: join(PICTURES, file), fullPage: true });
}

describe('insights', () => {
  test.each(coveringLooks)('show every figure with the incidents behind it, at %o', async (look) => {
    const page = await stage.open(dana, '/insights', look);
    const plots = page.locator('.insight-dots');
    await plots.first().waitFor();
    expect(await plots.count()).toBe(6);
    expect(await plots.first().locator('circle').count()).toBe(9);
    await page.locator('.insight-behind summary').first().click();
    expect(await page.locator('.insight-behind[open] li').count()).toBe(9);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await picture(page, 'insights', look);
    expect(await axe(page)).toEqual([]);
  });

  test('lead from a service to its figures alone, and to drills apart', async () => {
    const page = await stage.open(dana, '/insights');
    await page
      .getByRole('row', { name: /Search/ })
      .getByRole('link')
      .click();
    await page.getByText('4 incidents', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('service')).toBe('searching');
    await page.getByLabel('Service', { exact: true }).selectOption('');
    await page.getByLabel('Kind').selectOption('drills');
    await page.getByText('1 incident', { exact: true }).waitFor();
    const href = await page.getByRole('link', { name: 'Get CSV' }).getAttribute('href');
    const csv = await page.evaluate(async (url) => (await fetch(url)).text(), href ?? '');
    expect(csv.split('\r\n')).toHaveLength(12);
  });
});
