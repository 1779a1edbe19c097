import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { newId } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { connected, openSocket } from '../support/clientRoom.ts';
import type { WireSocket } from '../support/clientRoom.ts';
import { openStock, synced } from '../support/clientDocuments.ts';
import { seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';
import { inRoom, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let kim: Account;
let ada: Account;
let voices: WireSocket[] = [];

beforeAll(async () => {
  stage = await openStage();
  [kim, ada] = await Promise.all([stage.person('Kim Minji'), stage.person('Ada Park')]);
  const others = await Promise.all(['Juan Silva', 'Mei Tanaka', 'Sam Cole'].map((name) => stage.person(name)));
  voices = others.flatMap(({ token }) => [0, 1, 2, 3].map(() => openSocket(stage.url, token)));
  await Promise.all(voices.map(connected));
});
afterEach(() => stage.clear());
afterAll(async () => {
  for (const voice of voices) voice.disconnect();
  await stage.stop();
});

/** Posts as one of the voices; answers the entry's seq. */
async function post(incident: IncidentSummary, nth: number, body: object): Promise<number> {
  const voice = voices[nth % voices.length];
  const answer = await voice?.emitWithAck('command', {
    commandId: newId(),
    incidentId: incident.id,
    type: 'chat.post',
    body,
  });
  if (!answer?.ok) throw new Error(`Not posted: ${JSON.stringify(answer)}`);
  return answer.seq;
}

/** Messages of one to six lines, so that rows differ in height. */
function fillText(nth: number, chance = seeded(nth)): string {
  return `message ${nth} ${'with more words '.repeat(chance.below(20))}`.trim();
}

/** Fills a room quickly, each voice under the number of events a socket may send in a second. */
async function fill(incident: IncidentSummary, count: number): Promise<void> {
  const each = Math.ceil(count / voices.length);
  await Promise.all(
    voices.map(async (_, voice) => {
      for (let from = 0; from < each; from += 200) {
        const many = Math.min(200, each - from);
        const batch = Array.from({ length: many }, (__, nth) =>
          post(incident, voice, { text: fillText(voice * each + from + nth) }),
        );
        await Promise.all([...batch, delay(500)]);
      }
    }),
  );
}

/** Posts evenly, `perSecond` for `milliseconds`; answers the last seq. */
async function talk(
  incident: IncidentSummary,
  perSecond: number,
  milliseconds: number,
  bodyOf: (nth: number) => object = (nth) => ({ text: fillText(nth) }),
): Promise<number> {
  const from = performance.now();
  const posted: Promise<number>[] = [];
  for (let nth = 0; nth < (perSecond * milliseconds) / 1_000; nth += 1) {
    const due = from + (nth * 1_000) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    posted.push(post(incident, nth, bodyOf(nth)));
  }
  return Math.max(...(await Promise.all(posted)));
}

/** What a row under the pointer did, frame by frame. */
interface Watched {
  id: string;
  frames: number;
  /** Furthest distance from where it was, in CSS pixels. */
  moved: number;
  stillUnderPointer: boolean;
}

/** Watches the row at a point until the answer is called. */
async function watchRow(page: Page, x: number, y: number): Promise<() => Promise<Watched>> {
  await page.evaluate(
    ([left, top]) => {
      const rowAt = (): Element | null =>
        document.elementFromPoint(left, top)?.closest('article.row') ?? null;
      const row = rowAt();
      if (!row) throw new Error('There is no row under the pointer.');
      const at = row.getBoundingClientRect().top;
      const seen = { id: row.id, frames: 0, moved: 0, stillUnderPointer: true };
      let running = true;
      const look = (): void => {
        if (!running) return;
        seen.frames += 1;
        const now = document.getElementById(row.id);
        seen.moved = Math.max(seen.moved, Math.abs((now?.getBoundingClientRect().top ?? Infinity) - at));
        seen.stillUnderPointer &&= rowAt()?.id === row.id;
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      Object.assign(window, {
        endWatch: () => {
          running = false;
          return seen;
        },
      });
    },
    [x, y] as const,
  );
  return () => page.evaluate(() => (window as unknown as { endWatch: () => Watched }).endWatch());
}

/** The middle of the log, where the pointer is put. */
async function middleOfLog(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.log-list').boundingBox();
  if (!box) throw new Error('The log is not shown.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The first and last entry on screen, in CSS pixels from the end, and what the list holds. */
function view(page: Page): Promise<{ first: number; last: number; fromEnd: number }> {
  return page.evaluate(() => {
    const list = document.querySelector('.log-list') as HTMLElement;
    const { top, bottom } = list.getBoundingClientRect();
    const shown = [...list.querySelectorAll('article.row[id]')].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > top + 1 && box.top < bottom - 1;
    });
    const seqs = shown.map((row) => Number(row.id.slice(1)));
    return {
      first: seqs[0] ?? 0,
      last: seqs.at(-1) ?? 0,
      fromEnd: list.scrollHeight - list.scrollTop - list.clientHeight,
    };
  });
}

/** Turns the wheel over the log until the first entry on screen is `seq` or older, page by page as they come. */
async function scrollUpTo(page: Page, seq: number, step: number): Promise<void> {
  const { x, y } = await middleOfLog(page);
  await page.mouse.move(x, y);
  let { first } = await view(page);
  for (let turns = 0; first > seq; turns += 1) {
    if (turns > 2_000) throw new Error(`Stuck at entry ${first} on the way up to ${seq}.`);
    await page.mouse.wheel(0, -step);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    ({ first } = await view(page));
  }
}

describe('arrivals never move what is read', () => {
  test.for(['wide', 'one'] as const)(
    'check 5: scrolled up, 20 messages a second move the row under the pointer by 0 px; at the bottom it follows (%s)',
    async (size) => {
      const incident = await stage.declare(kim, { title: 'Checkout returns 500' });
      await fill(incident, 600);
      const page = await inRoom(await stage.open(ada, `/i/${incident.number}`, { size }));
      const { last } = await view(page);
      await scrollUpTo(page, last - 40, 300);
      await page.locator('.log-list[data-at-bottom=false]').waitFor();
      const { x, y } = await middleOfLog(page);
      await page.mouse.move(x, y + 3);
      const end = await watchRow(page, x, y + 3);
      const newest = await talk(incident, 20, 4_000);
      await page.locator('.newer-button', { hasText: '80 newer' }).waitFor();
      const seen = await end();
      expect(seen).toMatchObject({ moved: 0, stillUnderPointer: true });
      expect(seen.frames).toBeGreaterThan(20);

      await page.locator('.newer-button', { hasText: 'newer' }).last().click();
      await page.locator('.log-list[data-at-bottom=true]').waitFor();
      await page.locator(`#e${newest}`).waitFor();
      const followed = await talk(incident, 20, 2_000);
      await page.locator(`#e${followed}`).waitFor();
      expect(await view(page)).toMatchObject({ last: followed });
      expect((await view(page)).fromEnd).toBeLessThan(2);
    },
  );
});
