import path from 'node:path';
import Database from 'better-sqlite3';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { ask, eventually, readIncident, readWholeLog } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { inRoom, openStage, signInByForm } from './stage.ts';
import type { Stage } from './stage.ts';

/** A dead line has to be found within this time. Milliseconds. */
const FOUND_WITHIN = 15_000;
/** The browser's own words about a network that a test took away. */
const NETWORK = /ERR_|WebSocket|Failed to load resource/;

let stage: Stage;
let kim: Account;
let ada: Account;

beforeAll(async () => {
  stage = await openStage();
  [kim, ada] = await Promise.all([stage.person('Kim Minji'), stage.person('Ada Park')]);
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** A person in the room, with the document in the editor. */
async function enter(
  who: Account,
  incident: IncidentSummary,
  size: 'wide' | 'one' = 'wide',
  context?: BrowserContext,
): Promise<Page> {
  const page = await (context ?? (await stage.profile(who, { size }))).newPage();
  await page.goto(`${stage.url}/i/${incident.number}`);
  await page.locator('.save-mark[data-save=saved]').waitFor({ state: 'attached' });
  return inRoom(page);
}

async function send(page: Page, text: string): Promise<void> {
  await page.locator('.composer-field').fill(text);
  await page.locator('.composer-send').click();
}

/** Writes at the end of the document's first paragraph. */
async function write(page: Page, text: string): Promise<void> {
  const pane = page.locator('.ProseMirror[contenteditable=true]');
  await pane.locator('p').first().click();
  await page.keyboard.press('End');
  await page.keyboard.type(text);
}

/** The text in the editor, without the places of carets and what they do to line breaks. */
async function editorText(page: Page): Promise<string> {
  return (await page.locator('.ProseMirror').innerText()).replaceAll('\u2060', '').replaceAll(/\s+/g, ' ');
}

async function offline(page: Page): Promise<void> {
  await page.locator('.saved-mark[data-state=offline]').waitFor({ timeout: FOUND_WITHIN });
}

async function messages(incident: IncidentSummary, reader = kim): Promise<string[]> {
  const log = await readWholeLog(stage.url, reader, incident.id);
  return log.filter(({ type }) => type === 'chat.posted').map(({ body }) => (body as { text: string }).text);
}

/** The document as the server has it, as Markdown. */
async function documentText(incident: IncidentSummary): Promise<string> {
  const answer = await fetch(`${stage.url}/api/incidents/${incident.id}/document`, {
    headers: { authorization: `Bearer ${kim.token}`, accept: 'text/markdown' },
  });
  return answer.text();
}

/** How many copies of documents, and messages that wait, the browser holds. */
function writingLeft(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const outbox = names.find((name) => name.startsWith('warroom-outbox-')) ?? '';
    const waiting = await new Promise<number>((resolve, reject) => {
      const opening = indexedDB.open(outbox);
      opening.addEventListener('error', () => reject(new Error('no outbox')));
      opening.addEventListener('success', () => {
        const count = opening.result.transaction('commands').objectStore('commands').count();
        count.addEventListener('success', () => {
          resolve(count.result);
          opening.result.close();
        });
      });
    });
    return waiting + names.filter((name) => name.startsWith('warroom.document/')).length;
  });
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Holds every commit of the server back, as another program that has the database's write lock would. */
function holdCommits(folder: string): () => void {
  const other = new Database(path.join(folder, 'warroom.db'));
  other.exec('BEGIN IMMEDIATE');
  return () => {
    other.exec('ROLLBACK');
    other.close();
  };
}

/** Does the browser ask before this page closes? The answer is no to leaving, so that the page stays. */
async function asksBeforeLeaving(page: Page): Promise<boolean> {
  const asked = new Promise<boolean>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.type() === 'beforeunload');
      void dialog.dismiss();
    });
    page.once('close', () => resolve(false));
  });
  await page.close({ runBeforeUnload: true });
  return asked;
}

