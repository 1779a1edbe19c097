import type { Brief } from '../contract/entries.ts';
import { DOING_STALE_MILLISECONDS } from './state.ts';
import type { IncidentState } from './state.ts';

/** A brief shows at most this many "doing" lines, the latest ones. */
const MAX_DOING_LINES = 50;

/** What somebody taking command needs to know, as of this state. `now` in milliseconds: stale lines are left out. */
export function briefOf(state: IncidentState, now: number): Brief {
  const isFresh = (at: string) => now - Date.parse(at) < DOING_STALE_MILLISECONDS;
  const { lastUpdate } = state;
  return {
    seq: state.seq,
    title: state.title,
    severity: state.severity,
    status: state.status,
    declaredAt: state.declaredAt,
    roles: state.roles,
    deputy: state.deputy,
    doing: state.doing.filter((line) => isFresh(line.at)).slice(-MAX_DOING_LINES),
    pinned: state.pinned,
    lastUpdate: lastUpdate && {
      seq: lastUpdate.seq,
      at: lastUpdate.at,
      state: lastUpdate.state,
      text: lastUpdate.text,
    },
    nextUpdateAt: state.nextUpdateAt,
  };
}

/** The brief as its entry holds it: free texts by `seq` only, since a copy would outlive their redaction. */
export function withoutTexts(brief: Brief): Brief {
  return mapTexts(brief, () => '');
}

/** The brief of an entry with the texts that the state before that entry has. */
export function withTexts(brief: Brief, state: IncidentState): Brief {
  return mapTexts(brief, (seq) => {
    const { lastUpdate } = state;
    if (lastUpdate && lastUpdate.seq === seq) return lastUpdate.text;
    return state.doing.find((line) => line.seq === seq)?.text ?? '';
  });
}

/** The brief after the entry at `redacted` lost its text. */
export function withoutTextOf(brief: Brief, redacted: number): Brief {
  return mapTexts(brief, (seq, text) => (seq === redacted ? '' : text));
}

/** Total: a brief that a broken log left without its parts passes as it is. */
function mapTexts(brief: Brief, textOf: (seq: number, text: string) => string): Brief {
  if (!Array.isArray(brief?.doing)) return brief;
  return {
    ...brief,
    doing: brief.doing.map((line) => ({ ...line, text: textOf(line?.seq, line?.text) })),
    lastUpdate: brief.lastUpdate
      ? { ...brief.lastUpdate, text: textOf(brief.lastUpdate.seq, brief.lastUpdate.text) }
      : null,
  };
}
