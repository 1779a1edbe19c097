import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { chromiumPath } from '../../scripts/chromium.ts';
import { startCluster } from '../../scripts/cluster/startCluster.ts';
import type { Cluster, ClusterInstance } from '../../scripts/cluster/startCluster.ts';
import { addPerson, declare, eventually, readWholeLog, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { chromiumFlags, inRoom, sizes } from './stage.ts';

/** What a page showed from one moment on, in milliseconds since 1970. */
export interface Shown {
  at: number;
  /** `data-state` of the strip's first words, and these words. */
  strip: string;
  words: string;
  /** `data-save` of the document's mark; null where another pane is shown. */
  mark: string | null;
  /** The room gave way to a page that says that something is wrong. */
  fullPage: boolean;
}

/** Somebody in the room. */
export interface Seat {
  who: Account;
  page: Page;
  /** The instance that had the room's socket when the meeting began. */
  at: ClusterInstance;
}

/** Two people in one incident, each on another instance. */
export interface Meeting {
  incident: IncidentSummary;
  kim: Seat;
  ada: Seat;
}

/** Two instances behind nginx with services of their own, and a browser. */
export interface ClusterStage {
  cluster: Cluster;
  /** A new incident with both people in it. Ends the meeting before. */
  meet(): Promise<Meeting>;
  /** Messages of an incident in the order of its log, read at the second person's instance: it is the first's that fails. */
  messages(meeting: Meeting): Promise<string[]>;
  documentText(meeting: Meeting): Promise<string>;
  /** Ends the meeting; throws when a page threw, was loaded anew, or showed an error in place of the room. */
  part(): Promise<void>;
  stop(): Promise<void>;
}

export async function openClusterStage(): Promise<ClusterStage> {
  const cluster = await startCluster({ instances: 2, proxy: 'nginx' });
  let browser: Browser;
  let people: [Account, Account];
  try {
    const admin = await signInAdmin(cluster.address);
    people = [
      await addPerson(cluster.address, admin, 'Kim Minji'),
      await addPerson(cluster.address, admin, 'Ada Park'),
    ];
    browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const [first, second] = people;
  let seats: Page[] = [];
  let exceptions: string[] = [];

  async function sit(who: Account, { number }: IncidentSummary, size: keyof typeof sizes): Promise<Page> {
    const context = await browser.newContext({
      viewport: sizes[size],
      locale: 'en-GB',
      timezoneId: 'Asia/Seoul',
    });
    await context.addCookies([
      { name: 'warroom_session', value: who.token, url: cluster.address, httpOnly: true },
    ]);
    watchExceptions(context, (text) => exceptions.push(text));
    const page = await context.newPage();
    seats.push(page);
    await page.goto(`${cluster.address}/i/${number}`);
    return inRoom(page);
  }

  async function part(): Promise<void> {
    const ends = seats;
    seats = [];
    const faults = exceptions;
    exceptions = [];
    for (const page of ends) {
      const shown = await shownBy(page).catch(() => null);
      if (shown === null) faults.push('A page was loaded anew.');
      else if (shown.some(({ fullPage }) => fullPage)) faults.push('An error took the place of the room.');
      await page.context().close();
    }
    expect(faults).toEqual([]);
  }

  return {
    cluster,
    part,
    async meet() {
      await part();
      await eventually('nobody is connected', async () => (await socketsOf(cluster)).every((n) => n === 0));
      const incident = await declare(cluster.address, first, { title: 'Checkout returns 500' });
      const kim = await sit(first, incident, 'wide');
      await eventually('one is connected', async () => total(await socketsOf(cluster)) === 1);
      const kimAt = (await socketsOf(cluster)).indexOf(1);
      const ada = await sit(second, incident, 'mid');
      await eventually(
        'each is on another instance',
        async () => {
          await eventually('two are connected', async () => total(await socketsOf(cluster)) === 2);
          if ((await socketsOf(cluster)).every((n) => n === 1)) return true;
          // nginx chooses by chance.
          await ada.reload();
          await inRoom(ada);
          return false;
        },
        60_000,
      );
      for (const page of [kim, ada]) await watch(page);
      const at = (index: number): ClusterInstance => cluster.instances[index] as ClusterInstance;
      return {
        incident,
        kim: { who: first, page: kim, at: at(kimAt) },
        ada: { who: second, page: ada, at: at(1 - kimAt) },
      };
    },
    async messages({ incident, ada }) {
      const log = await readWholeLog(ada.at.url, first, incident.id);
      return log.flatMap((entry) =>
        entry.type === 'chat.posted' ? [(entry.body as { text: string }).text] : [],
      );
    },
    async documentText({ incident, ada }) {
      const answer = await fetch(`${ada.at.url}/api/incidents/${incident.id}/document`, {
        headers: { authorization: `Bearer ${first.token}`, accept: 'text/markdown' },
      });
      if (!answer.ok) throw new Error(`document: ${answer.status}`);
      return answer.text();
    },
    async stop() {
      await browser.close();
      await cluster.stop();
    },
  };
}

/** Sockets of rooms on each instance; an instance that is down has none. */
async function socketsOf(cluster: Cluster): Promise<number[]> {
  return Promise.all(
    cluster.instances.map(async ({ url }) => {
      const text = await fetch(`${url}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      return Number(/^warroom_room_sockets (\d+)/m.exec(text)?.[1] ?? 0);
    }),
  );
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function watchExceptions(context: BrowserContext, complain: (text: string) => void): void {
  context.on('weberror', (error) => complain(`Exception: ${error.error().stack ?? error.error().message}`));
}

/** Notes every change of what the page says about itself, until it is closed. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: unknown[] = [];
    let last = '';
    const look = (): void => {
      const strip = document.querySelector<HTMLElement>('.saved-mark');
      const now = {
        strip: strip?.dataset['state'] ?? '',
        words: strip?.innerText.trim() ?? '',
        mark: document.querySelector<HTMLElement>('.save-mark')?.dataset['save'] ?? null,
        fullPage: document.querySelector('.room') === null,
      };
      if (JSON.stringify(now) === last) return;
      last = JSON.stringify(now);
      shown.push({ at: Date.now(), ...now });
    };
    look();
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ['data-state', 'data-save'],
    });
    Object.assign(window, { shownSince: shown });
  });
}

/** What a page showed since the meeting began, or since a moment. Throws when the page was loaded anew. */
export async function shownBy(page: Page, since = 0): Promise<Shown[]> {
  const shown = await page.evaluate(() => (window as unknown as { shownSince?: Shown[] }).shownSince ?? null);
  if (shown === null) throw new Error('The page was loaded anew.');
  return shown.filter(({ at }) => at >= since);
}
