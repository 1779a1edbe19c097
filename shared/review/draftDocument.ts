import * as Y from 'yjs';
import type { DraftBlock, DraftPiece } from './draft.ts';

/** The mark of text that cites an entry: `{ seq }`. */
export const CITE_MARK = 'cite';

/** The mark of a statement that nothing shows. */
export const ASSUMPTION_MARK = 'assumption';

/** The `seq` that a mark `cite` names; null where a document says something else. */
export function citedSeq(mark: unknown): number | null {
  const seq: unknown = typeof mark === 'object' && mark !== null && 'seq' in mark ? mark.seq : null;
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** True while nobody has written anything in a document's text. */
export function isUnwritten(content: Y.XmlFragment): boolean {
  return content.toArray().every((child) => {
    if (child instanceof Y.XmlText) return child.length === 0;
    return child instanceof Y.XmlElement && child.nodeName === 'paragraph' && isUnwritten(child);
  });
}

/** Puts a draft in the place of an empty document, in one transaction. */
export function writeDraft(content: Y.XmlFragment, blocks: readonly DraftBlock[]): void {
  const write = (): void => {
    content.delete(0, content.length);
    content.insert(0, blocks.flatMap(elementsOf));
  };
  if (content.doc) content.doc.transact(write);
  else write();
}

/** A prompt has an empty line behind it, so that the answer is none of the prompt. */
function elementsOf(block: DraftBlock): Y.XmlElement[] {
  return block.kind === 'prompt' ? [elementOf(block), element('paragraph', [])] : [elementOf(block)];
}

function elementOf(block: DraftBlock): Y.XmlElement {
  switch (block.kind) {
    case 'heading': {
      const heading = element('heading', [textOf([{ text: block.text, cites: [] }])]);
      // The editor's binding writes attributes with their own type; the declared type of Yjs knows strings only.
      (heading as unknown as Y.XmlElement<Record<string, number>>).setAttribute('level', 2);
      return heading;
    }
    case 'paragraph':
      return element('paragraph', [textOf(block.pieces)]);
    case 'prompt': {
      const text = new Y.XmlText();
      text.insert(0, block.text, { italic: {} });
      return element('paragraph', [text]);
    }
    case 'bullets':
      return element(
        'bulletList',
        block.items.map((item) => element('listItem', [element('paragraph', [textOf([item])])])),
      );
    default:
      return block satisfies never;
  }
}

function textOf(pieces: readonly DraftPiece[]): Y.XmlText {
  const text = new Y.XmlText();
  let end = 0;
  const add = (words: string, marks: Record<string, object>): void => {
    if (words === '') return;
    text.insert(end, words, marks);
    end += words.length;
  };
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) add(' ', {});
    add(piece.text, piece.assumption ? { [ASSUMPTION_MARK]: {} } : {});
    for (const seq of piece.cites) {
      add(' ', {});
      add(`#${seq}`, { [CITE_MARK]: { seq } });
    }
  }
  return text;
}

function element(name: string, children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  if (children.length > 0) made.insert(0, children);
  return made;
}
