import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { api } from '../../app/api.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle } from '../../room/RoomContext.tsx';

interface Hit {
  incidentId: string;
  seq?: number;
  docSeq?: number;
  text: string;
  at: string;
}

/** What the search came to; words are searched by the server, so that all of the log is. */
type Found =
  { kind: 'nothing' } | { kind: 'searching' } | { kind: 'found'; hits: Hit[] } | { kind: 'failed' };

const NOTHING: Found = { kind: 'nothing' };

/** Typing goes on for less than this between two letters. Milliseconds. */
const PAUSE = 250;

interface FindPanelProps {
  query: string;
  onQuery: (query: string) => void;
  onChoose: (seq: number) => void;
  onClose: () => void;
}

/** Finds words in the log of this incident. */
export function FindPanel({ query, onQuery, onChoose, onClose }: FindPanelProps): ReactNode {
  const { t } = useTranslation('chat');
  const { store } = useRoomHandle();
  const [found, setFound] = useState<Found>(NOTHING);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const wanted = query.trim();
    if (wanted === '') return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      setFound({ kind: 'searching' });
      void api<{ hits: Hit[] }>('/api/search', {
        query: { query: wanted, incident: store.incidentId },
        signal: abort.signal,
      }).then((answer) => {
        if (abort.signal.aborted) return;
        setFound(answer.ok ? { kind: 'found', hits: answer.value.hits } : { kind: 'failed' });
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, store]);

  return (
    <section className="find" aria-label={t('find.label')}>
      <span className="find-row">
        <input
          ref={field}
          className="text-input"
          type="search"
          value={query}
          placeholder={t('find.placeholder')}
          aria-label={t('find.label')}
          aria-controls={listId}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || event.keyCode === 229) return;
            if (event.key === 'Escape') onClose();
          }}
        />
        <button type="button" className="icon-button" aria-label={t('find.close')} onClick={onClose}>
          ×
        </button>
      </span>
      <div id={listId} className="find-hits">
        <Hits found={query.trim() === '' ? NOTHING : found} onChoose={onChoose} />
      </div>
    </section>
  );
}

function Hits({ found, onChoose }: { found: Found; onChoose: (seq: number) => void }): ReactNode {
  const { t } = useTranslation('chat');
  switch (found.kind) {
    case 'nothing':
      return null;
    case 'searching':
      return <p className="muted">{t('find.searching')}</p>;
    case 'failed':
      return <p className="field-error">{t('find.failed')}</p>;
    case 'found': {
      const entries = found.hits.filter((hit): hit is Hit & { seq: number } => hit.seq !== undefined);
      if (entries.length === 0) return <p className="muted">{t('find.none')}</p>;
      return (
        <ul className="find-list">
          {entries.map((hit) => (
            <li key={hit.seq}>
              <button type="button" onClick={() => onChoose(hit.seq)}>
                <span className="muted tabular">
                  <TimeOf at={hit.at} /> #{hit.seq}
                </span>{' '}
                <bdi>{hit.text.slice(0, 160)}</bdi>
              </button>
            </li>
          ))}
        </ul>
      );
    }
    default:
      return found satisfies never;
  }
}
