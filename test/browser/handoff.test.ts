import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Account } from '../support/client.ts';
import { readIncident, readWholeLog } from '../support/client.ts';
import { watchAnnouncers } from './motion.ts';
import { callCast, manned, offerCommand, passCommand } from './scene.ts';
import type { Cast } from './scene.ts';
import { inRoom, openStage, patiently } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

const ACCEPT = '[role=alertdialog]';
const DRAFT = 'Retries look fine, queue is at 4,200';

let stage: Stage;
let cast: Cast;

beforeAll(async () => {
  stage = await openStage();
  cast = await callCast(stage);
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

function incident(title = 'Checkout returns 500'): Promise<IncidentSummary> {
  return manned(stage, cast, { title, severity: 'SEV1' });
}

/** A person in the room, in a profile of their own that keeps what is said aloud. */
async function enter(who: Account, { number }: IncidentSummary, profile: Profile = {}): Promise<Page> {
  const context = await stage.profile(who, profile);
  await watchAnnouncers(context);
  const page = await context.newPage();
  await page.goto(`${stage.url}/i/${number}`);
  return inRoom(page);
}

/** What the assertive region said on a page, in order. */
function assertive(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    (window.said ?? []).filter((one) => one.politeness === 'assertive').map((one) => one.text),
  );
}

/** Done when the page says at least one more assertive text than before, and its region is empty again. */
async function saidAll(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.querySelector('#announce-assertive')?.textContent !== '');
  await page.waitForFunction(() => document.querySelector('#announce-assertive')?.textContent === '');
  return assertive(page);
}

/** Ticks a part of the brief; again while the dialog is still deaf to its first moment. */
async function tick(box: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await box.click();
      return box.isChecked();
    }, patiently)
    .toBe(true);
}

async function tickAll(page: Page): Promise<void> {
  for (const box of await page.locator(`${ACCEPT} .brief-tick input`).all()) await tick(box);
}

describe('check 11: an offer arrives while somebody types', () => {
  test.for([
    ['message box', '.composer-field', { size: 'wide' }],
    ['message box on a phone', '.composer-field', { size: 'one', locale: 'ko', theme: 'dark' }],
    ['document', '.ProseMirror', { size: 'wide', locale: 'ko' }],
  ] as const)(
    '%s: text and caret stay, the dialog is deaf at first, Esc folds it',
    async ([, field, look]) => {
      const about = await incident();
      const page = await enter(cast.ops, about, look);
      await page.locator(field).first().click();
      await page.keyboard.type(DRAFT);
      for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft');
      const before = await writing(page);
      expect(before.text).toContain(DRAFT);

      // Keys are pressed without a pause from before the offer until well after it has come.
      await page.evaluate(() => {
        const heard: string[] = [];
        Object.assign(window, { heard });
        document.addEventListener(
          'click',
          (event) => heard.push(String((event.target as Element).textContent)),
          true,
        );
      });
      await offerCommand(stage, about, cast.commander, cast.ops);
      await page.locator(ACCEPT).waitFor();
      await page.keyboard.press('Space');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      expect(await page.locator(ACCEPT).count()).toBe(1);
      expect(await page.locator(`${ACCEPT} input:checked`).count()).toBe(0);
      const focused = await page.evaluate(() => document.activeElement?.tagName);
      expect(focused).toBe('H2');

      // Esc is heard once the first moment is over; it folds the offer and declines nothing.
      await expect
        .poll(async () => {
          await page.keyboard.press('Escape');
          return page.locator(ACCEPT).count();
        }, patiently)
        .toBe(0);
      expect(await writing(page)).toEqual(before);
      await page.locator('.strip-waiting[data-kind=offerToMe]').waitFor();
      const { state } = await readIncident(stage.url, cast.ops, about.id);
      expect(state.offer?.to).toBe(cast.ops.id);
      expect(state.commander).toBe(cast.commander.id);
    },
  );

  /** Where one writes, what stands there and where the caret is. */
  function writing(page: Page): Promise<{ place: string; text: string; caret: string }> {
    return page.evaluate(() => {
      const element = document.activeElement;
      if (element instanceof HTMLTextAreaElement) {
        const caret = `${element.selectionStart}-${element.selectionEnd}`;
        return { place: element.className, text: element.value, caret };
      }
      const selection = getSelection();
      return {
        place: element?.className ?? '',
        text: element?.textContent ?? '',
        caret: `${selection?.anchorNode?.textContent ?? ''} ${selection?.anchorOffset ?? -1}`,
      };
    });
  }
});

