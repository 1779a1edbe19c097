import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { Virtuoso } from 'react-virtuoso';
import type { VirtuosoHandle } from 'react-virtuoso';
import type { Entry } from '#shared/contract/entries.ts';
import { keyMeant } from '../../app/keys.ts';
import { usePreferences } from '../../app/preferences.tsx';
import { usePeople } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatDate } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { entryAt } from '../../room/logWindow.ts';
import { continuesGroup, createRowIndex, currentText, startsDay } from '../../room/rows.ts';
import type { LogFilter } from '../../room/rows.ts';
import type { Unread } from '../../room/unread.ts';
import { SinceLink } from '../replay/SinceLink.tsx';
import { LogRow } from './LogRow.tsx';
import { PendingRow } from './PendingRow.tsx';
import { RowActions } from './RowActions.tsx';
import type { RowActs } from './RowActions.tsx';
import { isSeen, settle } from './settle.ts';
import { AT_END, useFollowing } from './useFollowing.ts';

/** Room for older entries in front; the list counts its rows down from here. */
const BASE = 10_000_000;

export interface LogListHandle {
  /** Shows an entry, fetching back to it first; false when it cannot be had or the filter hides it. */
  show: (seq: number) => Promise<boolean>;
  toEnd: () => void;
  focusRow: () => void;
}

interface LogListProps {
  filter: LogFilter;
  unread: Unread;
  acts: RowActs & { pin: (entry: Entry) => void; copy: (entry: Entry) => void };
  atBottom: boolean;
  onAtBottom: (atBottom: boolean) => void;
  ref: Ref<LogListHandle>;
}

