import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import * as Y from 'yjs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { documentRoots } from '#shared/document.ts';
import { ask, eventually, readIncident, readWholeLog } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { openStock, scratchText, synced } from '../support/clientDocuments.ts';
import { axe, coveringLooks, lookName, openStage } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

let stage: Stage;
let kim: Account;
let ada: Account;
let incident: IncidentSummary;
/** Moments of the played incident, by name: `seq`. */
const at: Record<'rolledBack' | 'offered' | 'accepted' | 'afterwards' | 'last', number> = {
  rolledBack: 0,
  offered: 0,
  accepted: 0,
  afterwards: 0,
  last: 0,
};

beforeAll(async () => {
  stage = await openStage();
  [kim, ada] = await Promise.all([stage.person('Kim Minji'), stage.person('Ada Park')]);
  incident = await stage.declare(kim, { title: 'Checkout returns 500', severity: 'SEV2' });
  await play();
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** An incident with a document that grows, roles, an update and a handoff. */
async function play(): Promise<void> {
  const { id } = incident;
  const doc = new Y.Doc();
  const provider = openStock(stage.url, kim, id, doc);
  await synced(provider);
  const write = async (text: string): Promise<void> => {
    doc.getText(documentRoots.scratch).insert(doc.getText(documentRoots.scratch).length, `${text}\n`);
    await eventually('the document has it', async () => (await markdownNow()).includes(text));
  };
  const say = (who: Account, text: string): Promise<number> => stage.command(who, id, 'chat.post', { text });

  await say(kim, 'card payments fail');
  await write('10:42 first alert');
  doc.getText(documentRoots.scratch).delete(6, 6);
  await eventually('a word is gone', async () => (await markdownNow()).includes('10:42 alert'));
  doc.getText(documentRoots.scratch).insert(6, 'first ');
  await eventually('it is back', async () => (await markdownNow()).includes('10:42 first alert'));
  await stage.command(kim, id, 'role.assign', { role: 'ops', person: ada.id }, { epoch: 1 });
  await say(ada, 'rolling back to v41');
  await write('10:50 rolled back');
  await stage.command(kim, id, 'status.set', { status: 'mitigating' }, { epoch: 1 });
  await stage.command(kim, id, 'severity.set', { severity: 'SEV1', reason: 'all cards' }, { epoch: 1 });
  at.rolledBack = await say(kim, 'it did not help');
  await write('11:05 queue drained');
  await stage.command(kim, id, 'update.send', { state: 'mitigating', text: 'We are repairing it.' });
  at.offered = await stage.command(kim, id, 'handoff.offer', { to: ada.id }, { epoch: 1 });
  const { state, head } = await readIncident(stage.url, ada, id);
  at.accepted = await stage.command(ada, id, 'handoff.accept', {
    offer: state.offer?.offer,
    briefedSeq: head.seq,
    words: 'I am the incident commander',
  });
  at.afterwards = await say(kim, 'handed over, going home');
  await say(ada, 'watching the queue');
  await write('11:30 all quiet');
  await stage.command(ada, id, 'status.set', { status: 'resolved' }, { epoch: 2 });
  for (let nth = 0; nth < 30; nth += 1) await say(ada, `still quiet ${nth}`);
  await write('12:00 after the last entry of all but one');
  at.last = await say(ada, 'done');
  expect(scratchText(doc).split('\n')).toHaveLength(6);
  provider.destroy();
}

async function markdownNow(docSeq?: number): Promise<string> {
  const answer = await fetch(
    `${stage.url}/api/incidents/${incident.id}/document${docSeq === undefined ? '' : `?docSeq=${docSeq}`}`,
    { headers: { authorization: `Bearer ${kim.token}`, accept: 'text/markdown' } },
  );
  return answer.text();
}

async function openReplay(seq: number, profile?: Profile): Promise<Page> {
  const page = await stage.open(ada, `/i/${incident.number}/review?at=${seq}`, profile);
  await settled(page, seq);
  return page;
}

/** The moment is shown, with the document of that moment. */
async function settled(page: Page, seq: number): Promise<void> {
  await page.locator(`.replay-row[data-now=true][aria-posinset="${seq}"]`).waitFor({ state: 'attached' });
  await page.locator('.replay-markdown[data-current=true]').waitFor({ state: 'attached' });
  await eventually(`entry ${seq} is the last one on screen`, () =>
    page.evaluate((place) => {
      const row = document.querySelector(`.replay-row[aria-posinset="${place}"]`)?.getBoundingClientRect();
      const pane = document.querySelector('.replay-log')?.getBoundingClientRect();
      return row && pane ? row.top >= pane.top - 1 && row.bottom <= pane.bottom + 1 : false;
    }, seq),
  );
}

/** Everything a moment says: document, the end of the log with badges, and who held what. */
async function moment(page: Page): Promise<{ document: string; tail: string[]; command: string }> {
  return page.evaluate(() => {
    const words = (element: Element): string => {
      const badges = [...element.querySelectorAll('[aria-label], [title]')].map(
        (each) => each.getAttribute('aria-label') ?? each.getAttribute('title') ?? '',
      );
      return `${badges.join('|')} ${(element.textContent ?? '').replaceAll(/\s+/g, ' ')}`;
    };
    return {
      document: document.querySelector('.replay-markdown')?.textContent ?? '',
      tail: [...document.querySelectorAll('.replay-row')].slice(-8).map(words),
      command: [...document.querySelectorAll('.replay-state')].map(words).join(''),
    };
  });
}

test.for(coveringLooks.map((look) => [lookName(look), look] as const))(
  'check 24: a moment is the same after a reload: document, end of the log, badges (%s)',
  async ([, look]) => {
    const page = await openReplay(at.rolledBack, look);
    const before = await moment(page);
    await page.reload();
    await settled(page, at.rolledBack);
    expect(await moment(page)).toEqual(before);
    const [entry] = (await readWholeLog(stage.url, kim, incident.id)).slice(at.rolledBack - 1);
    expect(await markdownNow(entry?.docSeq)).toContain('10:50 rolled back');
    expect(before.document).toContain('10:50 rolled back');
    expect(before.document).not.toContain('queue drained');
    expect(before.tail.at(-1)).toContain('it did not help');
    expect(await axe(page)).toEqual([]);
  },
);

test('check 24: badges are those of the moment: the commander of then, not of now', async () => {
  const badgeOf = (page: Page, seq: number): Promise<string> =>
    page.locator(`.replay-row[aria-posinset="${seq}"] .replay-row-head`).innerText();
  const page = await openReplay(at.accepted);
  expect(await badgeOf(page, at.offered)).toMatch(/\bIC\b[\s\S]*Kim Minji/);
  // Who accepts is the commander by that very entry, and was not before it.
  expect(await badgeOf(page, at.accepted)).toMatch(/\bIC\b[\s\S]*Ada Park/);
  expect(await badgeOf(page, at.rolledBack)).toMatch(/\bIC\b[\s\S]*Kim Minji/);
  await page.keyboard.press('ArrowRight');
  await settled(page, at.afterwards);
  expect(await badgeOf(page, at.afterwards)).toMatch(/Kim Minji/);
  expect(await badgeOf(page, at.afterwards)).not.toMatch(/\bIC\b/);
  const command = page.locator('.replay-state .replay-roles li').first();
  expect(await command.innerText()).toContain('Ada Park');
  for (let step = at.afterwards; step > at.offered; step -= 1) await page.keyboard.press('ArrowLeft');
  await settled(page, at.offered);
  expect(await command.innerText()).toContain('Kim Minji');
});

test('check 24: arrows step by entries, with Shift by kind, Home and End go to the ends, and the address follows', async () => {
  const page = await openReplay(at.rolledBack);
  const steps: [string, number][] = [
    ['ArrowRight', at.rolledBack + 1],
    ['ArrowLeft', at.rolledBack],
    ['ArrowLeft', at.rolledBack - 1],
    ['Home', 1],
    ['ArrowLeft', 1],
    ['End', at.last],
    ['ArrowRight', at.last],
  ];
  for (const [key, seq] of steps) {
    await page.keyboard.press(key);
    await settled(page, seq);
    await page.waitForURL((url) => url.searchParams.get('at') === String(seq));
    expect(await page.getByRole('slider', { name: 'Moment' }).getAttribute('aria-valuenow')).toBe(
      String(seq),
    );
  }
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await settled(page, at.last);
  await page.keyboard.press('Shift+ArrowLeft');
  await settled(page, at.last - 1);
});

test('check 24: the table has a row for each mark of the picture', async () => {
  const page = await openReplay(at.last);
  await page.getByRole('button', { name: 'Table' }).click();
  const rows = page.getByRole('table', { name: 'Key moments' }).locator('tbody tr');
  const marks = page.locator('.replay-svg [data-spot]');
  expect(await marks.count()).toBe(6);
  expect(await rows.count()).toBe(6);
  const spots = page.getByRole('toolbar', { name: 'Key moments of the picture' }).getByRole('button');
  expect(await spots.count()).toBe(6);
  await rows.filter({ hasText: 'took command' }).getByRole('button').click();
  await settled(page, at.accepted);
});

test('check 24: the marks of the picture are one stop for Tab, and arrows go from one to the next', async () => {
  const page = await openReplay(at.last);
  const toolbar = page.getByRole('toolbar', { name: 'Key moments of the picture' });
  await toolbar.locator('button[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('.replay-card').innerText()).toMatch(/Update 1 sent/);
  expect(await page.locator(':focus').getAttribute('aria-label')).toMatch(/Update 1 sent/);
  expect(await toolbar.locator('button[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  await settled(page, at.offered - 1);
});

test('[Z6] the text deleted by then is shown struck, and two moments show what is new and by whom', async () => {
  const page = await openReplay(at.rolledBack);
  await page.getByLabel('Deleted text').check();
  await page.locator('.replay-markdown[data-current=true] del').filter({ hasText: 'first' }).waitFor();
  await page.getByRole('button', { name: 'Compare from here' }).click();
  await page.keyboard.press('End');
  await page.waitForURL((url) => url.searchParams.get('with') === String(at.rolledBack));
  await page
    .locator('.replay-markdown[data-current=true] ins')
    .filter({ hasText: 'queue drained' })
    .waitFor();
  const authors = page.locator('.replay-authors');
  expect(await authors.innerText()).toMatch(/Kim Minji: \+\d+/);
  expect(await page.locator('.replay-changes').first().innerText()).toContain('Kim Minji → Ada Park');
  await page.reload();
  await page
    .locator('.replay-markdown[data-current=true] ins')
    .filter({ hasText: 'queue drained' })
    .waitFor();
});

test('[Z2] what was imported stands at its own time, marked as not verified, and jumping by words finds it', async () => {
  const { id } = await stage.declare(kim, { title: 'Mails arrive late', severity: 'SEV3' });
  const happenedAt = new Date(Date.now() - 3_600_000).toISOString();
  const records = [{ happenedAt, text: 'the queue grows', who: 'Lee' }];
  await stage.command(kim, id, 'chat.post', { text: 'who is on it?' });
  await stage.command(kim, id, 'records.import', { importId: 'import-0001', source: 'jsonl', records });
  const { state } = await readIncident(stage.url, kim, id);
  const page = await stage.open(ada, `/i/${state.number}/review?at=2`);
  await page.locator('.replay-row[data-now=true][data-seq="2"]').waitFor();
  await page.getByRole('searchbox', { name: 'Words in the log' }).fill('QUEUE');
  await page.keyboard.press('Shift+Enter');
  const row = page.locator('.replay-row[data-now=true][data-seq="3"]');
  await row.waitFor();
  expect(await row.innerText()).toMatch(/Lee[\s\S]*imported, not verified[\s\S]*the queue grows/);
  await page.getByText('The incident was not declared yet.').waitFor();
});

test('records come in from a file: looked at, confirmed, then there; a comment stays with its moment', async () => {
  const { id } = await stage.declare(kim, { title: 'Votes count twice', severity: 'SEV3' });
  const { state } = await readIncident(stage.url, kim, id);
  const page = await stage.open(ada, `/i/${state.number}/review?at=1`, { size: 'one' });
  await page.locator('.replay-row[data-now=true][data-seq="1"]').waitFor();
  await page.getByRole('button', { name: 'Import' }).click();
  const lines = ['happened_at,kind,who,what', '2017-09-04T16:20,deploy,Lee,merged to master', 'never,,,'];
  await page
    .getByLabel('File')
    .setInputFiles({ name: 'facts.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
  await page.getByRole('button', { name: 'Look at it' }).click();
  const found = page.getByRole('region', { name: 'What is in it' });
  expect(await found.innerText()).toMatch(/1 record[\s\S]*1 line is left out[\s\S]*merged to master/);
  expect((await readIncident(stage.url, kim, id)).head.seq).toBe(1);
  await page.getByRole('button', { name: 'Import 1 record' }).click();
  await found.filter({ hasText: '1 of 1 record imported' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  const row = page.locator('.replay-row[data-now=true][data-seq="2"]');
  // Its time had no zone: it is that of the place where the file was brought in.
  expect(await row.innerText()).toMatch(/4 Sept? 2017[\s\S]*16:20[\s\S]*Lee[\s\S]*merged to master/);
  await page.getByRole('tab', { name: 'Command' }).click();
  await page.getByLabel('Comment on this moment').fill('Who reviewed this?');
  await page.keyboard.press('Enter');
  await page.locator('.replay-comments li').filter({ hasText: 'Who reviewed this?' }).waitFor();
});

test('the picture can be taken away as SVG and as PNG', async () => {
  const page = await openReplay(at.last);
  const svg = page.waitForEvent('download');
  await page.getByRole('button', { name: 'SVG' }).click();
  expect(await readFile(await (await svg).path(), 'utf8')).toMatch(/^<svg[\s\S]*Checkout returns 500/);
  const png = page.waitForEvent('download');
  await page.getByRole('button', { name: 'PNG' }).click();
  expect((await readFile(await (await png).path())).subarray(1, 4).toString()).toBe('PNG');
});

test('[Z5] playing brings entries and document as they came, to the end', async () => {
  const page = await openReplay(1);
  await page.keyboard.press('5');
  await page.keyboard.press('Space');
  await page.locator(`.replay-row[data-now=true][data-seq="${at.last}"]`).waitFor();
  await page.locator('.replay-scratch').filter({ hasText: '12:00 after the last entry' }).waitFor();
  await page.getByRole('button', { name: 'Play' }).waitFor();
  expect(await page.getByRole('slider').getAttribute('aria-valuenow')).toBe(String(at.last));
});

test.for(['wide', 'one'] as const)('check 24: the replay cannot be taken for the room (%s)', async (size) => {
  const page = await openReplay(at.rolledBack, { size });
  expect(await page.title()).toMatch(/^Replay \d\d:\d\d:\d\d INC-\d+/);
  const mark = page.locator('.replay-mark');
  expect(await mark.innerText()).toBe('Replay');
  expect(
    await mark.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }),
  ).toBe(true);
  expect(await page.locator('.composer').count()).toBe(0);
  expect(await page.locator('[contenteditable=true]').count()).toBe(0);
  const colours = await page.evaluate(
    () => getComputedStyle(document.querySelector('.replay') as Element).backgroundColor,
  );
  await page.getByRole('link', { name: 'Back to the room' }).click();
  await page.locator('.room .composer').waitFor();
  expect(
    await page.evaluate(() => getComputedStyle(document.querySelector('.room') as Element).backgroundColor),
  ).not.toBe(colours);
});

test('check 24: a moment past the end is the last one, and one before the beginning the first', async () => {
  const late = await stage.open(ada, `/i/${incident.number}/review?at=999999`);
  await settled(late, at.last);
  expect((await moment(late)).document).toContain('12:00 after the last entry');
  const early = await stage.open(ada, `/i/${incident.number}/review?at=0`);
  await settled(early, 1);
  expect((await moment(early)).document).not.toContain('first alert');
  expect(
    await ask<{ entries: unknown[] }>(`${stage.url}/api/incidents/${incident.id}/log?after=0&limit=1`, {
      token: ada.token,
    }),
  ).toMatchObject({ more: true });
});
