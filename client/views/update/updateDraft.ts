const PREFIX = 'warroom.draft.update.';

/** Where words of an incident's draft wait in this browser that the server has not taken yet. */
export function keptDraft(incidentId: string): { read(): string | null; write(text: string | null): void } {
  return {
    read() {
      try {
        return localStorage.getItem(PREFIX + incidentId);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        if (text === null) localStorage.removeItem(PREFIX + incidentId);
        else localStorage.setItem(PREFIX + incidentId, text);
      } catch {
        // Storage is switched off or full: the words live as long as the page.
      }
    },
  };
}
