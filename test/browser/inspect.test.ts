import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { badges, focusOf, overflow, smallTargets, weakContrasts } from './inspect.ts';
import { watchAnnouncers, watchMotion } from './motion.ts';
import { axe, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

// What looks for faults must find them: each kind of fault that the browser tests look for, on pages that have it.

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

/** A page of this content, in place of the application's. */
async function faulty(body: string): Promise<Page> {
  const page = await (await stage.profile(null)).newPage();
  await page.setContent(
    `<!doctype html><html lang="en"><title>t</title><body style="background:#fff">${body}</body></html>`,
  );
  return page;
}

test('axe finds a picture without words', async () => {
  const found = await axe(
    await faulty('<main><h1>t</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>'),
  );
  expect(found).toEqual([expect.stringContaining('image-alt')]);
});

test('weak text and weak edges are found, strong ones are not', async () => {
  const page = await faulty(
    `<p id="weak" style="color:#888">weak</p><p style="color:#666">strong</p>
    <p style="color:#fff;background:#000"><span style="background:rgb(255 255 255 / 80%)">veiled</span></p>
    <input style="border:1px solid #ccc;background:#fff"><input style="border:1px solid #777;background:#fff">`,
  );
  const found = await weakContrasts(page);
  expect(found).toEqual([
    expect.stringMatching(/^text p “weak”: 3\.5/),
    expect.stringMatching(/^text span “veiled”/),
    expect.stringMatching(/^edge input/),
  ]);
});

test('small targets are found, but for those whose surroundings take the click', async () => {
  const page = await faulty(
    `<button style="width:20px;height:30px;padding:0">a</button>
    <label style="display:inline-block;padding:8px">b <input type="checkbox"></label>
    <div tabindex="0" class="wide" style="position:relative;width:4px;height:40px;margin:40px"></div>
    <style>.wide::before { content: ''; position: absolute; inset: 0 -12px }</style>`,
  );
  expect(await smallTargets(page, 24)).toEqual(['button “a”: 20×30']);
});

test('what sticks out is found', async () => {
  const page = await faulty('<div class="long" style="width:3000px">x</div>');
  expect(await overflow(page)).toEqual([expect.stringContaining('div.long')]);
});

test('a stop without a ring, and one that is covered, are found', async () => {
  const page = await faulty(
    `<button style="outline:none">bare</button><button class="under">under</button><button>good</button>
    <style>.under { position: fixed; top: 100px; left: 100px }</style>
    <div class="lid" style="position:fixed;top:90px;left:90px;width:200px;height:80px"></div>
    <style>:focus-visible { outline: 2px solid blue }</style>`,
  );
  const troubles: string[] = [];
  for (let stop = 0; stop < 3; stop++) {
    await page.keyboard.press('Tab');
    troubles.push((await focusOf(page)).trouble);
  }
  expect(troubles).toEqual(['no ring', 'covered by div.lid', '']);
});

test('a badge is heard without what is hidden from readers and seen without what is hidden from eyes', async () => {
  const page = await faulty(
    '<span class="badge role-ops"><svg><path d="M0 0h1"/></svg><span aria-hidden="true">OPS</span><span class="visually-hidden">Operations lead</span></span>',
  );
  expect(await badges(page)).toEqual([
    { kind: 'role-ops', said: 'Operations lead', drawn: expect.stringContaining('OPS') },
  ]);
});

test('what moves and what is said is kept', async () => {
  const page = await stage.profile(null).then(async (context) => {
    await Promise.all([watchMotion(context), watchAnnouncers(context)]);
    const one = await context.newPage();
    await one.goto(`${stage.url}/signin`);
    await one.locator('h1').waitFor();
    return one;
  });
  await page.evaluate(() => {
    document.body.style.transition = 'opacity 20ms';
    getComputedStyle(document.body).getPropertyValue('opacity');
    document.body.style.opacity = '0.5';
    document.querySelector('#announce-assertive')?.append('Command changed.');
  });
  await page.waitForFunction(() => window.motions?.includes('opacity of body.') && window.said?.length === 1);
  expect(await page.evaluate(() => window.said)).toEqual([
    { politeness: 'assertive', text: 'Command changed.' },
  ]);
});

test('a request to elsewhere and an error are complaints', async () => {
  const page = await stage.open(null, '/signin');
  await page.locator('h1').waitFor();
  await page.evaluate(() => {
    console.error('broken');
    void fetch('http://127.0.0.1:9/elsewhere').catch(() => undefined);
  });
  await expect
    .poll(() => stage.complaints().join('\n'))
    .toMatch(/broken[\s\S]*127\.0\.0\.1:9|127\.0\.0\.1:9[\s\S]*broken/);
  stage.forgive(/./s);
});
