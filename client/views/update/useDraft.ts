import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Person } from '#shared/contract/wire.ts';
import { UPDATE_DOCUMENT } from '#shared/draft.ts';
import { openDraft } from '../../document/draft.ts';
import type { Draft, DraftSnapshot } from '../../document/draft.ts';
import { browserLineTools } from '../../document/lineTools.ts';
import { keptDraft } from './updateDraft.ts';

/** The address of the draft of an incident's next update on this page's server. */
function draftAddress(incidentId: string, { protocol, host }: Location): string {
  const scheme = protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${host}/doc/${incidentId}/${UPDATE_DOCUMENT}?ack=1`;
}

/** The shared draft, open as long as the component is shown; null in the first moment. */
export function useDraft(incidentId: string, me: Pick<Person, 'id' | 'name'>): Draft | null {
  const [draft, setDraft] = useState<Draft | null>(null);
  const { id, name } = me;
  useEffect(() => {
    const opened = openDraft({
      url: draftAddress(incidentId, window.location),
      me: { id, name },
      tools: browserLineTools(),
      keep: keptDraft(incidentId),
    });
    // What an effect opened has to be shown; there is no other moment for it.
    // oxlint-disable-next-line react/set-state-in-effect
    setDraft(opened);
    return () => {
      opened.stop();
      setDraft(null);
    };
  }, [incidentId, id, name]);
  return draft;
}

/** The draft as it stands now. */
export function useDraftSnapshot(draft: Draft): DraftSnapshot {
  return useSyncExternalStore(draft.subscribe, draft.getSnapshot);
}