/** The entries, drawn as far as they are seen. Follows new ones only at the end; nothing else moves it. */
export function LogList({ filter, unread, acts, atBottom, onAtBottom, ref }: LogListProps): ReactNode {
  const { t } = useTranslation('chat');
  const { store, me } = useRoomHandle();
  const log = useRoom((snapshot) => snapshot.log);
  const badgesVersion = useRoom((snapshot) => snapshot.badgesVersion);
  const pending = useRoom((snapshot) => snapshot.pending);
  const { pinned, number } = useIncident();
  const people = usePeople();
  const style = useTimeStyle();
  const virtuoso = useRef<VirtuosoHandle>(null);
  const scroller = useRef<HTMLElement | null>(null);
  const { preferences } = usePreferences();

  const indexOf = useMemo(() => createRowIndex(filter, me.id), [filter, me.id]);
  const { seqs, added } = useMemo(() => indexOf(log), [indexOf, log]);
  const mine = useMemo(
    () =>
      pending.filter(
        (item) =>
          item.type.startsWith('chat.') && !(item.phase.kind === 'sent' && item.phase.seq <= log.last),
      ),
    [pending, log],
  );
  const names = useMemo(
    () =>
      [...people.values()]
        .map((each) => each.name)
        .filter((name) => name !== '')
        .toSorted((a, b) => b.length - a.length),
    [people],
  );
  const pinnedSet = useMemo(() => new Set(pinned), [pinned]);
  const firstIndex = BASE - added;
  const startPlace = unread.line === null ? -1 : seqs.indexOf(unread.line);
  const { following, toEnd: follow, leave, scrollerIs } = useFollowing(startPlace < 0, onAtBottom);
  const count = seqs.length + mine.length;

  const [active, setActive] = useState<number | null>(null);
  const [flash, setFlash] = useState<number | null>(null);

  const show = useCallback(
    async (seq: number, flashed = true): Promise<boolean> => {
      if (!(await store.loadBackTo(seq))) return false;
      const { seqs: all } = indexOf(store.getSnapshot().log);
      const place = all.indexOf(seq);
      if (place < 0) return false;
      if (flashed) setFlash(seq);
      setActive(seq);
      leave();
      await settle(
        () => {
          leave();
          virtuoso.current?.scrollToIndex({
            index: indexOf(store.getSnapshot().log).seqs.indexOf(seq),
            align: 'center',
          });
        },
        () => isSeen(scroller.current, seq),
      );
      return true;
    },
    [store, indexOf, leave],
  );
  const focusSeq = useCallback((seq: number): void => {
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`#e${seq}`)?.focus({ preventScroll: true }),
      ),
    );
  }, []);
  const takeScroller = useCallback(
    (element: HTMLElement | Window | null): void => {
      scroller.current = element instanceof HTMLElement ? element : null;
      scrollerIs(scroller.current);
    },
    [scrollerIs],
  );
  const toEnd = useCallback(() => {
    follow();
    virtuoso.current?.scrollToIndex({ index: 'LAST', align: 'end' });
  }, [follow]);

  useImperativeHandle(
    ref,
    () => ({
      show: async (seq) => {
        const shown = await show(seq);
        if (shown) focusSeq(seq);
        return shown;
      },
      toEnd,
      focusRow: () => {
        const seq = active ?? seqs.at(-1);
        if (seq !== undefined) focusSeq(seq);
      },
    }),
    [show, toEnd, focusSeq, active, seqs],
  );

  // What I have just written is shown, wherever I was.
  const newestMine = mine.at(-1)?.commandId;
  const seenMine = useRef(newestMine);
  useEffect(() => {
    if (newestMine !== undefined && newestMine !== seenMine.current) requestAnimationFrame(toEnd);
    seenMine.current = newestMine;
  }, [newestMine, toEnd]);

  const onRowKey = (event: KeyboardEvent, entry: Entry): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = keyMeant(event.nativeEvent);
    const letters = preferences.singleKeys;
    const step =
      key === 'arrowdown' || (letters && key === 'j')
        ? 1
        : key === 'arrowup' || (letters && key === 'k')
          ? -1
          : 0;
    if (step !== 0) {
      const next = seqs[seqs.indexOf(entry.seq) + step];
      if (next === undefined) return;
      setActive(next);
      virtuoso.current?.scrollIntoView({ index: seqs.indexOf(next) });
      focusSeq(next);
    } else if (key === 'end') toEnd();
    else if (letters && key === 'r') acts.reply(entry);
    else if (letters && key === 'i') acts.pin(entry);
    else if (letters && key === 'y') acts.copy(entry);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const row = (index: number): ReactNode => {
    const place = index - firstIndex;
    const seq = seqs[place];
    if (seq === undefined) {
      const item = mine[place - seqs.length];
      return item ? (
        <article className="row" aria-label={t('pendingRow')}>
          <PendingRow item={item} names={names} />
        </article>
      ) : (
        <div className="row" />
      );
    }
    const entry = entryAt(log, seq);
    if (!entry) return <div className="row" />;
    const previous = seqs[place - 1];
    const { replyTo } = entry.body as { replyTo?: number };
    const isDay = startsDay(log, previous, seq);
    const hasFocusPlace = active === null ? place === seqs.length - 1 : active === seq;
    return (
      <>
        {isDay ? <p className="day-line">{formatDate(entry.at, style)}</p> : null}
        {/* A feed is walked entry by entry, so that its articles take focus and keys (ARIA feed pattern). */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <article
          className="row"
          id={`e${seq}`}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={hasFocusPlace ? 0 : -1}
          aria-posinset={seq}
          aria-setsize={-1}
          aria-label={t('rowLabel', { seq })}
          data-unread={unread.line === seq}
          data-flash={flash === seq}
          onFocus={() => setActive(seq)}
          onMouseEnter={() => setActive(seq)}
          onKeyDown={(event) => onRowKey(event, entry)}
        >
          {unread.line === seq ? (
            <span className="unread-mark">
              {t('unreadLine')} <SinceLink number={number} last={log.last} left={seq - 1} />
            </span>
          ) : null}
          <LogRow
            entry={entry}
            held={store.badges.at(seq)}
            continues={!isDay && continuesGroup(log, previous, seq, store.badges.at)}
            text={currentText(log, entry)}
            corrections={log.corrections.get(seq)}
            pinned={pinnedSet.has(seq)}
            names={names}
            myName={me.name}
            replyTo={replyTo === undefined ? undefined : entryAt(log, replyTo)}
            onJump={(to) => void show(to).then((shown) => (shown ? focusSeq(to) : undefined))}
          />
          {active === seq ? <RowActions entry={entry} {...acts} /> : null}
        </article>
      </>
    );
  };

  return (
    <Virtuoso
      ref={virtuoso}
      className="log-list"
      role="feed"
      aria-label={t('feed')}
      aria-busy={badgesVersion < 0}
      tabIndex={-1}
      scrollerRef={takeScroller}
      totalCount={count}
      firstItemIndex={firstIndex}
      initialTopMostItemIndex={
        startPlace >= 0
          ? { index: startPlace, align: 'center' }
          : { index: Math.max(0, count - 1), align: 'end' }
      }
      alignToBottom
      atBottomThreshold={AT_END}
      atBottomStateChange={(isAtEnd) => (isAtEnd ? follow() : undefined)}
      followOutput={() => (following() ? 'auto' : false)}
      startReached={() => void store.loadOlder()}
      increaseViewportBy={{ top: 600, bottom: 200 }}
      computeItemKey={(index) => keyOf(index - firstIndex)}
      itemContent={row}
      data-at-bottom={atBottom}
    />
  );

  /** A message of mine keeps its place in the page when it becomes an entry. */
  function keyOf(place: number): string {
    const seq = seqs[place];
    if (seq === undefined) return mine[place - seqs.length]?.commandId ?? `none-${place}`;
    const entry = entryAt(log, seq);
    return entry?.actor === me.id && entry.commandId ? entry.commandId : String(seq);
  }
}
