import { describe, expect, test } from 'vitest';
import { namesIn, withoutNames } from '#shared/review/blameless.ts';
import type { Block, Inline } from '#shared/review/blocks.ts';
import { pageHtml } from '#shared/review/html.ts';
import { pageMarkdown } from '#shared/review/markdown.ts';

const names = ['Kim Minji', 'Ada Park', '이서연', 'Ops Admin', '김철수'];
const found = (text: string): string[] => namesIn(text, names).map(({ from, to }) => text.slice(from, to));

describe('names in statements', () => {
  test.each([
    ['Kim Minji ran it', ['Kim Minji']],
    ['@Ada Park and ada park', ['@Ada Park', 'ada park']],
    ['Minji가 배포했다', ['Minji']],
    ['이서연이 눌렀고 서연님이 확인했다', ['이서연', '서연']],
    ['김철수의 명령', ['김철수']],
    ['철수는 몰랐다, 철수세미', ['철수']],
    ['Park', ['Park']],
  ])('[Q4] %s names people', (text, expected) => expect(found(text)).toEqual(expected));

  test.each(['Kimono', 'in the parking lot', 'the admin of ops', 'Adapter', '군대가 철수했다'])(
    '[Q4] %s names nobody',
    (text) => expect(found(text)).toEqual([]),
  );

  test('[Q5] each is replaced by what the person was, wherever it stands', () => {
    const roles = new Map([
      ['Kim Minji', 'the commander'],
      ['이서연', '기획 담당'],
    ]);
    const text = 'Minji asked @Kim Minji; 이서연이 답했다 $& $1';
    expect(withoutNames(text, names, (name) => roles.get(name) ?? '?')).toBe(
      'the commander asked the commander; 기획 담당이 답했다 $& $1',
    );
  });
});

const words = { assumption: 'assumption', hrefOf: (seq: number) => `https://x.test/i/1/review?at=${seq}` };
const page = { ...words, lang: 'en', title: '<T> & "t"' };
const paragraph = (...text: Inline[]): Block => ({ kind: 'paragraph', text });

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '</style><script>1</script>',
  '</title><b>',
  '&lt;b&gt;',
];

describe('exports', () => {
  test.each(hostile)('[Q6] %s stays text in HTML', (text) => {
    const everywhere: Block[] = [
      { kind: 'heading', level: 1, text: [{ text }] },
      paragraph(
        { text },
        { text, bold: true, code: true },
        { text, cite: 3 },
        { text, href: `https://x/${text}` },
      ),
      { kind: 'list', ordered: false, start: 1, items: [{ blocks: [paragraph({ text })], checked: true }] },
      { kind: 'code', text },
      { kind: 'quote', blocks: [paragraph({ text })] },
      { kind: 'table', head: [[{ text }]], rows: [[[{ text }]]] },
    ];
    const html = pageHtml(everywhere, { ...page, title: text });
    const tags = [...html.replace(/<style>.*?<\/style>/s, '').matchAll(/<\/?([a-z0-9]+)/gi)].map(
      ([, tag]) => tag,
    );
    const known =
      'html head meta title body main h1 p strong code a ul li pre blockquote table thead tr th tbody td';
    expect(tags.filter((tag) => !known.split(' ').includes(tag ?? ''))).toEqual([]);
    expect(html.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/i);
  });

  test.each([
    ['<img src=x>', '\\<img src=x>'],
    ['[a](javascript:1)', '[a\\](javascript:1)'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['*bold*', '\\*bold\\*'],
  ])('[Q6] %s stays text in Markdown', (text, expected) => {
    expect(pageMarkdown([paragraph({ text })], words)).toBe(`${expected}\n`);
  });

  test('[Q6] a cell stays a cell, and code stays inside its fence', () => {
    const table: Block = { kind: 'table', head: [[{ text: 'a|b' }]], rows: [[[{ text: 'c\nd' }]]] };
    expect(pageMarkdown([table, { kind: 'code', text: '```\nx' }], words)).toBe(
      '| a\\|b |\n| --- |\n| c d |\n\n````\n```\nx\n````\n',
    );
  });

  test('[Q7] citations lead to the replay at their entry, assumptions say so', () => {
    const block = paragraph(
      { text: 'It began ' },
      { text: '#7', cite: 7 },
      { text: '. ' },
      { text: 'Luck', assumption: true },
    );
    expect(pageMarkdown([block], words)).toBe(
      'It began [#7](https://x.test/i/1/review?at=7). Luck (assumption)\n',
    );
    expect(pageHtml([block], page)).toContain('<a class="cite" href="https://x.test/i/1/review?at=7">#7</a>');
    expect(pageHtml([block], page)).toContain('Luck <small class="assumption">(assumption)</small>');
  });

  test('[Q7] check lists and numbers come out as such', () => {
    const list = (ordered: boolean, checked?: boolean): Block => ({
      kind: 'list',
      ordered,
      start: 3,
      items: [{ blocks: [paragraph({ text: 'x' })], ...(checked === undefined ? {} : { checked }) }],
    });
    expect(pageMarkdown([list(true), list(false, true), list(false, false)], words)).toBe(
      '3. x\n\n- [x] x\n\n- [ ] x\n',
    );
    expect(pageHtml([list(false, true)], page)).toContain('<li class="check">☑ x</li>');
  });
});
