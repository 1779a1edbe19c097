import type * as Y from 'yjs';

/** A replacement in a text: at `index`, `remove` characters go and `insert` comes. Lengths in UTF-16 units. */
export interface TextEdit {
  index: number;
  remove: number;
  insert: string;
}

/**
 * The one replacement that leads from `before` to `after`. `caret` is where the caret stands in `after`: among several
 * equal readings (`aa` → `aaa`) the one that ends at the caret is what was typed. Never cuts a surrogate pair in half.
 */
export function editBetween(before: string, after: string, caret: number): TextEdit | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  const grown = after.length - before.length;
  // What stands behind the caret was not typed just now, so the common end begins there.
  const endLimit = Math.min(most, Math.max(0, after.length - Math.max(caret, grown > 0 ? grown : 0)));
  let end = 0;
  while (end < endLimit && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  let start = 0;
  while (start < most - end && before[start] === after[start]) start += 1;
  if (isHigh(after.charCodeAt(start - 1)) || isHigh(before.charCodeAt(start - 1))) start -= 1;
  if (isLow(after.charCodeAt(after.length - end)) || isLow(before.charCodeAt(before.length - end))) end -= 1;
  return {
    index: start,
    remove: before.length - end - start,
    insert: after.slice(start, after.length - end),
  };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Where a caret at `position` stands after a change of somebody else. */
export function movedBy(delta: readonly TextDelta[], position: number): number {
  let index = 0;
  let moved = position;
  for (const { retain, insert, delete: removed } of delta) {
    if (retain !== undefined) index += retain;
    else if (typeof insert === 'string') {
      // What others insert exactly at the caret stays before it only when the caret is further on.
      if (index < moved) moved += insert.length;
      index += insert.length;
    } else if (removed !== undefined && index < moved) moved = Math.max(index, moved - removed);
  }
  return moved;
}

function placedBy(deltas: readonly (readonly TextDelta[])[]): (position: number) => number {
  return (position) => deltas.reduce((moved, delta) => movedBy(delta, moved), position);
}

export interface TextDelta {
  retain?: number;
  insert?: unknown;
  delete?: number;
}

/** The part of a text area that the binding needs. */
export interface TextField extends EventTarget {
  value: string;
  selectionStart: number;
  selectionEnd: number;
  selectionDirection: 'forward' | 'backward' | 'none';
  scrollTop: number;
  setSelectionRange(start: number, end: number, direction?: 'forward' | 'backward' | 'none'): void;
}

/**
 * Binds a shared text to a text area. While an input method composes, the field is left alone: changes of others wait
 * in the shared text and come in when the composition ends, placed around it. The answer unbinds.
 */
export function bindText(text: Y.Text, field: TextField): () => void {
  const origin = { field };
  let shown = text.toJSON();
  let composing = false;
  let waiting: TextDelta[][] = [];
  field.value = shown;

  /** Takes over what was typed since `shown`, then what waited. */
  function take(): void {
    const edit = editBetween(shown, field.value, field.selectionEnd);
    const deltas = waiting;
    waiting = [];
    const place = placedBy(deltas);
    if (edit === null) {
      if (deltas.length > 0) show(place(field.selectionStart), place(field.selectionEnd));
      return;
    }
    // Others' changes since `shown` are already in the shared text: the edit moves with them.
    const index = place(edit.index);
    const end = Math.max(index, place(edit.index + edit.remove));
    text.doc?.transact(() => {
      if (end > index) text.delete(index, end - index);
      if (edit.insert !== '') text.insert(index, edit.insert);
    }, origin);
    if (deltas.length === 0) shown = field.value;
    else show(index + edit.insert.length, index + edit.insert.length);
  }

  function show(start: number, end: number): void {
    const { selectionDirection, scrollTop } = field;
    shown = text.toJSON();
    if (field.value !== shown) field.value = shown;
    field.setSelectionRange(start, end, selectionDirection);
    field.scrollTop = scrollTop;
  }

  function onShared(event: Y.YTextEvent, transaction: Y.Transaction): void {
    if (transaction.origin === origin) return;
    const delta = event.delta as TextDelta[];
    if (composing) waiting.push(delta);
    else show(movedBy(delta, field.selectionStart), movedBy(delta, field.selectionEnd));
  }

  function onInput(): void {
    if (!composing) take();
  }

  function onCompositionStart(): void {
    composing = true;
  }

  function onCompositionEnd(): void {
    composing = false;
    take();
  }

  text.observe(onShared);
  field.addEventListener('input', onInput);
  field.addEventListener('compositionstart', onCompositionStart);
  field.addEventListener('compositionend', onCompositionEnd);
  return () => {
    text.unobserve(onShared);
    field.removeEventListener('input', onInput);
    field.removeEventListener('compositionstart', onCompositionStart);
    field.removeEventListener('compositionend', onCompositionEnd);
  };
}
