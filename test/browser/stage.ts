import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { IncidentSummary, Locale } from '#shared/contract/wire.ts';
import { chromiumPath } from '../../scripts/chromium.ts';
import { addPerson, ask, commandOverHttp, declare, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerOptions, ServerProcess } from '../support/serverProcess.ts';

/** What Chromium needs to run in a container, and to ask nobody anything by itself. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Windows in CSS pixels. `zoomed` is a laptop at 200 %. */
export const sizes = {
  wide: { width: 1440, height: 900 },
  mid: { width: 1024, height: 768 },
  one: { width: 390, height: 844 },
  narrow: { width: 360, height: 780 },
  zoomed: { width: 720, height: 450 },
  huge: { width: 2560, height: 1440 },
} as const;

/** For `expect.poll`: what a browser on a busy machine may take. Milliseconds. */
export const patiently = { timeout: 10_000, interval: 50 } as const;

/** How a page is looked at. */
export interface Look {
  size: keyof typeof sizes;
  locale: Locale;
  theme: 'light' | 'dark';
}

/** Every size of desk, tablet and phone, in both languages and themes: twelve looks. */
export const everyLook: readonly Look[] = (['wide', 'mid', 'one'] as const).flatMap((size) =>
  (['en', 'ko'] as const).flatMap((locale) =>
    (['light', 'dark'] as const).map((theme): Look => ({ size, locale, theme })),
  ),
);

export const usualLook: Look = { size: 'wide', locale: 'en', theme: 'light' };

/** Two looks that share nothing: each size class, language and theme that differ most. */
export const coveringLooks: readonly Look[] = [usualLook, { size: 'one', locale: 'ko', theme: 'dark' }];

/** A look in words, for names of tests and pictures. */
export function lookName(look: Look): string {
  const { width, height } = sizes[look.size];
  return `${width}×${height} ${look.locale} ${look.theme}`;
}

/** More about a browser profile than its look. */
export interface Profile extends Partial<Look> {
  reducedMotion?: 'reduce' | 'no-preference';
  forcedColors?: 'active' | 'none';
  javaScript?: boolean;
}

/** A real server and a real browser for one test file. */
export interface Stage {
  readonly url: string;
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly admin: Account;
  /** Adds a person by the administrator; names need not be unique. */
  person(name: string, options?: { access?: 'responder' | 'stakeholder'; admin?: boolean }): Promise<Account>;
  /** Declares an incident over HTTP. */
  declare(who: Account, body: Parameters<typeof declare>[2]): Promise<IncidentSummary>;
  /** Gives a command over HTTP and answers its seq; throws when it is refused. */
  command(
    who: Account,
    incidentId: string,
    type: string,
    body: unknown,
    options?: { epoch?: number },
  ): Promise<number>;
  /** A link for readers; answers its path, `/s/…`. */
  link(who: Account, incidentId: string): Promise<string>;
  /** A browser profile of its own; signed in by cookie when a person is given. */
  profile(who: Account | null, profile?: Profile): Promise<BrowserContext>;
  /** A page in a profile of its own, gone to `path`. */
  open(who: Account | null, path: string, profile?: Profile): Promise<Page>;
  /** From now until `clear`, complaints of this form are part of the test. */
  forgive(form: RegExp): void;
  /** What pages complained of since the last `clear`: error on the console, exception, request to elsewhere. */
  complaints(): string[];
  /** Closes all profiles; throws when a page complained. */
  clear(): Promise<void>;
  /** Ends browser and server. */
  stop(): Promise<void>;
}

/** Who is signed out is told so by a 401, which the browser reports as an error of the page. */
const ALWAYS_FORGIVEN = [/status of 401 .*\/api\/session$/];

