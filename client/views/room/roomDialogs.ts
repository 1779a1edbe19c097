import { createContext, use } from 'react';

/** Dialogs of the room. Those of an address (`/i/42/handoff`) can be linked to. */
export type RoomDialogName = 'handoff' | 'update' | 'brief' | 'force' | 'help' | 'links';

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
