import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { yCursorPlugin } from '@tiptap/y-tiptap';
import type { Awareness } from 'y-protocols/awareness';
import { caretLooks } from './caretColors.ts';

/** What an awareness state says of its person; the server wrote `user`, so it can be believed. */
export interface CaretUser {
  id: string;
  name: string;
}

interface CaretOptions {
  awareness: Awareness | null;
  /** What a caret is called: name and roles by the incident's log, never by awareness. Asked at each drawing. */
  labelOf(user: CaretUser): string;
}

/** How long a label stays after its caret moved. */
const LABEL_MILLISECONDS = 2_000;
/** The cursor plugin draws carets in a later task than the one in which it hears of them. */
const AFTER_DRAWING = 30;

/** Reads the person out of an awareness state of unknown origin; null when it names none. */
export function caretUserOf(state: unknown): CaretUser | null {
  if (typeof state !== 'object' || state === null || !('user' in state)) return null;
  const { user } = state;
  if (typeof user !== 'object' || user === null) return null;
  const { id, name } = user as Record<string, unknown>;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : null;
}

/** Carets of the others: a bar in the person's colour and a label that shows for two seconds after a movement. */
export const Carets = Extension.create<CaretOptions>({
  name: 'carets',
  addOptions: () => ({ awareness: null, labelOf: (user) => user.name }),
  addProseMirrorPlugins() {
    const { awareness, labelOf } = this.options;
    if (!awareness) return [];
    return [
      yCursorPlugin(awareness, {
        awarenessStateFilter: (own, other, state) => own !== other && caretUserOf(state) !== null,
        cursorBuilder: (_: CaretUser, client) => caretElement(client),
        selectionBuilder: (user: CaretUser) => ({
          class: `caret-selection caret-${colorOf(awareness, user.id)}`,
        }),
      }),
      new Plugin({ view: (view) => caretLabels(view, awareness, labelOf) }),
    ];
  },
});

function colorOf(awareness: Awareness, person: string): number {
  return looksIn(awareness).get(person)?.color ?? 1;
}

function looksIn(awareness: Awareness): ReturnType<typeof caretLooks> {
  return caretLooks([...awareness.getStates().values()].flatMap((state) => caretUserOf(state)?.id ?? []));
}

function caretElement(client: number): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'caret';
  caret.dataset['client'] = String(client);
  // Screen readers have the list beside the editor; in the text the label would be read as text.
  caret.setAttribute('aria-hidden', 'true');
  const label = document.createElement('span');
  label.className = 'caret-label';
  // No text in here, not even a joiner: a click beside the line would put the browser's own caret into it, and what is
  // typed there is swallowed.
  caret.append(label);
  return caret;
}

/**
 * Keeps the drawn carets true. The editor keeps a caret's element while it moves, so colour, label and the two seconds
 * after a movement are written onto it here.
 */
function caretLabels(
  view: EditorView,
  awareness: Awareness,
  labelOf: CaretOptions['labelOf'],
): { update(): void; destroy(): void } {
  const positions = new Map<number, string>();
  const fading = new Map<number, ReturnType<typeof setTimeout>>();
  let drawing: ReturnType<typeof setTimeout> | undefined;

  function draw(): void {
    const looks = looksIn(awareness);
    for (const caret of view.dom.querySelectorAll<HTMLElement>('.caret')) {
      const client = Number(caret.dataset['client']);
      const state: unknown = awareness.getStates().get(client);
      const user = caretUserOf(state);
      if (!user) continue;
      const look = looks.get(user.id);
      caret.classList.remove('caret-1', 'caret-2', 'caret-3', 'caret-4', 'caret-5', 'caret-6');
      caret.classList.add(`caret-${look?.color ?? 1}`);
      caret.classList.toggle('caret-dashed', look?.dashed ?? false);
      const label = caret.querySelector<HTMLElement>('.caret-label');
      // Told to the style sheet, so that it is no text of the document for copying and searching.
      if (label) label.dataset['label'] = labelOf(user);
      caret.classList.toggle('caret-moved', fading.has(client));
    }
  }

  function soon(): void {
    clearTimeout(drawing);
    drawing = setTimeout(draw, AFTER_DRAWING);
  }

  function onChange(): void {
    for (const [client, state] of awareness.getStates()) {
      const position = JSON.stringify((state as Record<string, unknown>)['cursor'] ?? null);
      if (client === awareness.clientID || positions.get(client) === position) continue;
      positions.set(client, position);
      clearTimeout(fading.get(client));
      fading.set(
        client,
        setTimeout(() => {
          fading.delete(client);
          draw();
        }, LABEL_MILLISECONDS),
      );
    }
    soon();
  }

  awareness.on('change', onChange);
  onChange();
  return {
    update: soon,
    destroy() {
      awareness.off('change', onChange);
      clearTimeout(drawing);
      for (const timer of fading.values()) clearTimeout(timer);
    },
  };
}
