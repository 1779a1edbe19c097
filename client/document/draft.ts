import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { DRAFT_CHOICES, draftRoot } from '#shared/draft.ts';
import type { LineTools } from './lineTools.ts';
import { openLine } from './provider.ts';
import type { DocumentLine } from './provider.ts';

export type DraftPart = (typeof updateWordFields)[number];
export type DraftWords = Record<DraftPart, string>;

export interface DraftSnapshot {
  words: Record<Locale, DraftWords>;
  /** What is chosen rather than written, as others see it too. */
  choices: Readonly<Record<string, unknown>>;
  /** The server's state has been here; before that an empty field may only be one that is not known. */
  ready: boolean;
  /** Everything written here is durable. */
  saved: boolean;
  /** Names of the others who have it open. */
  others: readonly string[];
}

/** The draft of the next update, shared live with everybody in the room who has it open. */
export interface Draft {
  getSnapshot(): DraftSnapshot;
  subscribe(listener: () => void): () => void;
  textOf(part: DraftPart, locale: Locale): Y.Text;
  /** Puts words in the place of what stands there. */
  write(words: Partial<DraftWords>, locale: Locale): void;
  /** Null takes the choice back. */
  choose(name: string, value: string | number | null): void;
  /** Empties it: what was written has been sent. */
  clear(): void;
  stop(): void;
}

export interface DraftParts {
  url: string;
  me: { id: string; name: string };
  tools: LineTools;
  /** Where words wait that the server has not taken yet; the answer of `read` is what an earlier visit left. */
  keep: { read(): string | null; write(text: string | null): void };
}

const LOCALES: readonly Locale[] = ['en', 'ko'];

/** Opens the draft and keeps it open until stopped. */
export function openDraft({ url, me, tools, keep }: DraftParts): Draft {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const choices = doc.getMap<unknown>(DRAFT_CHOICES);
  const listeners = new Set<() => void>();
  const left = readWords(keep.read());
  let ready = false;
  awareness.setLocalState({ user: me });
  // It tells of its first change before it is there.
  let line: DocumentLine | null = null;
  let snapshot = build();
  line = openLine({
    url,
    doc,
    awareness,
    tools,
    // Fields keep their own carets.
    beforeOthers() {},
    onChange: change,
    onFinal: change,
    onNeverOpened: () => Promise.resolve(null),
  });
  change();
  doc.on('afterTransaction', change);
  awareness.on('change', change);

  function textOf(part: DraftPart, locale: Locale): Y.Text {
    return doc.getText(draftRoot(part, locale));
  }

  function wordsOf(locale: Locale): DraftWords {
    const entries = updateWordFields.map((part) => [part, textOf(part, locale).toJSON()]);
    return Object.fromEntries(entries) as DraftWords;
  }

  function build(): DraftSnapshot {
    const others = [...awareness.getStates()].flatMap(([id, state]) => {
      const user = state['user'] as { id?: unknown; name?: unknown } | undefined;
      const isOther = id !== doc.clientID && user?.id !== me.id;
      return isOther && typeof user?.name === 'string' ? [user.name] : [];
    });
    return {
      words: { en: wordsOf('en'), ko: wordsOf('ko') },
      choices: choices.toJSON(),
      ready,
      saved: (line?.ledger.count() ?? 0) === 0,
      others: [...new Set(others)],
    };
  }

  function change(): void {
    if (!ready && line?.settled() === true) {
      ready = true;
      // Only into an empty draft: what others wrote meanwhile is the newer one.
      if (left && isEmpty()) for (const locale of LOCALES) write(left[locale], locale);
    }
    snapshot = build();
    // Before the server's state was here, what an earlier visit left is still the only copy.
    if (ready) keep.write(snapshot.saved ? null : JSON.stringify(snapshot.words));
    else if (!isEmpty()) keep.write(JSON.stringify(snapshot.words));
    for (const listener of listeners) listener();
  }

  function isEmpty(): boolean {
    return LOCALES.every((locale) => updateWordFields.every((part) => textOf(part, locale).length === 0));
  }

  function write(words: Partial<DraftWords>, locale: Locale): void {
    doc.transact(() => {
      for (const part of updateWordFields) {
        const [text, written] = [textOf(part, locale), words[part]];
        if (written === undefined || text.toJSON() === written) continue;
        text.delete(0, text.length);
        text.insert(0, written);
      }
    });
  }

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    textOf,
    write,
    choose(name, value) {
      if (value === null) choices.delete(name);
      else choices.set(name, value);
    },
    clear() {
      doc.transact(() => {
        const empty = Object.fromEntries(updateWordFields.map((part) => [part, ''])) as DraftWords;
        for (const locale of LOCALES) write(empty, locale);
        for (const name of choices.keys()) choices.delete(name);
      });
    },
    stop() {
      line?.stop();
      awareness.destroy();
      doc.destroy();
      listeners.clear();
    },
  };
}

/** What an earlier visit left; null when it cannot be read. */
function readWords(text: string | null): Record<Locale, DraftWords> | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Record<Locale, Partial<DraftWords>>>;
    const of = (locale: Locale): DraftWords =>
      Object.fromEntries(
        updateWordFields.map((part) => [part, String(found[locale]?.[part] ?? '')]),
      ) as DraftWords;
    return { en: of('en'), ko: of('ko') };
  } catch {
    return null;
  }
}
