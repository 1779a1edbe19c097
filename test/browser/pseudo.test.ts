import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPseudoClient } from '../support/pseudoClient.ts';
import type { PseudoClient } from '../support/pseudoClient.ts';
import { overflow } from './inspect.ts';
import { setScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { dialogs, openView, pages, rooms } from './views.ts';

// Languages to come are longer than English. The views that people act in, in English made longer by two fifths, at
// the narrowest window.

const KEY_VIEWS: ReadonlySet<string> = new Set([
  'sign-in',
  'board',
  'settings, me',
  'replay',
  'room',
  'room after a handoff',
  'room, command pane',
  'declare',
  'hand over',
  'accept',
  'update',
  'status',
]);

let stage: Stage;
let scene: Scene;
let client: PseudoClient;

beforeAll(async () => {
  [stage, client] = await Promise.all([openStage(), buildPseudoClient()]);
  scene = await setScene(stage);
});

afterAll(async () => {
  await stage.stop();
  await client.remove();
});

/** Gives the longer client in the place of the server's. */
async function givePseudo(context: BrowserContext): Promise<void> {
  // To the browser, what a test answers in the place of a server comes from another network than the server itself.
  await context.grantPermissions(['local-network-access']);
  await context.route(
    (url) => url.origin === stage.url,
    (route) => {
      const request = route.request();
      const { pathname } = new URL(request.url());
      if (request.resourceType() === 'document')
        return route.fulfill({ path: path.join(client.folder, 'index.html') });
      const file = path.join(client.folder, pathname);
      return pathname.startsWith('/assets/') && existsSync(file)
        ? route.fulfill({ path: file })
        : route.continue();
    },
  );
}

/** What people wrote may be cut, names too, and what waits, since its list says it whole; the words of the page may not. */
const WRITTEN =
  'bdi, .doing, .board-name, .strip-waiting:has(.strip-more) .strip-words, .ProseMirror, .document-text, .visually-hidden, .announcer, .skip-link, [aria-hidden=true], option';

/** Words of the page that are cut off by an edge: their own box, a box around them, or the window. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate((written) => {
    const found = new Set<string>();
    const dialog = document.querySelector('[aria-modal="true"]');
    const texts = document.createTreeWalker(dialog ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const holder = node.parentElement;
      if (!holder || node.textContent?.trim() === '' || holder.closest(written)) continue;
      if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      if (text.width === 0) continue;
      const name = `${holder.tagName.toLowerCase()}.${[...holder.classList].join('.')} “${node.textContent?.trim().slice(0, 40)}”`;
      let [scrollsX, scrollsY, hidden] = [false, false, false];
      const cuts: string[] = [];
      for (let box: Element | null = holder; box && box !== document.body; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        // For screen readers only.
        if (edge.width <= 1.5 && edge.height <= 1.5) {
          hidden = true;
          break;
        }
        scrollsX ||= overflowX === 'auto' || overflowX === 'scroll';
        scrollsY ||= overflowY === 'auto' || overflowY === 'scroll';
        const outX = text.left < edge.left - 1 || text.right > edge.right + 1;
        const outY = text.top < edge.top - 2 || text.bottom > edge.bottom + 2;
        if (!scrollsX && outX && overflowX !== 'visible')
          cuts.push(`${name} past the side of .${box.className}`);
        if (!scrollsY && outY && overflowY !== 'visible')
          cuts.push(`${name} past the end of .${box.className}`);
      }
      if (!scrollsX && text.right > innerWidth + 1) cuts.push(`${name} past the window`);
      if (!hidden) for (const cut of cuts) found.add(cut);
    }
    return [...found];
  }, WRITTEN);
}

const shown = [...pages, ...rooms, ...dialogs].filter((view) => KEY_VIEWS.has(view.name));

describe('check 25: in a language longer by two fifths, at 360 px', () => {
  test('the views looked at exist', () => {
    expect(shown.map((view) => view.name).toSorted()).toEqual([...KEY_VIEWS].toSorted());
  });

  test.for(shown.map((view) => [view.name, view] as const))('%s: no word is cut off', async ([, view]) => {
    const page = await openView(stage, scene, view, { size: 'narrow', reducedMotion: 'reduce' }, givePseudo);
    expect(await page.locator('body').innerText()).toMatch(/[àéöü]/);
    expect(await cutTexts(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
    await stage.clear();
  });
});
