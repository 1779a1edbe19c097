import type { CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { eventually, readIncident, readWholeLog } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { inRoom, lookName, openStage } from './stage.ts';
import type { Look, Stage } from './stage.ts';

/** What the key says while an input method works on it. */
const COMPOSING_KEY = 229;
const ENTER_KEY = 13;
const HANGUL = ['ㅎ', '하', '핫', '하세', '하셍', '하세요'];

let stage: Stage;
let kim: Account;

beforeAll(async () => {
  stage = await openStage();
  kim = await stage.person('Kim Minji');
});
afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** A room with an empty message box that has the focus. */
async function atComposer(look: Partial<Look> = {}): Promise<{
  incident: IncidentSummary;
  page: Page;
  ime: CDPSession;
}> {
  const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
  const page = await inRoom(await stage.open(kim, `/i/${incident.number}`, look));
  await page.locator('.composer-field').focus();
  return { incident, page, ime: await page.context().newCDPSession(page) };
}

async function compose(ime: CDPSession, steps: readonly string[]): Promise<void> {
  for (const text of steps) {
    await ime.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }
}

/** The input method ends the composition with this text. */
async function commit(ime: CDPSession, text: string): Promise<void> {
  await ime.send('Input.insertText', { text });
}

/** Enter as systems deliver it to a page whose input method has taken it. */
async function composingEnterDown(ime: CDPSession): Promise<void> {
  await ime.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Process',
    code: 'Enter',
    windowsVirtualKeyCode: COMPOSING_KEY,
    nativeVirtualKeyCode: COMPOSING_KEY,
  });
}

async function enterUp(ime: CDPSession): Promise<void> {
  await ime.send('Input.dispatchKeyEvent', {
    type: 'keyUp',
    key: 'Enter',
    code: 'Enter',
    windowsVirtualKeyCode: ENTER_KEY,
  });
}

async function messages(incident: IncidentSummary): Promise<unknown[]> {
  const log = await readWholeLog(stage.url, kim, incident.id);
  return log.filter(({ type }) => type === 'chat.posted').map(({ body }) => (body as { text: string }).text);
}

/** Writes one more message, so that whatever else was on its way has come before it. */
async function thenWrite(page: Page, incident: IncidentSummary, text: string): Promise<unknown[]> {
  await page.locator('.composer-field').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await eventually('the last message', async () => (await messages(incident)).includes(text));
  return messages(incident);
}

const typed = (page: Page): Promise<string> => page.locator('.composer-field').inputValue();

