import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Account } from '../support/client.ts';
import { readIncident } from '../support/client.ts';
import { focusOf } from './inspect.ts';
import { callCast, manned } from './scene.ts';
import { inRoom, openStage, patiently } from './stage.ts';
import type { Look, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

const MOST_STOPS = 150;

/** The keyboard of one person, with what it met on its way that does not show where one is. */
interface Hands {
  page: Page;
  troubles: string[];
  /** Presses Tab until the focus is on what `selector` names; every stop on the way is looked at. */
  tabTo(selector: string): Promise<void>;
  /** Is the focus on what `selector` names? */
  isOn(selector: string): Promise<boolean>;
  /** Looks at where the focus is now. */
  look(): Promise<void>;
  press(...keys: string[]): Promise<void>;
  type(text: string): Promise<void>;
}

function handsOn(page: Page): Hands {
  const troubles: string[] = [];
  const look = async (): Promise<void> => {
    const { stop, trouble } = await focusOf(page);
    if (trouble !== '') troubles.push(`${stop}: ${trouble}`);
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const isOn = (selector: string): Promise<boolean> =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  return {
    page,
    troubles,
    isOn,
    look,
    press,
    type: (text) => page.keyboard.type(text),
    tabTo: async (selector) => {
      await page.locator(selector).first().waitFor();
      for (let stops = 0; stops < MOST_STOPS; stops++) {
        if (await isOn(selector)) return look();
        await press('Tab');
        await look();
      }
      throw new Error(`No Tab leads to ${selector}.`);
    },
  };
}

async function signIn(look: Partial<Look>, who: Account): Promise<Hands> {
  const hands = handsOn(await stage.open(null, '/signin', look));
  await hands.tabTo('input[type=email]');
  await hands.type(who.email);
  await hands.tabTo('input[type=password]');
  await hands.type(who.password);
  await hands.press('Enter');
  await hands.page.locator('.board').waitFor();
  return hands;
}

test.for([
  { commander: {}, next: { locale: 'ko', theme: 'dark' } },
  { commander: { size: 'mid', locale: 'ko' }, next: { size: 'one', theme: 'dark' } },
] as const)('check 4: from sign-in to a confirmed handoff by keyboard alone (%o)', async (looks) => {
  const [kim, ada] = await Promise.all([stage.person('Kim Minji'), stage.person('Ada Park')]);
  const [one, two] = await Promise.all([signIn(looks.commander, kim), signIn(looks.next, ada)]);

  // Declare.
  await one.press('d');
  await one.page.locator('[aria-modal=true] input').first().waitFor();
  await one.look();
  await one.type('Checkout returns 500');
  await one.press('Enter');
  await one.page.waitForURL(/\/i\/\d+$/);
  await inRoom(one.page);
  const number = Number(/\/i\/(\d+)$/.exec(one.page.url())?.[1]);

  // The other one comes in by the board, and says so.
  await two.tabTo(`.board-row[href="/i/${number}"]`);
  await two.press('Enter');
  await inRoom(two.page);
  await outOfText(two.page);
  await two.press('c');
  await two.look();
  await two.type('I am here.');
  // On a phone Enter makes a line; the button sends everywhere.
  await two.tabTo('.composer-send');
  await two.press('Enter');
  await one.page.locator('article.row', { hasText: 'I am here.' }).waitFor();

  // Assign a role by the palette.
  await one.press('Control+k');
  await one.page.locator('.palette-field').waitFor();
  await one.look();
  // Without waiting for the list: Enter does what the letters before it say.
  await one.type('ops');
  await one.press('Enter');
  await chooseAda(one);
  await one.tabTo('.room-dialog button[type=submit]');
  await one.press('Enter');
  await one.page.locator('.room-dialog').waitFor({ state: 'detached' });

  // Offer command by its key.
  await outOfText(one.page);
  await one.press('h');
  await chooseAda(one);
  await one.tabTo('.room-dialog button[type=submit]');
  await one.press('Enter');
  await one.page.locator('.strip-waiting[data-kind=offerOfMine]').waitFor();

  // Read the brief, tick its parts, say the words.
  await two.page.locator('[role=alertdialog]').waitFor();
  // It opens under typing hands, and hears no key for its first moment: one presses Tab until it does.
  const heading = '[role=alertdialog] h2';
  await expect
    .poll(async () => {
      await two.press('Tab');
      return two.isOn(heading);
    }, patiently)
    .toBe(false);
  for (let part = 0; part < 4; part++) {
    const unticked = '[role=alertdialog] .brief-tick[data-ticked=false] input';
    await two.tabTo(unticked);
    await two.press('Space');
    await expect.poll(() => two.page.locator(unticked).count(), patiently).toBe(3 - part);
  }
  await two.tabTo('.accept-words[aria-disabled=false]');
  await two.press('Enter');
  await two.page.locator('[role=alertdialog]').waitFor({ state: 'detached' });

  // Confirm.
  await one.page.locator('.strip-waiting[data-kind=leaving] .strip-act').waitFor();
  await outOfText(one.page);
  const incidents = await readNumber(number, ada);
  await expect
    .poll(async () => {
      await one.press('a');
      return (await readIncident(stage.url, ada, incidents)).state.confirmation?.confirmed;
    }, patiently)
    .toContain(kim.id);
  expect([...one.troubles, ...two.troubles]).toEqual([]);

  async function chooseAda(hands: Hands): Promise<void> {
    await hands.page.locator('.room-dialog .person-list').waitFor();
    await hands.tabTo('.room-dialog input[type=radio]:not(:disabled)');
    for (let stops = 0; stops < 10; stops++) {
      if (await hands.page.locator(`.room-dialog input[value="${ada.id}"]:checked`).count()) return;
      await hands.press(stops === 0 ? 'Space' : 'ArrowDown');
    }
    throw new Error('No arrow leads to Ada.');
  }
});

/** Esc leaves the text, as a person does before a single letter is to act. */
async function outOfText(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const isIn = await page.evaluate(() =>
        document.activeElement?.matches('textarea, input, [contenteditable=true]'),
      );
      if (isIn) await page.keyboard.press('Escape');
      return isIn;
    }, patiently)
    .toBe(false);
}

async function readNumber(number: number, who: Account): Promise<string> {
  const answer = await fetch(`${stage.url}/api/incidents?status=open`, {
    headers: { authorization: `Bearer ${who.token}` },
  });
  const { incidents } = (await answer.json()) as { incidents: { id: string; number: number }[] };
  const found = incidents.find((incident) => incident.number === number);
  if (!found) throw new Error(`No INC-${number}.`);
  return found.id;
}

test.for(['wide', 'mid', 'one'] as const)(
  'check 4: every stop of the room shows where one is (%s)',
  async (size) => {
    const cast = await callCast(stage);
    const incident = await manned(stage, cast, { title: 'Checkout returns 500', severity: 'SEV1' });
    const page = await inRoom(await stage.open(cast.commander, `/i/${incident.number}`, { size }));
    const hands = handsOn(page);
    await page.locator('.bar-title').focus();
    const stops: string[] = [];
    for (let count = 0; count < MOST_STOPS; count++) {
      const isEditor = await page.evaluate(
        () => document.activeElement?.matches('[contenteditable=true]') ?? false,
      );
      // In the editor Tab may indent; Esc, then Tab leaves it.
      if (isEditor) await hands.press('Escape');
      await hands.press('Tab');
      const { stop } = await focusOf(page);
      if (stop === '' || stops.includes(stop)) break;
      stops.push(stop);
      await hands.look();
    }
    expect(hands.troubles).toEqual([]);
    expect(stops.length).toBeGreaterThan(8);
  },
);
