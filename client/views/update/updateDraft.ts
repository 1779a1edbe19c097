const PREFIX = 'warroom.draft.update.';

/** What was written for an incident's next update in this browser and not sent; empty when nothing was. */
export function readDraft(incidentId: string): string {
  try {
    return localStorage.getItem(PREFIX + incidentId) ?? '';
  } catch {
    return '';
  }
}

/** Keeps a draft, so that leaving the room or a crash of the tab loses nothing. */
export function writeDraft(incidentId: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(PREFIX + incidentId);
    else localStorage.setItem(PREFIX + incidentId, text);
  } catch {
    // Storage is switched off or full: the draft lives as long as the dialog.
  }
}

export function forgetDraft(incidentId: string): void {
  writeDraft(incidentId, '');
}
