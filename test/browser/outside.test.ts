import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { ask } from '../support/client.ts';
import { smallTargets } from './inspect.ts';
import { axe, lookName, openStage, sizes } from './stage.ts';
import type { Look, Stage } from './stage.ts';

// The pages of people outside, as they are on their phones and desks, without and with JavaScript.

const CHECKOUT = 'service-checkout';
const SEARCH = 'service-search';
/** Folder for pictures to look at; none are taken without it. */
const pictures = process.env['PICTURES'];

let stage: Stage;
let path: string;
let incident: { id: string; number: number };

const put = (kind: string, id: string, body: object): Promise<unknown> =>
  ask(`${stage.url}/api/settings/${kind}/${id}`, {
    ...{ method: 'PUT', token: stage.admin.token, body: { body, revision: 0 } },
  });
const say = (type: string, body: object, epoch?: number): Promise<number> =>
  stage.command(stage.admin, incident.id, type, body, epoch === undefined ? {} : { epoch });

beforeAll(async () => {
  stage = await openStage();
  await put('page', PUBLIC_PAGE, {
    name: 'Example Shop',
    enabled: true,
    severities: ['SEV1', 'SEV2'],
    locale: 'en',
  });
  await put('service', CHECKOUT, { name: { en: 'Checkout', ko: '결제' }, public: true, order: 1 });
  await put('service', SEARCH, { name: { en: 'Search', ko: '검색' }, public: true, order: 2 });
  incident = await stage.declare(stage.admin, {
    title: 'Checkout fails for card payments',
    severity: 'SEV1',
  });
  path = await stage.link(stage.admin, incident.id);
  await say('service.set', { service: CHECKOUT, impact: 'partial_outage' });
  await say('update.send', { state: 'investigating', text: 'All payments fail.', locale: 'en' });
  await say('update.send', {
    ...{ state: 'mitigating', locale: 'en', corrects: 1, text: 'Some card payments fail. Others work.' },
    ...{ impact: 'About one payment in three, since 10:42.', known: 'A new version of the payment service.' },
    ...{ ruledOut: 'The network and the bank.', doing: 'We go back to the version before.' },
    nextUpdateAt: new Date(Date.now() + 23 * 60_000).toISOString(),
    translations: {
      ko: {
        text: '일부 카드 결제가 되지 않습니다. 다른 결제 수단은 정상입니다.',
        ...{ impact: '10:42부터 세 건 중 한 건', known: '결제 서비스의 새 버전이 원인입니다.' },
        ...{ ruledOut: '네트워크와 은행', doing: '이전 버전으로 되돌리고 있습니다.' },
      },
    },
  });
});
afterAll(() => stage.stop());
afterEach(() => stage.clear());

const looks: readonly Look[] = (['wide', 'one', 'narrow'] as const).flatMap((size) =>
  (['light', 'dark'] as const).map((theme): Look => ({ size, theme, locale: size === 'wide' ? 'en' : 'ko' })),
);

const pages = [
  ['link', () => path],
  ['public', () => '/status'],
  ['incident', () => `/status/i/${incident.number}`],
  ['history', () => '/status/history'],
] as const;

const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
};

describe.each(pages)('the page of %s', (name, address) => {
  test.each(looks.map((look) => [lookName(look), look] as const))(
    '[P16] fits and reads well at %s',
    async (_, look) => {
      const page = await stage.open(null, `${address()}?lang=${look.locale}`, look);
      await picture(page, `${name}-${lookName(look).replaceAll(/\W+/g, '-')}`);
      expect(await axe(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        sizes[look.size].width,
      );
      expect(await smallTargets(page, look.size === 'wide' ? 24 : 44)).toEqual([]);
    },
  );
});

describe('a reader', () => {
  test('[P16] sees what is wrong, since when, and when the next update comes, without scrolling a phone', async () => {
    const page = await stage.open(null, `${path}?lang=ko`, { size: 'one', locale: 'ko', theme: 'light' });
    for (const shown of ['h1', '.facts', '.promise', 'article .text']) {
      const box = await page.locator(shown).first().boundingBox();
      expect((box?.y ?? 1_000) + (box?.height ?? 0)).toBeLessThan(700);
    }
  });

  test('[P16] asks and reads the answer without JavaScript', async () => {
    const page = await stage.open(null, path, { javaScript: false });
    await page.getByLabel('Your question').fill('Are my orders safe?');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Your question was sent.').waitFor();
    const { questions } = await ask<{ questions: { seq: number }[] }>(
      `${stage.url}/api/incidents/${incident.id}/questions`,
      { token: stage.admin.token },
    );
    await say('question.answer', { seq: questions[0]?.seq, text: 'They are.', to: 'asker' });
    await page.goto(`${stage.url}${path}`);
    await page.getByText('They are.').waitFor();
    const other = await stage.open(null, path);
    expect(await other.getByText('They are.').count()).toBe(0);
  });

  test('[P16] is told of something new and keeps what is being written when showing it', async () => {
    const page = await stage.open(null, path);
    const question = page.getByLabel('Your question');
    await question.fill('Half a ques');
    await page.waitForFunction(() => document.querySelector('time')?.textContent.includes('KST'));
    await say('update.send', { state: 'monitoring', text: 'Repaired; we watch it.' });
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Repaired; we watch it.').waitFor();
    expect(await question.inputValue()).toBe('Half a ques');
    expect(await page.locator('#latest + article time').first().textContent()).toContain('KST');
    expect(await page.locator('.live').textContent()).toBe('');
  });
});