/** The words of the strip as far as they can be seen: cut words end in nothing. */
async function stripIsWhole(page: Page): Promise<boolean> {
  return page.locator('.saved-words').evaluate((words) => {
    const { left, right } = words.getBoundingClientRect();
    return words.scrollWidth <= words.clientWidth + 1 && left >= 0 && right <= window.innerWidth;
  });
}

describe('offline is said, and nothing is lost', () => {
  test.for(['wide', 'one'] as const)(
    'check 17: the strip says offline within 15 s, what is written waits, and back online it arrives once and in order (%s)',
    async (size) => {
      stage.forgive(NETWORK);
      const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
      const page = await enter(ada, incident, size);
      await page.context().setOffline(true);
      await offline(page);
      expect(await page.locator('.saved-words').innerText()).toMatch(/^Offline since \d\d:\d\d/);
      for (const text of ['first', 'second', 'third']) await send(page, text);
      await page.locator('.row-pending[data-phase=waiting]', { hasText: 'third' }).waitFor();
      if (size === 'one') await page.getByRole('button', { name: 'Document', exact: true }).click();
      await write(page, 'typed in the dark');
      await page.locator('.save-mark[data-save=offline]').waitFor({ timeout: FOUND_WITHIN });
      expect(await page.locator('.saved-words').innerText()).toMatch(/ 3 and edits waiting\.$/);
      expect(await stripIsWhole(page)).toBe(true);
      expect(await asksBeforeLeaving(page)).toBe(true);
      expect(await messages(incident)).toEqual([]);
      expect(await documentText(incident)).not.toContain('dark');

      await page.context().setOffline(false);
      await page.locator('.saved-mark[data-state=back]').waitFor();
      expect(await page.locator('.saved-words').innerText()).toMatch(/^Back online/);
      await page.locator('.saved-mark[data-state=saved]').waitFor();
      expect(await messages(incident)).toEqual(['first', 'second', 'third']);
      expect(times(await documentText(incident), 'typed in the dark')).toBe(1);
      await eventually(
        'nothing waits any more',
        async () => (await page.locator('.row-pending').count()) === 0,
      );
      expect(await asksBeforeLeaving(page)).toBe(false);
    },
  );
});