describe('one Enter is one message', () => {
  const looks: Look[] = [
    { size: 'wide', locale: 'en', theme: 'light' },
    { size: 'mid', locale: 'ko', theme: 'dark' },
  ];
  test.for(looks.map((look) => [lookName(look), look] as const))(
    'check 7: Hangul composed, Enter once: one entry, whole, and an empty box (%s)',
    async ([, look]) => {
      const { incident, page, ime } = await atComposer(look);
      await compose(ime, HANGUL);
      await composingEnterDown(ime);
      expect(await typed(page)).toBe('하세요');
      await commit(ime, '하세요');
      await enterUp(ime);
      await page.locator('article.row', { hasText: '하세요' }).waitFor();
      await eventually('the box is empty', async () => (await typed(page)) === '');
      expect(await thenWrite(page, incident, 'next')).toEqual(['하세요', 'next']);
      expect(await typed(page)).toBe('');
    },
  );

  test('check 7: the same with text before and after the syllables', async () => {
    const { incident, page, ime } = await atComposer();
    await page.keyboard.type('db 1, ');
    await compose(ime, HANGUL);
    await composingEnterDown(ime);
    await commit(ime, '하세요');
    await enterUp(ime);
    await page.locator('article.row', { hasText: 'db 1, 하세요' }).waitFor();
    expect(await thenWrite(page, incident, 'next')).toEqual(['db 1, 하세요', 'next']);
  });

  test('check 7: an Enter delivered plain before the composition ends sends once as well', async () => {
    const { incident, page, ime } = await atComposer();
    await compose(ime, HANGUL);
    await ime.send('Input.dispatchKeyEvent', {
      type: 'keyDown',
      key: 'Enter',
      code: 'Enter',
      text: '\r',
      windowsVirtualKeyCode: ENTER_KEY,
    });
    await commit(ime, '하세요');
    await enterUp(ime);
    await page.locator('article.row', { hasText: '하세요' }).waitFor();
    await eventually('the box is empty', async () => (await typed(page)) === '');
    expect(await thenWrite(page, incident, 'next')).toEqual(['하세요', 'next']);
  });

  test('check 7: so does one that does not even say that a composition is under way', async () => {
    const { incident, page, ime } = await atComposer();
    await compose(ime, HANGUL);
    await page.locator('.composer-field').evaluate((field, keyCode) => {
      const event = new KeyboardEvent('keydown', {
        key: 'Enter',
        code: 'Enter',
        keyCode,
        bubbles: true,
        cancelable: true,
      });
      field.dispatchEvent(event);
      if (!event.defaultPrevented) throw new Error('The browser would have broken the line.');
    }, ENTER_KEY);
    expect(await messages(incident)).toEqual([]);
    await commit(ime, '하세요');
    await enterUp(ime);
    await page.locator('article.row', { hasText: '하세요' }).waitFor();
    expect(await thenWrite(page, incident, 'next')).toEqual(['하세요', 'next']);
  });

  test('check 7: a held Enter and a second plain Enter after it send nothing more', async () => {
    const { incident, page, ime } = await atComposer();
    await compose(ime, HANGUL);
    await composingEnterDown(ime);
    await commit(ime, '하세요');
    const plain = { type: 'keyDown', key: 'Enter', code: 'Enter', text: '\r' } as const;
    for (let again = 0; again < 3; again += 1) {
      await ime.send('Input.dispatchKeyEvent', {
        ...plain,
        windowsVirtualKeyCode: ENTER_KEY,
        autoRepeat: again > 0,
      });
    }
    await enterUp(ime);
    await page.locator('article.row', { hasText: '하세요' }).waitFor();
    expect(await thenWrite(page, incident, 'next')).toEqual(['하세요', 'next']);
  });

  test.for([
    ['Latin', ['c', 'ca', 'caf', 'cafe', 'café']],
    ['kana', ['ｋ', 'か', 'かｎ', 'かに', 'かに が']],
  ] as const)('check 8: %s composed, Enter: nothing is sent and the text stays', async ([, steps]) => {
    const { incident, page, ime } = await atComposer();
    const whole = steps.at(-1) ?? '';
    await compose(ime, steps);
    await composingEnterDown(ime);
    await commit(ime, whole);
    await enterUp(ime);
    expect(await typed(page)).toBe(whole);
    await page.keyboard.type(' 1');
    expect(await typed(page)).toBe(`${whole} 1`);
    expect(await messages(incident)).toEqual([]);
    await page.keyboard.press('Enter');
    await eventually('the message', async () => (await messages(incident)).length > 0);
    expect(await messages(incident)).toEqual([`${whole} 1`]);
  });
});

describe('the same guard elsewhere', () => {
  test('check 7: a title composed in Hangul declares one incident with the whole title', async () => {
    const page = await stage.open(kim, '/board');
    await page.locator('h1').waitFor();
    await page.keyboard.press('d');
    const title = page.getByRole('dialog').getByRole('textbox').first();
    await title.focus();
    const ime = await page.context().newCDPSession(page);
    const steps = ['ㄱ', '겨', '결', '결ㅈ', '결제'];
    await compose(ime, steps);
    await composingEnterDown(ime);
    await commit(ime, '결제');
    await enterUp(ime);
    await page.waitForURL(/\/i\/\d+/);
    await inRoom(page);
    const number = Number(/\/i\/(\d+)/.exec(page.url())?.[1]);
    const next = await stage.declare(kim, { title: 'next' });
    expect(next.number).toBe(number + 1);
    const found = await page.evaluate(async (query) => {
      const answer = await fetch(`/api/incidents?status=all&query=${encodeURIComponent(query)}`);
      return ((await answer.json()) as { incidents: { id: string; title: string }[] }).incidents;
    }, '결제');
    expect(found.map(({ title: each }) => each)).toEqual(['결제']);
    expect((await readIncident(stage.url, kim, found[0]?.id ?? '')).state.title).toBe('결제');
  });

  test('check 7: in a list of suggestions the Enter of a composition neither chooses nor sends', async () => {
    const { incident, page, ime } = await atComposer();
    await page.keyboard.type('/');
    await page.locator('[role=listbox]').waitFor();
    await compose(ime, ['ㅇ', '이', '인', '인ㄱ', '인겨', '인계']);
    await composingEnterDown(ime);
    await commit(ime, '인계');
    await enterUp(ime);
    await page.getByRole('dialog').waitFor();
    expect(await messages(incident)).toEqual([]);
  });
});
