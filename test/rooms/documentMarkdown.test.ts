import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { schemaVersionOf, templateUpdate } from '#shared/document.ts';
import { documentMarkdown } from '#shared/documentMarkdown.ts';

function element(
  name: string,
  children: (Y.XmlElement | Y.XmlText)[] = [],
  attributes: Record<string, unknown> = {},
): Y.XmlElement {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  if (children.length > 0) made.insert(0, children);
  return made;
}

function paragraph(text: string | Y.XmlText): Y.XmlElement {
  return element('paragraph', [typeof text === 'string' ? new Y.XmlText(text) : text]);
}

function markdownOf(...blocks: Y.XmlElement[]): string {
  const doc = new Y.Doc();
  doc.getXmlFragment('content').insert(0, blocks);
  return documentMarkdown(doc).split('\n\n## Scratch')[0] ?? '';
}

function marked(pieces: [string, Record<string, unknown>][]): Y.XmlText {
  const text = new Y.XmlText();
  text.applyDelta(pieces.map(([insert, attributes]) => ({ insert, attributes })));
  return text;
}

describe('a document as Markdown', () => {
  it('[D22] shows content, then the scratch pad under its heading', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, templateUpdate());
    doc.getText('scratch').insert(0, 'kubectl get pods');
    const markdown = documentMarkdown(doc);
    expect(markdown.startsWith('## Summary\n\n## Status')).toBe(true);
    expect(markdown).toContain('## Exit criteria\n\n- [ ]\n\n## To do and bugs');
    expect(markdown.endsWith('## Scratch\n\nkubectl get pods\n')).toBe(true);
  });

  it('[D22] writes lists, tasks, code, quotes, tables, marks and links', () => {
    const item = (name: string, text: string, attributes = {}) =>
      element(name, [paragraph(text)], attributes);
    expect(markdownOf(element('heading', [new Y.XmlText('Title')], { level: 3 }))).toBe('### Title');
    expect(markdownOf(element('bulletList', [item('listItem', 'a'), item('listItem', 'b')]))).toBe(
      '- a\n- b',
    );
    expect(
      markdownOf(element('orderedList', [item('listItem', 'a'), item('listItem', 'b')], { start: 3 })),
    ).toBe('3. a\n4. b');
    expect(
      markdownOf(
        element('taskList', [
          item('taskItem', 'x', { checked: true }),
          item('taskItem', 'y', { checked: false }),
        ]),
      ),
    ).toBe('- [x] x\n- [ ] y');
    expect(markdownOf(element('codeBlock', [new Y.XmlText('a ``` b\nc')], { language: 'sh' }))).toBe(
      '````sh\na ``` b\nc\n````',
    );
    expect(markdownOf(element('blockquote', [paragraph('one'), paragraph('two')]))).toBe('> one\n> \n> two');
    const row = (...cells: string[]) =>
      element(
        'tableRow',
        cells.map((cell) => element('tableCell', [paragraph(cell)])),
      );
    expect(markdownOf(element('table', [row('a', 'b|c'), row('d')]))).toBe(
      '| a | b\\|c |\n| --- | --- |\n| d |  |',
    );
    expect(
      markdownOf(
        paragraph(
          marked([
            ['bold ', { bold: {} }],
            ['plain ', {}],
            ['x`y', { code: {} }],
            ['site', { 'link--q1': { href: 'https://example.org/a b' } }],
          ]),
        ),
      ),
    ).toBe('**bold** plain `` x`y ``[site](https://example.org/a%20b)');
  });

  it('[D22] nested lists are indented below their item', () => {
    const inner = element('bulletList', [element('listItem', [paragraph('inner')])]);
    expect(markdownOf(element('bulletList', [element('listItem', [paragraph('outer'), inner])]))).toBe(
      '- outer\n  - inner',
    );
  });

  it('[D22] text keeps its words for search and cannot become another block or a dangerous link', () => {
    expect(markdownOf(paragraph('[error] some_name < 3 and 장애'))).toBe('[error] some_name < 3 and 장애');
    expect(markdownOf(paragraph('# no heading'))).toBe('\\# no heading');
    expect(markdownOf(paragraph('<script>x</script>'))).toBe('\\<script>x\\</script>');
    expect(markdownOf(paragraph(marked([['click', { link: { href: 'javascript:alert(1)' } }]])))).toBe(
      'click',
    );
  });

  it('[D22] shows the text of nodes it does not know, and survives 5,000 levels and confused types', () => {
    expect(markdownOf(element('future', [paragraph('kept')]))).toBe('kept');
    const deep = new Y.Doc();
    deep.transact(() => {
      let inside: Y.XmlFragment = deep.getXmlFragment('content');
      for (let level = 0; level < 5_000; level += 1) {
        const quote = new Y.XmlElement('blockquote');
        inside.insert(0, [quote]);
        inside = quote;
      }
    });
    expect(documentMarkdown(deep)).toContain('> …');
    const confused = new Y.Doc();
    confused.getArray('content').insert(0, [1, 'two', {}]);
    confused.getMap('scratch').set('key', 'value');
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(confused));
    expect(documentMarkdown(copy)).toBe('## Scratch\n\n\n');
  });
});

describe('the template', () => {
  it('[D21] is the same bytes every time, in both languages, and says its schema version', () => {
    for (const locale of ['en', 'ko'] as const) {
      expect(templateUpdate(locale)).toEqual(templateUpdate(locale));
      const doc = new Y.Doc();
      Y.applyUpdate(doc, templateUpdate(locale));
      expect(schemaVersionOf(doc)).toBe(1);
    }
    expect(templateUpdate('ko')).not.toEqual(templateUpdate('en'));
  });
});