describe('the right to write changed meanwhile', () => {
  test('check 17: a member who was removed while offline keeps message and document text for copying', async () => {
    stage.forgive(NETWORK);
    const incident = await stage.declare(kim, { title: 'Card data seen outside', private: true });
    await stage.command(kim, incident.id, 'member.add', { person: ada.id }, { epoch: 1 });
    const page = await enter(ada, incident);
    await page.context().setOffline(true);
    await offline(page);
    await send(page, 'the key was rotated at 12:04');
    await write(page, 'rotated by hand');
    await page.locator('.composer-field').fill('a draft');
    await stage.command(kim, incident.id, 'member.remove', { person: ada.id }, { epoch: 1 });
    await page.context().setOffline(false);
    await page.locator('.kept-text').waitFor();
    const kept = await page.locator('.lone').innerText();
    expect(kept).toContain('the key was rotated at 12:04');
    expect(kept).toContain('a draft');
    await eventually('the document text is kept', async () =>
      (await page.locator('.lone').innerText()).includes('rotated by hand'),
    );
    expect(await messages(incident)).toEqual([]);
    expect(await documentText(incident)).not.toContain('rotated by hand');
    // The way back in is gone, and the writing still is theirs; nothing of the incident shows.
    await page.reload();
    const writing = page.locator('.kept-writing');
    await writing.waitFor();
    const found = await writing.innerText();
    for (const mine of ['the key was rotated at 12:04', 'a draft', 'rotated by hand'])
      expect(found).toContain(mine);
    expect(await page.locator('.lone').innerText()).not.toContain('Card data seen');
    // A slow disk, or another page, holds the deletion up: the writing is shown until it is gone for good.
    const other = await page.context().newPage();
    await other.goto(`${stage.url}/icon.svg`);
    await other.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
      const openings = names
        .filter((name) => name.startsWith('warroom.document/'))
        .map((name) => indexedDB.open(name));
      const isOpen = (opening: IDBOpenDBRequest): Promise<unknown> =>
        new Promise((resolve) => opening.addEventListener('success', resolve));
      await Promise.all(openings.map(isOpen));
      Object.assign(window, { openings });
    });
    await writing.getByRole('button', { name: 'Delete it here' }).click();
    await page.locator('.kept-writing[aria-busy=true]').waitFor();
    await other.locator('svg').waitFor();
    expect(await writing.count()).toBe(1);
    await other.close();
    await writing.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.lone h1').waitFor();
    await eventually('the copies are deleted', async () => (await writingLeft(page)) === 0);
    expect(await writing.count()).toBe(0);
  });

  test('check 17: what was written before the incident was closed is refused with its reason and kept for copying', async () => {
    stage.forgive(NETWORK);
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const page = await enter(ada, incident);
    await page.context().setOffline(true);
    await offline(page);
    await send(page, 'one more thing');
    await write(page, 'written too late');
    await stage.command(kim, incident.id, 'status.set', { status: 'resolved' }, { epoch: 1 });
    await stage.command(kim, incident.id, 'status.set', { status: 'closed' }, { epoch: 1 });
    await page.context().setOffline(false);
    const row = page.locator('.row-pending[data-phase=refused]');
    await row.waitFor();
    expect(await row.innerText()).toContain('one more thing');
    expect(await row.innerText()).toMatch(/Refused: .*closed/i);
    await row.getByRole('button', { name: 'Copy my text' }).waitFor();
    const reason = page.locator('.document-reason');
    await reason.getByText('Your text stays here.').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reason.getByRole('button').first().click();
    await eventually('the text was copied', async () =>
      (await page.evaluate(() => navigator.clipboard.readText())).includes('written too late'),
    );
    expect(await messages(incident)).toEqual([]);
    expect(await documentText(incident)).not.toContain('too late');
    // Reopened, what waited arrives: the document by itself, the message when its author says so.
    await stage.command(kim, incident.id, 'incident.reopen', { reason: 'it is back' });
    await row.getByRole('button', { name: 'Try again' }).click();
    await eventually('the message', async () => (await messages(incident)).length > 0);
    await eventually('the text', async () => times(await documentText(incident), 'written too late') === 1);
    expect(await messages(incident)).toEqual(['one more thing']);
  });
});

describe('what waits outlives the page', () => {
  test('check 17: messages that wait survive the end of the session, a reload and signing in again', async () => {
    stage.forgive(NETWORK);
    stage.forgive(/status of 401/);
    const mei = await stage.person('Mei Tanaka');
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const page = await enter(mei, incident);
    await page.context().setOffline(true);
    await offline(page);
    for (const text of ['one', 'two']) await send(page, text);
    await write(page, 'kept over night');
    await page.locator('.row-pending', { hasText: 'two' }).waitFor();
    await ask(`${stage.url}/api/people/${mei.id}/sessions`, { method: 'DELETE', token: stage.admin.token });
    await page.context().setOffline(false);
    await page.locator('.saved-mark[data-state=sessionEnded]').waitFor({ timeout: FOUND_WITHIN });
    expect(await page.locator('.saved-words').innerText()).toMatch(/^Session ended/);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.locator('input[type=email]').waitFor();
    expect(await messages(incident)).toEqual([]);
    await signInByForm(page, mei);
    await page.locator('input[type=email]').waitFor({ state: 'detached' });
    await page.goto(`${stage.url}/i/${incident.number}`);
    await eventually('both messages', async () => (await messages(incident)).length >= 2);
    await eventually('the text', async () => (await documentText(incident)).includes('kept over night'));
    await inRoom(page);
    expect(await messages(incident)).toEqual(['one', 'two']);
    expect(times(await documentText(incident), 'kept over night')).toBe(1);
  });

  test('check 17: without a reload, signing in over the page sends what waited', async () => {
    stage.forgive(NETWORK);
    stage.forgive(/status of 401/);
    const mei = await stage.person('Mei Tanaka');
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const page = await enter(mei, incident);
    await page.locator('.composer-field').fill('half a thought');
    await ask(`${stage.url}/api/people/${mei.id}/sessions`, { method: 'DELETE', token: stage.admin.token });
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.locator('input[type=email]').fill(mei.email);
    await dialog.locator('input[type=password]').fill(mei.password);
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    await inRoom(page);
    expect(await page.locator('.composer-field').inputValue()).toBe('half a thought');
    await page.locator('.composer-send').click();
    await eventually('the message', async () => (await messages(incident)).length > 0);
    expect(await messages(incident)).toEqual(['half a thought']);
  });

  test('check 17: the server killed while a message and an edit wait for their commit: after the restart both arrive once', async () => {
    stage.forgive(NETWORK);
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const page = await enter(ada, incident);
    const release = holdCommits(stage.server.dataDir);
    await write(page, 'in the middle of it');
    await send(page, 'did you see that');
    await page.locator('.row-pending[data-phase=sending]').waitFor();
    await page.locator('.save-mark[data-save=not_saved]').waitFor();
    await stage.server.kill();
    release();
    await offline(page);
    await stage.server.restart();
    expect(await messages(incident)).toEqual([]);
    await page.locator('.saved-mark[data-state=saved]').waitFor();
    expect(await messages(incident)).toEqual(['did you see that']);
    expect(times(await documentText(incident), 'in the middle of it')).toBe(1);
    await eventually(
      'nothing waits any more',
      async () => (await page.locator('.row-pending').count()) === 0,
    );
    expect(await page.locator('article.row', { hasText: 'did you see that' }).count()).toBe(1);
  });
});

