import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { ask, readIncident } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { axe, coveringLooks, lookName, openStage, patiently } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

let stage: Stage;
let kim: Account;
let ada: Account;
let incident: IncidentSummary;
/** Entries that show something, by name: `seq`. */
const at = { rose: 0, called: 0 };
const parts = ['document', 'why', 'times', 'actions', 'export'] as const;

beforeAll(async () => {
  stage = await openStage();
  [kim, ada] = await Promise.all([stage.person('Kim Minji'), stage.person('Ada Park')]);
  incident = await stage.declare(kim, { title: 'Checkout returns 500', severity: 'SEV2' });
  const { id } = incident;
  const hour = (ago: number): string => new Date(Date.now() - ago * 3_600_000).toISOString();
  at.rose = await stage.command(ada, id, 'chat.post', { text: 'the error rate rose with v42' });
  await stage.command(kim, id, 'entry.pin', { seq: at.rose });
  at.called = await stage.command(kim, id, 'fact.record', {
    happenedAt: hour(2),
    text: 'a merchant called',
    who: 'Mina of ACME',
    told: [{ who: 'Joe in sales', at: hour(1) }],
  });
  await stage.command(kim, id, 'milestone.set', { milestone: 'somebody_knew', seq: at.called });
  await stage.command(kim, id, 'status.set', { status: 'resolved' }, { epoch: 1 });
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

function open(who: Account, part: (typeof parts)[number], profile?: Profile): Promise<Page> {
  return stage.open(who, `/i/${incident.number}/review/${part}`, profile);
}

async function whys(): Promise<{ text: string; cites: number[]; assumption: boolean }[]> {
  const { state } = await readIncident(stage.url, kim, incident.id);
  return (state.review?.whys ?? []).map(({ text, cites, assumption }) => ({ text, cites, assumption }));
}

test('a review is drafted from the log, written together, and its citations open the replay', async () => {
  const page = await open(kim, 'document');
  const others = await open(ada, 'document');
  await page.getByRole('button', { name: 'Draft from the log' }).click();
  for (const each of [page, others]) {
    await each.getByRole('heading', { name: 'Where we were lucky' }).waitFor();
    await each.locator(`.cite:text-is("#${at.rose}")`).first().waitFor();
  }
  expect(await others.getByRole('button', { name: 'Draft from the log' }).count()).toBe(0);
  expect(await page.locator('.ProseMirror').innerText()).not.toContain('Kim Minji');

  await others.getByText('What should we do again?').click();
  await others.keyboard.press('ArrowDown');
  await others.keyboard.type('Ada Park called support early.');
  await others.getByRole('button', { name: 'Cite an entry' }).click();
  await others.keyboard.type('merchant');
  await others.getByRole('option', { name: /a merchant called/ }).waitFor();
  await others.keyboard.press('Enter');
  await page
    .locator(`.ProseMirror p:has-text("called support early.") .cite[data-cite="${at.called}"]`)
    .waitFor();
  await page.getByText('1 statement names a person').waitFor();

  await page.locator(`.cite[data-cite="${at.called}"]`).first().click();
  await page.waitForURL(new RegExp(`/i/${incident.number}/review\\?at=${at.called}$`));
});

test('the why-tree is made by keys, and is not signed while an end of it rests on nothing', async () => {
  const page = await open(kim, 'why');
  const item = (text: string): ReturnType<Page['locator']> => page.getByRole('treeitem', { name: text });
  await page.getByRole('button', { name: 'Begin with the effect' }).click();
  await page.keyboard.type('Nobody could pay');
  await page.keyboard.press('Control+Enter');
  await item('Nobody could pay').focus();
  await page.keyboard.press('n');
  await page.getByLabel('Why did this reach the customer?').fill('No test covers a timeout');
  await page.keyboard.press('Control+Enter');
  await item('No test covers a timeout').waitFor();
  await item('Nobody could pay').focus();
  await page.keyboard.press('n');
  await page.getByLabel('Why did this reach the customer?').fill('Kim Minji did not know');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Names Kim Minji.').waitFor();
  await page.getByText('2 answers have neither evidence nor the assumption mark.').waitFor();

  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 answers have neither').waitFor();
  // What cannot be done now can be pressed, and says why.
  await dialog.getByRole('button', { name: 'Sign' }).press('Enter');
  await dialog.getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  const refused = ask(`${stage.url}/api/incidents/${incident.id}/commands`, {
    token: kim.token,
    body: { commandId: 'sign-too-early', type: 'review.sign', body: {} },
  });
  await expect(refused).rejects.toThrow(/why_without_evidence/);

  await item('No test covers a timeout').focus();
  await page.keyboard.press('e');
  await page.getByRole('combobox').fill(`#${at.rose}`);
  await page.keyboard.press('Enter');
  await item('No test covers a timeout').locator('.cite').waitFor();
  await item('No test covers a timeout').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('a');
  await page.getByText('Every end of the tree has evidence or is an assumption.').waitFor();
  expect(await whys()).toEqual([
    { text: 'Nobody could pay', cites: [], assumption: false },
    { text: 'No test covers a timeout', cites: [at.rose], assumption: false },
    { text: 'Kim Minji did not know', cites: [], assumption: true },
  ]);
});

test('an action is added with all that it needs, done, and dropped with a reason', async () => {
  const page = await open(kim, 'actions');
  const add = async (text: string): Promise<void> => {
    await page.getByRole('button', { name: 'Add action' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save action' }).press('Enter');
    await dialog.getByText('Write what is to be done.').waitFor();
    await dialog.getByLabel('What is to be done').fill(text);
    await dialog.getByRole('radio', { name: /Ada Park/ }).check();
    await dialog.getByLabel('Due').fill('2031-05-02');
    await dialog.getByLabel('Kind').selectOption({ label: 'missing test' });
    await dialog.getByLabel('Cuts which why').selectOption({ index: 2 });
    await dialog.getByRole('button', { name: 'Save action' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const row = (text: string): ReturnType<Page['locator']> => page.locator('.action-row', { hasText: text });
  await add('Test the timeout');
  await add('Buy a bigger machine');
  await row('Test the timeout').getByText('Cuts: No test covers a timeout').waitFor();
  await row('Test the timeout').getByRole('button', { name: 'Done' }).click();
  await row('Test the timeout').getByRole('button', { name: 'Open again' }).waitFor();
  await row('Buy a bigger machine').getByRole('button', { name: 'Drop' }).click();
  await page.getByLabel('Why it will not be done').fill('It would not have helped.');
  await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
  await row('Buy a bigger machine').getByRole('button', { name: 'Open again' }).waitFor();
  const { state } = await readIncident(stage.url, kim, incident.id);
  expect(state.review?.actions.map(({ status, kind, owner }) => [status, kind, owner])).toEqual([
    ['done', 'missing_test', ada.id],
    ['dropped', 'missing_test', ada.id],
  ]);
});

test('what somebody knew before the room is a finding, and a fact says who was told when', async () => {
  const page = await open(kim, 'times');
  await page.getByText(/Somebody knew .* before the room did/).waitFor();
  await page.getByText(/^Told: Joe in sales/).waitFor();
  await page.getByRole('button', { name: 'Mitigated: Choose entry' }).click();
  await page.getByRole('combobox').fill('error rate');
  await page.keyboard.press('Enter');
  const mitigated = page.locator('.milestone', { hasText: 'Mitigated' });
  await mitigated.getByText('chosen by people').waitFor();
  await mitigated.getByRole('button', { name: /Leave to the log/ }).click();
  await mitigated.getByText('proposed by the log').waitFor();
  expect(await mitigated.getByText('chosen by people').count()).toBe(0);
});

test.each(coveringLooks.map((look) => [lookName(look), look] as const))(
  'every part at %s can be read and used',
  async (_, look) => {
    // The preview is a frame in which no script runs, the checker's neither.
    stage.forgive(/Blocked script execution in 'about:srcdoc'/);
    const page = await open(kim, 'document', look);
    for (const part of parts) {
      await page.goto(`${stage.url}/i/${incident.number}/review/${part}`);
      await page.locator('.review-tabs [aria-current=page]').waitFor();
      await page.locator('.review-body, .review-document .ProseMirror').first().waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([part, wide]).toEqual([part, 0]);
      expect([part, await axe(page)]).toEqual([part, []]);
    }
  },
);

test('once enough have signed it stands still until somebody opens it again', async () => {
  const page = await open(kim, 'document');
  const sign = async (on: Page): Promise<void> => {
    await on.getByRole('button', { name: 'Sign', exact: true }).click();
    await on.getByRole('dialog').getByRole('button', { name: 'Sign' }).click();
    await on.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await page.locator('.ProseMirror').waitFor();
  await sign(page);
  await page.getByText('Signed 1 of 2').waitFor();
  const other = await open(ada, 'why');
  await sign(other);
  await page.getByText(/^Signed off/).waitFor();
  await page.getByText('This review is signed off. Reopen it to write.').waitFor();
  expect(await page.locator('.ProseMirror').count()).toBe(0);
  await page.getByText('Ada Park called support early.').first().waitFor();
  await page.getByRole('button', { name: 'Signatures' }).click();
  await page.getByRole('button', { name: 'Reopen the review' }).click();
  await page.getByLabel('Reason').fill('A number was wrong.');
  await page.getByRole('dialog').getByRole('button', { name: 'Reopen the review' }).click();
  await page.getByText('Not signed yet').waitFor();
  await page.locator('.ProseMirror').waitFor();
});

test('the export is one safe page, by names or by roles, and comes out on paper', async () => {
  const page = await open(kim, 'export');
  const preview = page.frameLocator('iframe');
  await preview.getByText('Ada Park called support early.').waitFor();
  expect(await preview.getByText('What stood in our way?').count()).toBe(0);
  await page.getByLabel('Timeline of all key entries').check();
  await preview.getByRole('heading', { name: 'Key entries' }).waitFor();
  await page.getByLabel('Roles instead of names').check();
  await preview.getByText('colleague 1 called support early.').waitFor();
  const html = (await page.locator('iframe').getAttribute('srcdoc')) ?? '';
  for (const name of ['Kim', 'Ada', 'Mina', 'Joe']) expect(html).not.toMatch(new RegExp(`\\b${name}\\b`));
  expect(html).not.toContain('<script');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download Markdown' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`INC-${incident.number}-review.md`);
  expect(await readFile(await download.path(), 'utf8')).toContain('- [x] Test the timeout (colleague 1');
  const paper = await (await stage.profile(null)).newPage();
  await paper.setContent(html);
  const pdf = await paper.pdf({ preferCSSPageSize: true });
  const size = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1'));
  expect([Math.round(Number(size?.[1])), Math.round(Number(size?.[2]))]).toEqual([595, 842]);
  await expect.poll(() => preview.locator('h1').innerText(), patiently).toContain('Checkout returns 500');
});
