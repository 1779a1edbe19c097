import { createContext, use } from 'react';
import type { UpdateWords } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';

/** Dialogs of the room. Each has an address (`/i/42/handoff`), so that a mail or a link opens exactly it. */
const names = [
  'handoff',
  'update',
  'brief',
  'force',
  'help',
  'links',
  'severity',
  'status',
  'doing',
  'rename',
  'deliveries',
  'questions',
  'erase',
] as const;

export type RoomDialogName = (typeof names)[number];

/** The dialog of that name; null when there is none. */
export function roomDialogNamed(name: string | undefined): RoomDialogName | null {
  return names.find((each) => each === name) ?? null;
}

/** An update that another is to correct, with its words. */
export interface Quoted {
  number: number;
  words: Partial<Record<Locale, UpdateWords>>;
}

/** What a dialog is opened with: whom or what it is about. */
export interface DialogFill {
  person?: string;
  declining?: boolean;
  /** The entry whose deliveries are shown. */
  seq?: number;
  corrects?: Quoted;
  /** The hand is put on saying that nothing is new. */
  nothingNew?: true;
}

export interface RoomDialogs {
  current: RoomDialogName | null;
  open: (name: RoomDialogName, fill?: DialogFill) => void;
  close: () => void;
  fill: DialogFill;
}

export const RoomDialogsContext = createContext<RoomDialogs | null>(null);

export function useRoomDialogs(): RoomDialogs {
  const dialogs = use(RoomDialogsContext);
  if (!dialogs) throw new Error('a dialog of the room outside of it');
  return dialogs;
}
