import { Popover } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { CheckShape, CutCableShape, DotsShape, LockShape, WarningShape } from '../../design/shapes.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useConnectionState, useRoom } from '../../room/RoomContext.tsx';
import { savedState } from '../../room/savedState.ts';
import type { SavedState, Unsaved } from '../../room/savedState.ts';
import { PendingList } from './PendingList.tsx';
import { usePopoverState } from './usePopoverState.ts';

/** How often the words are judged again while something is under way. Milliseconds. */
const JUDGE_AGAIN = 250;
/** "Back online" stays this long. Milliseconds. */
const BACK_SHOWN = 5_000;
/** "All saved" comes back only after a pause, so that it does not flicker under typing. Milliseconds. */
const CALM = 700;

function useSavedState(document: DocumentSaveState | null): SavedState {
  const connection = useConnectionState();
  const pending = useRoom((snapshot) => snapshot.pending);
  const [now, setNow] = useState(() => Date.now());
  const raw = savedState(connection, pending, document, now);
  const settled = raw.kind === 'saved' || raw.kind === 'readOnly';
  useEffect(() => {
    if (settled) return;
    const timer = window.setInterval(() => setNow(Date.now()), JUDGE_AGAIN);
    return () => window.clearInterval(timer);
  }, [settled]);
  const [calm, setCalm] = useState(true);
  useEffect(() => {
    if (raw.kind !== 'saved') return;
    const timer = window.setTimeout(() => setCalm(true), CALM);
    return () => {
      window.clearTimeout(timer);
      setCalm(false);
    };
  }, [raw.kind]);
  return raw.kind === 'saved' && !calm ? { kind: 'live' } : raw;
}

const NOTHING: Unsaved = { count: 0, edits: false };

/** After trouble: what was sent in the meantime, for five seconds. */
function useBack(state: SavedState): Unsaved | null {
  const [back, setBack] = useState<Unsaved | null>(null);
  const waited = useRef<Unsaved | null>(null);
  const { kind } = state;
  const { count, edits } = 'count' in state ? state : NOTHING;
  useEffect(() => {
    if (kind !== 'offline' && kind !== 'sessionEnded') return;
    const before = waited.current ?? NOTHING;
    waited.current = { count: Math.max(before.count, count), edits: before.edits || edits };
  }, [kind, count, edits]);
  useEffect(() => {
    if (kind !== 'saved' || waited.current === null) return;
    setBack(waited.current);
    waited.current = null;
    const timer = window.setTimeout(() => setBack(null), BACK_SHOWN);
    return () => {
      window.clearTimeout(timer);
      setBack(null);
    };
  }, [kind]);
  return back;
}

/** Is it saved: one place, always there, from acknowledgements alone. A click lists what waits, each to copy. */
export function SavedMark({ document }: { document: DocumentSaveState | null }): ReactNode {
  const { t } = useTranslation('room');
  const state = useSavedState(document);
  const back = useBack(state);
  const words = useWords(state, back);
  useSpokenState(state.kind, words, back);
  const [opened, setOpened] = usePopoverState();
  const tone = back !== null ? 'back' : state.kind;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={340}
      trapFocus
      returnFocus
      withinPortal
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="saved-mark"
          data-state={tone}
          aria-haspopup="dialog"
          title={words}
          onClick={() => setOpened(!opened)}
        >
          {shapeOf(state, back)}
          <span className="saved-words">{words}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className="bar-form" aria-label={t('saved.list')}>
        <PendingList words={words} document={document} />
      </Popover.Dropdown>
    </Popover>
  );
}

function useWords(state: SavedState, back: Unsaved | null): string {
  const { t } = useTranslation('room');
  const style = useTimeStyle();
  const { count } = back ?? ('count' in state ? state : NOTHING);
  if (back) return t(back.edits ? 'saved.backEdits' : 'saved.back', { count });
  switch (state.kind) {
    case 'saved':
      return t('saved.saved');
    case 'live':
      return t('saved.live');
    case 'saving':
      return t('saved.saving');
    case 'notSaved':
      return t(state.edits ? 'saved.notSavedEdits' : 'saved.notSaved', { count });
    case 'offline':
      return t(state.edits ? 'saved.offlineEdits' : 'saved.offline', {
        time: formatTime(state.since, style),
        count,
      });
    case 'connecting':
      return t('saved.connecting');
    case 'readOnly':
      return t('saved.readOnly');
    case 'sessionEnded':
      return t('saved.sessionEnded');
    case 'newVersion':
      return t('saved.newVersion');
    default:
      return state satisfies never;
  }
}

function shapeOf(state: SavedState, back: Unsaved | null): ReactNode {
  if (back !== null) return <CheckShape />;
  switch (state.kind) {
    case 'saved':
    case 'live':
      return <CheckShape />;
    case 'saving':
    case 'connecting':
      return <DotsShape />;
    case 'notSaved':
    case 'sessionEnded':
    case 'newVersion':
      return <WarningShape />;
    case 'offline':
      return <CutCableShape />;
    case 'readOnly':
      return <LockShape />;
    default:
      return state satisfies never;
  }
}

/** Trouble and its end are said aloud once each, and nothing else of this mark. */
function useSpokenState(kind: SavedState['kind'], words: string, back: Unsaved | null): void {
  const said = useRef<string>('saved');
  useEffect(() => {
    const isTrouble = kind === 'notSaved' || kind === 'offline' || kind === 'sessionEnded';
    const now = back !== null ? 'back' : isTrouble ? kind : said.current === 'back' ? 'saved' : said.current;
    if (now === said.current) return;
    said.current = now;
    if (now !== 'saved') announce('assertive', words);
  }, [kind, words, back]);
}