describe('two tabs of one person', () => {
  test('each shows what the other does, and what waits in one goes out once', async () => {
    stage.forgive(NETWORK);
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const context = await stage.profile(ada);
    const [left, right] = [
      await enter(ada, incident, 'wide', context),
      await enter(ada, incident, 'wide', context),
    ];
    // A person writes in the tab in front; one behind draws no frames, and its editor learns of no selection.
    await left.bringToFront();
    await send(left, 'from the left');
    await right.locator('article.row', { hasText: 'from the left' }).waitFor();
    await write(left, 'left was here');
    await right.locator('.ProseMirror', { hasText: 'left was here' }).waitFor();
    await right.bringToFront();
    await write(right, ', and right');
    await left.locator('.ProseMirror', { hasText: 'left was here, and right' }).waitFor();
    await Promise.all([left, right].map((page) => page.locator('.saved-mark[data-state=saved]').waitFor()));

    await context.setOffline(true);
    await Promise.all([offline(left), offline(right)]);
    await left.bringToFront();
    for (const text of ['l1', 'l2']) await send(left, text);
    await write(left, ' L');
    await right.bringToFront();
    for (const text of ['r1', 'r2']) await send(right, text);
    await write(right, ' R');
    await context.setOffline(false);
    // A third tab finds what waits in the browser, and gives it as well.
    const third = await enter(ada, incident, 'wide', context);
    await Promise.all(
      [left, right, third].map((page) =>
        page.locator('.saved-mark[data-state=saved]').waitFor({ timeout: FOUND_WITHIN }),
      ),
    );
    const all = (await messages(incident)).slice(1);
    expect(all.toSorted()).toEqual(['l1', 'l2', 'r1', 'r2']);
    expect(all.indexOf('l1')).toBeLessThan(all.indexOf('l2'));
    expect(all.indexOf('r1')).toBeLessThan(all.indexOf('r2'));
    await eventually('one text', async () => {
      const texts = await Promise.all([left, right, third].map(editorText));
      return texts.every((text) => text.includes(' L') && text.includes(' R'));
    });
    const text = await documentText(incident);
    expect([' L', ' R'].map((part) => times(text, part))).toEqual([1, 1]);
    for (const page of [left, right, third]) expect(await page.locator('.row-pending').count()).toBe(0);
    const { state } = await readIncident(stage.url, kim, incident.id);
    expect(state.commander).toBe(kim.id);
  });
});
