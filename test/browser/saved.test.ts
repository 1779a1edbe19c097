import path from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, readWholeLog } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { inRoom, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** Words have to come this soon after their time, on a machine that is busy. Milliseconds. */
const LATE = 900;

let stage: Stage;
let kim: Account;

beforeAll(async () => {
  stage = await openStage();
  kim = await stage.person('Kim Minji');
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** A word of a mark, and when it was first shown, in milliseconds since something was written. */
interface Shown {
  mark: 'strip' | 'document';
  state: string;
  words: string;
  at: number;
}

/** Notes every word of both marks from the moment `start` is called in the page. */
async function watchMarks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: unknown[] = [];
    let began: number | null = null;
    const note = (mark: string, selector: string, attribute: string): void => {
      const element = document.querySelector<HTMLElement>(selector);
      if (!element) throw new Error(`${selector} is not shown.`);
      let last = '';
      const look = (): void => {
        const state = element.dataset[attribute] ?? '';
        if (began === null || state === last) return;
        last = state;
        shown.push({ mark, state, words: element.innerText, at: performance.now() - began });
      };
      new MutationObserver(look).observe(element, {
        attributes: true,
        childList: true,
        characterData: true,
        subtree: true,
      });
    };
    note('strip', '.saved-mark', 'state');
    note('document', '.save-mark', 'save');
    // The first key that is pressed starts the clock.
    document.addEventListener('keydown', () => (began ??= performance.now()), { capture: true });
    Object.assign(window, { shownMarks: shown });
  });
}

function shownMarks(page: Page): Promise<Shown[]> {
  return page.evaluate(() => (window as unknown as { shownMarks: Shown[] }).shownMarks);
}

async function writeToDocument(page: Page, text: string): Promise<void> {
  await page.locator('.ProseMirror[contenteditable=true] p').first().click();
  await page.keyboard.type(text);
}

/** The words a mark showed from the first change on, without the first second's. */
function wordsOf(shown: readonly Shown[], mark: Shown['mark'], quiet: string): Shown[] {
  return shown.filter((each) => each.mark === mark && each.state !== quiet);
}

/** Holds every commit back, as another program that has the database's write lock would. Reads go on. */
function holdCommits(folder: string): () => void {
  const other = new Database(path.join(folder, 'warroom.db'));
  other.exec('BEGIN IMMEDIATE');
  return () => {
    other.exec('ROLLBACK');
    other.close();
  };
}

/** Stops the whole process where it stands, and lets it go on. */
function freeze(pid: number): () => void {
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}

const holders = [
  ['the commit held back by a lock on the database', () => holdCommits(stage.server.dataDir)],
  ['the server process stopped', () => freeze(stage.server.pid())],
] as const;

test.for(holders)(
  'check 16: with %s nothing is called saved: Saving at 1 s, Not saved at 3 s; released, saved',
  async ([, hold]) => {
    const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
    const page = await stage.open(kim, `/i/${incident.number}`);
    await page.locator('.save-mark[data-save=saved]').waitFor();
    await inRoom(page);
    await watchMarks(page);
    const release = hold();
    try {
      await writeToDocument(page, 'x');
      await page.locator('.composer-field').fill('is it down?');
      await page.keyboard.press('Enter');
      await page.locator('.saved-mark[data-state=notSaved]').waitFor();
      await page.locator('.save-mark[data-save=not_saved]').waitFor();
      await page.locator('.row-phase[data-late=true]').waitFor();
      const shown = await shownMarks(page);
      for (const [mark, quiet] of [
        ['strip', 'live'],
        ['document', 'editing'],
      ] as const) {
        const [first] = shown.filter((each) => each.mark === mark);
        expect(first?.state).toBe(quiet);
        expect(first?.at).toBeLessThan(LATE);
      }
      const strip = wordsOf(shown, 'strip', 'live');
      expect(strip.map(({ state }) => state)).toEqual(['saving', 'notSaved']);
      expect(strip[0]?.words).toBe('Saving…');
      expect(strip[1]?.words).toMatch(/^Not saved\. (\d+|Edits|\d+ and edits) kept in this browser\.$/);
      const inDocument = wordsOf(shown, 'document', 'editing');
      expect(inDocument.map(({ state }) => state)).toEqual(['saving', 'not_saved']);
      for (const [saving, notSaved] of [strip, inDocument]) {
        expect(saving?.at).toBeGreaterThan(950);
        expect(saving?.at).toBeLessThan(1_000 + LATE);
        expect(notSaved?.at).toBeGreaterThan(2_950);
        expect(notSaved?.at).toBeLessThan(3_000 + LATE);
      }
    } finally {
      release();
    }
    await page.locator('.saved-mark[data-state=saved]').waitFor();
    await page.locator('.save-mark[data-save=saved]').waitFor();
    await eventually('the entry is a row', async () => (await page.locator('.row-pending').count()) === 0);
    const log = await readWholeLog(stage.url, kim, incident.id);
    expect(log.map(({ type }) => type)).toEqual(['incident.declared', 'chat.posted']);
    const [saved] = (await shownMarks(page)).filter(({ state }) => state === 'saved');
    expect(saved?.at).toBeGreaterThan(3_000);
  },
);

test('check 16: a server that has gone silent is called offline within 15 s, and nothing is called saved before it answers', async () => {
  stage.forgive(/ERR_|WebSocket|Failed to load resource/);
  const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
  const page = await stage.open(kim, `/i/${incident.number}`);
  await page.locator('.save-mark[data-save=saved]').waitFor();
  await inRoom(page);
  await watchMarks(page);
  const goOn = freeze(stage.server.pid());
  try {
    await writeToDocument(page, 'nobody hears this');
    await page.locator('.saved-mark[data-state=offline]').waitFor({ timeout: 15_000 });
    await page.locator('.save-mark[data-save=offline]').waitFor({ timeout: 15_000 });
    expect((await shownMarks(page)).map(({ state }) => state)).not.toContain('saved');
  } finally {
    goOn();
  }
  await page.locator('.saved-mark[data-state=saved]').waitFor();
  await page.locator('.save-mark[data-save=saved]').waitFor();
  const answer = await fetch(`${stage.url}/api/incidents/${incident.id}/document`, {
    headers: { authorization: `Bearer ${kim.token}`, accept: 'text/markdown' },
  });
  expect((await answer.text()).split('nobody hears this')).toHaveLength(2);
});
