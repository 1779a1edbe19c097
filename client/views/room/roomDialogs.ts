import { createContext, use } from 'react';

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
] as const;

export type RoomDialogName = (typeof names)[number];

/** The dialog of that name; null when there is none. */
export function roomDialogNamed(name: string | undefined): RoomDialogName | null {
  return names.find((each) => each === name) ?? null;
}

export interface RoomDialogs {
  current: RoomDialogName | null;
  /** Opens a dialog; `person` fills in whom it is about. */
  open: (name: RoomDialogName, fill?: { person?: string; declining?: boolean }) => void;
  close: () => void;
  fill: { person?: string; declining?: boolean };
}

export const RoomDialogsContext = createContext<RoomDialogs | null>(null);

export function useRoomDialogs(): RoomDialogs {
  const dialogs = use(RoomDialogsContext);
  if (!dialogs) throw new Error('a dialog of the room outside of it');
  return dialogs;
}
