import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type * as Y from 'yjs';
import { namesIn } from '#shared/review/blameless.ts';
import { blocksIn, textIn } from '#shared/review/blocks.ts';
import type { Block } from '#shared/review/blocks.ts';
import { usePeopleList } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useContentVersion } from './useContentVersion.ts';

/** The names of everybody in the directory. */
export function useNames(): readonly string[] {
  const { people } = usePeopleList();
  return useMemo(() => people.map(({ name }) => name), [people]);
}

/** Statements of the document that name people, folded under the text: a hint, never a hindrance. */
export function BlamelessNotes({ content }: { content: Y.XmlFragment }): ReactNode {
  const { t } = useTranslation('review');
  const names = useNames();
  const version = useContentVersion(content);
  const found = useMemo(() => {
    // Read anew when the text changed, which its identity does not tell.
    void version;
    return statementsIn(blocksIn(content))
      .map((text) => ({ text, names: [...new Set(namesIn(text, names).map(({ name }) => name))] }))
      .filter((each) => each.names.length > 0);
  }, [content, names, version]);
  if (found.length === 0) return null;
  return (
    <details className="review-blame">
      <summary>{t('blame.count', { count: found.length })}</summary>
      <p className="muted">{t('blame.hint')}</p>
      <ul>
        {found.map((each, index) => (
          <li key={index}>
            {each.text} <span className="muted">{t('blame.named', { name: each.names.join(', ') })}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function statementsIn(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case 'heading':
      case 'paragraph':
        return [textIn(block.text)];
      case 'list':
        return block.items.flatMap((item) => statementsIn(item.blocks));
      case 'quote':
        return statementsIn(block.blocks);
      case 'table':
        return [...block.head, ...block.rows.flat()].map(textIn);
      // What was copied from a machine is no statement of people.
      case 'code':
      case 'rule':
        return [];
      default:
        return block satisfies never;
    }
  });
}
