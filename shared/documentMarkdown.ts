import type * as Y from 'yjs';
export function documentMarkdown(_doc: Y.Doc): string {
  return '';
}