/** Starts server and browser. Call once per file, and `clear` after each test. */
export async function openStage(options: ServerOptions = {}): Promise<Stage> {
  const server = await startServer(options);
  const [admin, browser] = await Promise.all([
    signInAdmin(server.url),
    chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] }),
  ]);
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];
  let forgiven: RegExp[] = [];

  const profile: Stage['profile'] = async (who, wishes = {}) => {
    const context = await browser.newContext(contextOptions(wishes));
    contexts.push(context);
    watch(context, server.url, (complaint) => complaints.push(complaint));
    if (who) {
      await context.addCookies([
        { name: 'warroom_session', value: who.token, url: server.url, httpOnly: true },
      ]);
    }
    return context;
  };

  const unforgiven = (): string[] => {
    const all = [...ALWAYS_FORGIVEN, ...forgiven];
    return [...new Set(complaints.filter((text) => !all.some((form) => form.test(text))))];
  };

  return {
    url: server.url,
    server,
    browser,
    admin,
    person: (name, access) => addPerson(server.url, admin, name, access),
    declare: (who, body) => declare(server.url, who, body),
    command: async (who, incidentId, type, body, more = {}) => {
      const answer = await commandOverHttp(server.url, who, incidentId, { type, body, ...more });
      if (answer.status !== 200) throw new Error(`${type}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body.seq;
    },
    link: async (who, incidentId) => {
      const address = `${server.url}/api/incidents/${incidentId}/links`;
      const made = await ask<{ url: string }>(address, { token: who.token, body: { label: 'test' } });
      return new URL(made.url).pathname;
    },
    profile,
    open: async (who, path, wishes) => {
      const page = await (await profile(who, wishes)).newPage();
      await page.goto(`${server.url}${path}`);
      return page;
    },
    forgive: (form) => forgiven.push(form),
    complaints: unforgiven,
    clear: async () => {
      for (const context of contexts) await context.close();
      const found = unforgiven();
      contexts = [];
      complaints = [];
      forgiven = [];
      if (found.length > 0) throw new Error(`Pages complained:\n${found.join('\n')}`);
      server.assertHealthy();
    },
    stop: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

function contextOptions(wishes: Profile): BrowserContextOptions {
  const look = { ...usualLook, ...wishes };
  return {
    viewport: sizes[look.size],
    locale: look.locale === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'Asia/Seoul',
    colorScheme: look.theme,
    hasTouch: look.size === 'one' || look.size === 'narrow',
    reducedMotion: wishes.reducedMotion ?? 'no-preference',
    forcedColors: wishes.forcedColors ?? 'none',
    javaScriptEnabled: wishes.javaScript ?? true,
  };
}

/** Tells of whatever a page does that it should not, whichever test it is in. */
function watch(context: BrowserContext, url: string, complain: (text: string) => void): void {
  const { host } = new URL(url);
  const isHome = (address: string): boolean =>
    ['data:', 'blob:', 'about:'].includes(new URL(address).protocol) || new URL(address).host === host;
  context.on('request', (request) => {
    if (!isHome(request.url())) complain(`Request to another origin: ${request.url()}`);
  });
  // Violations of the content security policy are errors on the console, too.
  context.on('console', (message) => {
    if (message.type() === 'error') complain(`Console: ${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => complain(`Exception: ${error.error().stack ?? error.error().message}`));
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      if (!isHome(socket.url())) complain(`WebSocket to another origin: ${socket.url()}`);
    });
  });
}

/** Signs in by the form, as a person does. */
export async function signInByForm(page: Page, who: Account): Promise<void> {
  await page.locator('input[type=email]').fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await page.locator('button[type=submit]').click();
}

/** Done when the room is live: all is saved, and the document and the log, where it is the pane shown, are there. */
export async function inRoom(page: Page): Promise<Page> {
  await page.locator('.saved-mark[data-state=saved], .saved-mark[data-state=readOnly]').waitFor();
  const log = page.locator('article.row, .room[data-layout=one]:not([data-pane=log])');
  await log.first().waitFor({ state: 'attached' });
  await page.locator('.document-panel .ProseMirror, .document-text').first().waitFor({ state: 'attached' });
  return page;
}

/** Everything that moves has come to rest: transitions and animations that end. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ends.map((one) => one.finished));
  });
}

/** What axe finds wrong on the page now, one line per rule and element; empty when all is well. */
export async function axe(page: Page, within?: string): Promise<string[]> {
  await atRest(page);
  // No page of ours has frames, and only what is wrong is read: both spare most of the time axe takes.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  if (within !== undefined) builder.include(within);
  const { violations } = await builder.analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${violation.id} (${violation.impact ?? '?'}) at ${node.target.join(' ')}: ${why(node.failureSummary)}`,
    ),
  );
}

function why(summary: string | undefined): string {
  return (summary ?? '')
    .split('\n')
    .slice(1, 3)
    .map((line) => line.trim())
    .join('; ');
}