describe('a handoff among four people', () => {
  let about: IncidentSummary;
  let old: Page;
  let next: Page;
  let bystanders: Page[];

  const open = async (): Promise<void> => {
    // People of their own: offers that other tests left open are told on every page, too.
    cast = await callCast(stage);
    about = await incident();
    const phone = { size: 'one', locale: 'ko', theme: 'dark' } as const;
    [old, next, ...bystanders] = (await Promise.all([
      enter(cast.commander, about),
      enter(cast.ops, about),
      enter(cast.comms, about, { size: 'mid', theme: 'dark' }),
      enter(cast.responder, about, phone),
    ])) as [Page, Page, ...Page[]];
    await offerCommand(stage, about, cast.commander, cast.ops);
    await next.locator(ACCEPT).waitFor();
  };

  test('check 12: accepting waits for four ticks, then everybody sees the new commander', async () => {
    await open();
    const accept = next.locator('.accept-words');
    const need = async (): Promise<string> =>
      (await next.locator(`[id="${await accept.getAttribute('aria-describedby')}"]`).textContent()) ?? '';
    const boxes = await next.locator(`${ACCEPT} .brief-tick input`).all();
    const parts = ['State', 'Work and changes', 'People', 'Promises'];
    expect(boxes).toHaveLength(4);
    for (const [index, box] of boxes.entries()) {
      expect(await accept.getAttribute('aria-disabled')).toBe('true');
      const missing = await need();
      for (const [place, part] of parts.entries())
        expect(missing.includes(part), `${part} in “${missing}”`).toBe(place >= index);
      await tick(box);
    }
    await expect.poll(() => accept.getAttribute('aria-disabled'), patiently).toBe('false');
    await accept.click();
    await next.locator(ACCEPT).waitFor({ state: 'detached' });

    for (const page of [old, next, ...bystanders]) {
      await page.locator('.bar-commander-name', { hasText: cast.ops.name }).waitFor();
    }
    await expect.poll(() => next.title(), patiently).toContain(`*IC you: INC-${about.number}`);
    await expect.poll(() => old.title(), patiently).not.toContain('*IC');
    // The entry that passed command stands in the log under the badges of that time.
    await next.locator('.command-column .role-commander, .bar .role-commander').first().waitFor();
    const { state } = await readIncident(stage.url, cast.ops, about.id);
    expect([state.commander, state.epoch]).toEqual([cast.ops.id, 2]);
  });

  test('check 13: each client is told exactly once, aloud', async () => {
    await open();
    expect(await saidAll(next)).toEqual([`${cast.commander.name} offers you command.`]);
    for (const page of [old, ...bystanders]) expect(await assertive(page)).toEqual([]);
    await tickAll(next);
    await next.locator('.accept-words').click();
    const told = await Promise.all([old, next, ...bystanders].map((page) => saidAll(page)));
    const [toOld = [], toNext = [], toComms = [], toResponder = []] = told;
    expect(toOld).toHaveLength(1);
    expect(toOld[0]).toContain('You are no longer in command.');
    expect(toNext).toEqual([`${cast.commander.name} offers you command.`, 'You are the incident commander.']);
    expect(toComms).toEqual([expect.stringContaining(`${cast.ops.name} has been the commander since`)]);
    expect(toResponder).toEqual([expect.stringContaining(`${cast.ops.name}님이 장애 제어자입니다`)]);
  });

  test('check 14: who knows is who confirmed, also after a reload', async () => {
    await open();
    await tickAll(next);
    await next.locator('.accept-words').click();
    const [comms, responder] = bystanders as [Page, Page];
    await comms.locator('.strip-act').waitFor();

    const missing = async (page: Page): Promise<string> => {
      await page.locator('.strip-more').click();
      const list = page.locator('.bar-form .pending-list');
      const text = (await list.textContent({ timeout: patiently.timeout })) ?? '';
      // At once, while the focus is still on its way into the list.
      await page.keyboard.press('Escape');
      await list.waitFor({ state: 'detached', timeout: patiently.timeout });
      return text;
    };
    // Counted are who holds a role, who is here, and who left command: Comms, Planning, the responder, the old one.
    await expect.poll(() => missing(old), patiently).toContain('0 of 4 know');
    await expect
      .poll(
        async () =>
          comms
            .locator('.strip-act')
            .click({ timeout: 1_000 })
            .then(
              () => knowing(about),
              () => knowing(about),
            ),
        patiently,
      )
      .toEqual([cast.comms.id]);
    await expect.poll(() => missing(old), patiently).toContain('1 of 4 know');
    expect(await missing(old)).not.toContain('Communications');
    // The key is deaf until its control has been there for a moment.
    await expect
      .poll(async () => {
        await responder.keyboard.press('a');
        return knowing(about);
      }, patiently)
      .toHaveLength(2);
    await expect.poll(() => missing(old), patiently).toContain('2 of 4 know');
    await old.reload();
    await inRoom(old);
    expect(await missing(old)).toContain('2 of 4 know');
    // The control that had the focus goes away, and Esc still closes the list.
    await old.locator('.strip-more').click();
    const know = old.locator('.bar-form .pending-actions button', { hasText: 'I know' });
    await know.click();
    await know.waitFor({ state: 'detached' });
    expect(await old.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
    await old.keyboard.press('Escape');
    await old.locator('.bar-form').waitFor({ state: 'detached' });
  });
});

/** Who confirmed, without the new commander, who knows by having accepted. */
async function knowing({ id }: IncidentSummary): Promise<string[]> {
  const { state } = await readIncident(stage.url, cast.ops, id);
  return (state.confirmation?.confirmed ?? []).filter((person) => person !== state.commander);
}

test('check 15: the old commander, not yet told, is refused with name and time, and nothing is written', async () => {
  const about = await incident();
  const context = await stage.profile(cast.commander);
  // What the server says is held back, as on a slow line, while command passes.
  const held: (() => void)[] = [];
  let isSlow = false;
  await context.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      if (isSlow) held.push(() => socket.send(message));
      else socket.send(message);
    });
  });
  const page = await context.newPage();
  await page.goto(`${stage.url}/i/${about.number}`);
  await inRoom(page);
  await page.locator('.bar-control').first().click();
  await page.locator('.bar-form input[value=SEV2]').check();
  await page.locator('.bar-form textarea').fill('Half of them can pay again.');
  isSlow = true;
  await passCommand(stage, about, cast.commander, cast.ops);
  await page.locator('.bar-form button[type=submit]').click();
  await expect.poll(() => held.length, patiently).toBeGreaterThan(1);
  isSlow = false;
  for (const release of held) release();

  const refusal = page.locator('.bar-form .field-error');
  await refusal.waitFor();
  expect(await refusal.textContent()).toMatch(
    new RegExp(`Command passed to ${cast.ops.name} at \\d\\d:\\d\\d\\. Nothing was changed\\.`),
  );
  const log = await readWholeLog(stage.url, cast.ops, about.id);
  expect(log.filter((entry) => entry.type === 'severity.set')).toEqual([]);
  // Told by now: the way to give such a command says why not, before anybody clicks.
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.locator('.bar-handover').getAttribute('aria-disabled'), patiently)
    .toBe('true');
});
