import { useEffect, useId, useReducer } from 'react';
import type { ReactNode } from 'react';
import * as Y from 'yjs';
import { ASSUMPTION_MARK, CITE_MARK, citedSeq } from '#shared/review/draftDocument.ts';
import { isLinkAllowed } from '../../document/links.ts';
import { useTranslation } from '../../i18n/index.ts';

/**
 * The document for reading: drawn straight from the shared type, so that nothing can be changed by looking at it, and
 * so that what this version does not know is still shown, as plain text in its place.
 */
export function ReadOnlyDocument({ content, label }: { content: Y.XmlFragment; label: string }): ReactNode {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const changed = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(redraw);
    };
    content.observeDeep(changed);
    return () => {
      cancelAnimationFrame(frame);
      content.unobserveDeep(changed);
    };
  }, [content]);
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="document-text" role="document" aria-label={label} tabIndex={0}>
      {children(content)}
    </div>
  );
}

function children(parent: Y.XmlFragment): ReactNode[] {
  return parent.toArray().map((child, index) => <Block key={index} node={child} />);
}

function Block({ node }: { node: unknown }): ReactNode {
  if (node instanceof Y.XmlText) return <Inline text={node} />;
  if (!(node instanceof Y.XmlElement)) return null;
  const inside = children(node);
  switch (node.nodeName) {
    case 'paragraph':
      return <p>{inside.length === 0 ? <br /> : inside}</p>;
    case 'heading':
      return <Heading level={Number(node.getAttribute('level') ?? 2)}>{inside}</Heading>;
    case 'bulletList':
      return <ul>{inside}</ul>;
    case 'orderedList':
      return <ol start={Number(node.getAttribute('start') ?? 1)}>{inside}</ol>;
    case 'taskList':
      return <ul data-type="taskList">{inside}</ul>;
    case 'listItem':
      return <li>{inside}</li>;
    case 'taskItem':
      return <Task checked={String(node.getAttribute('checked')) === 'true'}>{inside}</Task>;
    case 'blockquote':
      return <blockquote>{inside}</blockquote>;
    case 'codeBlock':
      return (
        <pre>
          <code>{inside}</code>
        </pre>
      );
    case 'horizontalRule':
      return <hr />;
    case 'hardBreak':
      return <br />;
    case 'table':
      return (
        <div className="tableWrapper">
          <table>
            <tbody>{inside}</tbody>
          </table>
        </div>
      );
    case 'tableRow':
      return <tr>{inside}</tr>;
    case 'tableCell':
      return <td {...spans(node)}>{inside}</td>;
    case 'tableHeader':
      return <th {...spans(node)}>{inside}</th>;
    default:
      return <div className="document-unknown">{inside}</div>;
  }
}

function spans(cell: Y.XmlElement): { colSpan: number; rowSpan: number } {
  return {
    colSpan: Number(cell.getAttribute('colspan') ?? 1),
    rowSpan: Number(cell.getAttribute('rowspan') ?? 1),
  };
}

function Heading({ level, children: inside }: { level: number; children: ReactNode }): ReactNode {
  if (level <= 1) return <h1>{inside}</h1>;
  return level === 2 ? <h2>{inside}</h2> : <h3>{inside}</h3>;
}

function Task({ checked, children: inside }: { checked: boolean; children: ReactNode }): ReactNode {
  const { t } = useTranslation('document');
  const id = useId();
  return (
    <li data-checked={checked}>
      <span className="task-box">
        <input type="checkbox" checked={checked} disabled readOnly aria-labelledby={`${id} ${id}-text`} />
        <span id={id} className="visually-hidden">
          {t('readOnlyCheckbox')}
        </span>
      </span>
      <div id={`${id}-text`}>{inside}</div>
    </li>
  );
}

interface Run {
  insert: unknown;
  attributes?: Record<string, unknown>;
}

function Inline({ text }: { text: Y.XmlText }): ReactNode {
  return (text.toDelta() as Run[]).map(({ insert, attributes }, index) => (
    <span key={index}>{marked(typeof insert === 'string' ? insert : '\uFFFC', attributes ?? {})}</span>
  ));
}

function marked(text: string, marks: Record<string, unknown>): ReactNode {
  let shown: ReactNode = text;
  if ('code' in marks) shown = <code>{shown}</code>;
  if ('bold' in marks) shown = <strong>{shown}</strong>;
  if ('italic' in marks) shown = <em>{shown}</em>;
  if ('strike' in marks) shown = <s>{shown}</s>;
  if ('underline' in marks) shown = <u>{shown}</u>;
  if (ASSUMPTION_MARK in marks) shown = <span className="assumption">{shown}</span>;
  const cited = citedSeq(marks[CITE_MARK]);
  if (cited !== null) {
    return (
      <span className="cite" data-cite={cited}>
        {shown}
      </span>
    );
  }
  const address = hrefOf(marks['link']);
  if (address === null) return shown;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {shown}
    </a>
  );
}

function hrefOf(mark: unknown): string | null {
  if (typeof mark !== 'object' || mark === null || !('href' in mark)) return null;
  return typeof mark.href === 'string' && isLinkAllowed(mark.href) ? mark.href : null;
}
