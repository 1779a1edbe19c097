import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Account } from '../support/client.ts';
import { eventually, request } from '../support/client.ts';
import { overflow } from './inspect.ts';
import { openStage, sizes } from './stage.ts';
import type { Profile, Stage } from './stage.ts';

const SCRIPTLESS: Profile = { javaScript: false, size: 'one' };

let stage: Stage;
let writer: Account;
let incident: IncidentSummary;
let path: string;

beforeAll(async () => {
  stage = await openStage();
  writer = await stage.person('Jonas Weber');
  incident = await stage.declare(writer, { title: '카드 결제가 되지 않습니다', severity: 'SEV1' });
  path = await stage.link(writer, incident.id);
});

afterEach(() => stage.clear());
afterAll(() => stage.stop());

function update(text: string, nextInMilliseconds: number): Promise<number> {
  const nextUpdateAt = new Date(Date.now() + nextInMilliseconds).toISOString();
  return stage.command(
    writer,
    incident.id,
    'update.send',
    { state: '복구하고 있습니다', text, nextUpdateAt },
    { epoch: 1 },
  );
}

/** The words of the page without what people wrote, times, and the name of the other language in that language. */
function wordsOf(page: Page): Promise<string> {
  return page.locator('main').evaluate((main) => {
    const copy = main.cloneNode(true) as HTMLElement;
    for (const other of copy.querySelectorAll('time, bdi, .text, [lang]')) other.remove();
    return copy.innerText;
  });
}

describe('check 23: the readers’ page with JavaScript off', () => {
  test('says what is wrong, the state, since when, when the next update comes, and the latest text', async () => {
    await update('일부 고객의 카드 결제가 실패합니다. 원인을 찾아 복구하고 있습니다.', 30 * 60_000);
    const page = await stage.open(null, path, { ...SCRIPTLESS, locale: 'ko' });
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      '카드 결제가 되지 않습니다',
      '복구하고 있습니다',
      '시작',
      '다음 공지',
      '일부 고객의',
    ]) {
      expect(text).toContain(words);
    }
    expect(await page.locator('.promise time').getAttribute('datetime')).toMatch(/Z$/);
    // Above the fold of a small phone.
    const below: string[] = [];
    for (const part of ['h1', '.state', '.facts', '.promise', 'article .text']) {
      const box = await page.locator(part).first().boundingBox();
      if ((box?.y ?? Infinity) + (box?.height ?? 0) > 700) below.push(part);
    }
    expect(below).toEqual([]);
    await page.setViewportSize(sizes.narrow);
    expect(await overflow(page)).toEqual([]);
  });

  test('has no untranslated word in Korean, and no word of responders in either language', async () => {
    const page = await stage.open(null, path, { ...SCRIPTLESS, locale: 'ko' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    expect(await wordsOf(page)).not.toMatch(/[A-Za-z]/);
    expect(await page.content()).not.toMatch(/SEV\d|INC-|commander|제어자/);
    await page.goto(`${stage.url}${path}?lang=en`);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await wordsOf(page)).not.toMatch(/[가-힣]/);
    expect(await page.content()).not.toMatch(/SEV\d|INC-|commander/);
  });

  test('says plainly that the promised update is late', async () => {
    await update('결제 서버를 되돌리고 있습니다.', 1_500);
    const page = await stage.open(null, path, { ...SCRIPTLESS, locale: 'ko' });
    await eventually('the late line', async () => {
      await page.reload();
      return (await page.locator('.late').count()) === 1;
    });
    expect(await page.locator('.late').textContent()).toContain('늦어지고 있습니다');
    await page.goto(`${stage.url}${path}?lang=en`);
    expect(await page.locator('.late').textContent()).toContain('min late');
  });

  test('takes nothing: whoever posts to it is refused', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await request(`${stage.url}${path}`, { method, body: '{"text":"hello"}' });
      expect([403, 404, 405], `${method} ${answer.status}`).toContain(answer.status);
    }
    const secret = path.replace('/s/', '');
    for (const body of [
      { type: 'chat.post', body: { text: 'hello' } },
      { type: 'update.send', body: { state: 'x', text: 'y' } },
    ]) {
      const answer = await request(`${stage.url}/api/incidents/${incident.id}/commands`, {
        token: secret,
        body,
      });
      expect([401, 403, 404]).toContain(answer.status);
    }
  });
});

test('check 23: with JavaScript a new update is announced and does not move what is read', async () => {
  const page = await stage.open(null, path, { size: 'one', locale: 'ko' });
  await page.locator('article .text').first().waitFor();
  const latest = await page.locator('article .text').first().textContent();
  await update('거의 끝났습니다.', 20 * 60_000);
  await page.locator('.live button').waitFor();
  expect(await page.locator('article .text').first().textContent()).toBe(latest);
  // How it stands is true at once, whether or not the new text was asked for.
  await page.locator('.promise .within', { hasText: /^(19|20)분 뒤$/ }).waitFor();
  await page.locator('.live button').click();
  await page.locator('article .text', { hasText: '거의 끝났습니다.' }).waitFor();
});
