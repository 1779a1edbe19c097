import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import * as Y from 'yjs';
import { documentRoots, templateUpdate } from '#shared/document.ts';
import { chromiumPath } from '../../scripts/chromium.ts';
import { PAGE_DOCUMENT, buildDocumentPage, startDocumentPage } from './documentPage.ts';
import type { BuiltPage, DocumentPage } from './documentPage.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const COMMANDER = 'person-ic-0001';
export const OPS = 'person-ops-0001';

/** A browser, and for each test a fresh server whose document holds the template. */
export interface DocumentStage {
  server(): DocumentPage;
  /** The document as the server has it. */
  doc(): Y.Doc;
  content(): Y.XmlFragment;
  /** The text with its elements, whose names Yjs writes in small letters. */
  xml(): string;
  profile(viewport?: { width: number; height: number }): Promise<BrowserContext>;
  /** Opens the pane as one person, in a profile of its own unless one is given. */
  open(person: string, wishes?: Record<string, string>, context?: BrowserContext): Promise<Page>;
}

/**
 * Sets the stage for the tests of the calling file. A test fails when a page complained: an exception, an error on the
 * console, something the content policy forbids.
 */
export function documentStage(): DocumentStage {
  let browser: Browser;
  let built: BuiltPage;
  let server: DocumentPage;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    built = await buildDocumentPage();
  });

  afterAll(async () => {
    await browser.close();
    await built.remove();
  });

  beforeEach(async () => {
    server = await startDocumentPage(built);
    complaints = [];
    Y.applyUpdate(server.document(PAGE_DOCUMENT), templateUpdate('en'));
  });

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    await server.stop();
    expect(complaints).toEqual([]);
  });

  async function profile(viewport = { width: 1000, height: 800 }): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport });
    contexts.push(context);
    return context;
  }

  const doc = (): Y.Doc => server.document(PAGE_DOCUMENT);
  const content = (): Y.XmlFragment => doc().getXmlFragment(documentRoots.content);
  return {
    server: () => server,
    doc,
    content,
    xml: () => content().toJSON(),
    profile,
    async open(person, wishes = {}, context) {
      const page = await (context ?? (await profile())).newPage();
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      page.on('console', (message) => {
        const text = message.text();
        // The browser's own words about a network that the test took away.
        if (message.type() === 'error' && !/ERR_|WebSocket|Failed to load resource/.test(text))
          complaints.push(text);
      });
      await page.goto(server.pageOf(person, wishes));
      return page;
    },
  };
}

/** Waits for the editor. */
export async function ready(page: Page): Promise<Page> {
  await page.waitForSelector('.ProseMirror h2');
  return page;
}

/** The text of the editor, without the places of carets and what they do to line breaks. */
export async function textOf(page: Page): Promise<string> {
  return (await page.locator('.ProseMirror').innerText()).replaceAll('\u2060', '').replaceAll(/\s+/g, ' ');
}

/** Waits for what no event tells. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience = 10_000,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until everything typed is acknowledged. */
export async function saved(page: Page): Promise<void> {
  await page.waitForSelector('.save-mark[data-save=saved]');
}

/** Waits until this browser's copies hold everything that was written before: a reload gives up what is under way. */
export async function copied(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const isWritten = (name: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.addEventListener('error', () => reject(new Error(`${name} does not open`)));
        opening.addEventListener('success', () => {
          // Writing takes turns: this one's turn comes when all before it are done.
          const turn = opening.result.transaction('updates', 'readwrite');
          turn.addEventListener('complete', () => {
            opening.result.close();
            resolve();
          });
          turn.objectStore('updates').count();
        });
      });
    await Promise.all(names.filter((name) => name.startsWith('warroom.document/')).map(isWritten));
  });
}

/** Pastes into what has the focus. */
export async function paste(page: Page, data: Record<string, string>): Promise<void> {
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const [type, value] of Object.entries(given)) transfer.setData(type, value);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }),
    );
  }, data);
}

/** An element that this version does not know, as a newer one might write it. */
export function unknownElement(): Y.XmlElement {
  const element = new Y.XmlElement('hologram');
  element.insert(0, [new Y.XmlText('from the future')]);
  return element;
}
