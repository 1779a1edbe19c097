import * as Y from 'yjs';
import type { DocumentRange } from '#shared/contract/records.ts';
import type { Store } from '../rooms/ports.ts';
import { isErased } from '../rooms/redactUpdate.ts';

/** A stretch of text that was deleted from a document and that its history still holds. */
export interface DeletedText {
  text: string;
  /** Who wrote it, where that is known. */
  by: string | null;
  ranges: DocumentRange[];
}

/** Batches applied before other work gets its turn. */
const PAGE = 500;
/** Stretches answered at most, the last ones in the document's order. */
const MOST_STRETCHES = 1_000;
/** Of a longer one the beginning is answered; its ranges are whole. */
const LONGEST_TEXT = 2_000;

/** What was deleted from a document, in its order: what a redaction can erase. */
export async function deletedText(
  store: Pick<Store, 'readBatches' | 'loadDocument'>,
  incidentId: string,
  name: string,
): Promise<DeletedText[]> {
  const doc = new Y.Doc({ gc: false });
  for (let after = 0; ;) {
    const page = await store.readBatches(incidentId, name, after, PAGE);
    doc.transact(() => {
      for (const { updates } of page) for (const { update } of updates) Y.applyUpdate(doc, update);
    });
    after = page.at(-1)?.docSeq ?? after;
    if (page.length < PAGE) break;
  }
  const { clientIds } = await store.loadDocument(incidentId, name);
  const owners = new Map(clientIds.map(({ clientId, person }) => [clientId, person]));
  const roots = [doc.getXmlFragment('content'), doc.getText('scratch')];
  const found = roots.flatMap((root) => stretchesOf(root as unknown as Y.AbstractType<unknown>, owners));
  doc.destroy();
  return found.slice(-MOST_STRETCHES);
}

/** Deleted text between what is shown, of a type and of everything in it. */
function stretchesOf(type: Y.AbstractType<unknown>, owners: ReadonlyMap<number, string>): DeletedText[] {
  const stretches: DeletedText[] = [];
  let text = '';
  let ranges: DocumentRange[] = [];
  const end = (): void => {
    const [first] = ranges;
    if (first && !isErased(text))
      stretches.push({ text: text.slice(0, LONGEST_TEXT), by: owners.get(first.client) ?? null, ranges });
    text = '';
    ranges = [];
  };
  for (let item = type._start; item !== null; item = item.right) {
    const { content } = item;
    const words = item.deleted ? wordsOf(content) : null;
    if (words !== null) {
      text += words;
      ranges = withItem(ranges, item);
    } else if (!item.deleted && item.countable) end();
    if (content instanceof Y.ContentType) {
      end();
      stretches.push(...stretchesOf(content.type as Y.AbstractType<unknown>, owners));
    }
  }
  end();
  return stretches;
}

/** What a deleted piece said: its text, or the address of a link. Null: nothing that anybody wrote. */
function wordsOf(content: Y.Item['content']): string | null {
  if (content instanceof Y.ContentString) return content.str;
  if (!(content instanceof Y.ContentFormat)) return null;
  const { href } = (content.value ?? {}) as { href?: unknown };
  return typeof href === 'string' ? ` <${href}> ` : null;
}

function withItem(ranges: DocumentRange[], { id, length }: Y.Item): DocumentRange[] {
  const last = ranges.at(-1);
  if (last && last.client === id.client && last.clock + last.length === id.clock)
    return [...ranges.slice(0, -1), { ...last, length: last.length + length }];
  return [...ranges, { client: id.client, clock: id.clock, length }];
}
