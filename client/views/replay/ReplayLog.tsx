import { useCallback, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Virtuoso } from 'react-virtuoso';
import type { Components, VirtuosoHandle } from 'react-virtuoso';
import type { Entry } from '#shared/contract/entries.ts';
import { happenedAt } from '#shared/review/delays.ts';
import { TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { formatDate } from '../../design/time.ts';
import type { TimeStyle } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { AttachmentView } from '../attachments/AttachmentView.tsx';
import { MessageText } from '../chat/MessageText.tsx';
import { HeldBadge } from '../room/HeldBadge.tsx';
import { entryWords } from './entryWords.ts';
import { isFromOutside } from './order.ts';
import type { Timeline } from './timeline.ts';
import { useWordsAround } from './useWordsAround.ts';

interface ReplayLogProps {
  timeline: Timeline;
  /** Place of the moment in the order shown. */
  at: number;
  /** Places after this one are new since the earlier of two moments; null where there is one moment. */
  since: number | null;
  moveTo: (seq: number) => void;
}

/** The feed is the list inside the scroller, so that its articles are its children. */
const LIST: Components<unknown, string> = {
  List: ({ context, children, ref, style }) => (
    <div ref={ref} style={style} role="feed" aria-label={context} aria-busy={false}>
      {children}
    </div>
  ),
};

/** Rows that are measured this soon after a step do not push the moment out of sight. Milliseconds. */
const FOLLOWING = 1_500;

const NO_NAMES: readonly string[] = [];

/** The log up to the moment, the moment itself last and marked. Not live: the slider says where one is. */
export function ReplayLog({ timeline, at, since, moveTo }: ReplayLogProps): ReactNode {
  const { t } = useTranslation('replay');
  const style = useTimeStyle();
  const list = useRef<VirtuosoHandle>(null);
  const place = useRef<HTMLDivElement>(null);
  const now = useRef(at);
  const following = useRef(0);
  const follow = useCallback(() => {
    if (now.current > 0) list.current?.scrollToIndex({ index: now.current - 1, align: 'end' });
  }, []);
  useEffect(() => {
    now.current = at;
    following.current = performance.now() + FOLLOWING;
    // The list has to have grown before it can be told to go there.
    const frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [at, follow]);
  useEffect(() => {
    const observer = new ResizeObserver(follow);
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
  }, [follow]);
  return (
    <div
      ref={place}
      className="replay-log"
      onWheel={() => {
        following.current = 0;
      }}
    >
      {/* A list that begins empty would begin at its first entry. */}
      {at === 0 ? null : (
        <Virtuoso
          ref={list}
          totalCount={at}
          initialTopMostItemIndex={{ index: at - 1, align: 'end' }}
          computeItemKey={(index) => index + 1}
          components={LIST}
          context={t('log')}
          increaseViewportBy={200}
          totalListHeightChanged={() => {
            if (performance.now() < following.current) follow();
          }}
          itemContent={(index) => {
            const entry = timeline.entry(timeline.order().seqAt(index + 1));
            return entry ? (
              <Row
                day={dayBegun(timeline, index + 1, style)}
                entry={entry}
                place={index + 1}
                timeline={timeline}
                isNow={index + 1 === at}
                isNew={since !== null && index + 1 > since}
                moveTo={moveTo}
              />
            ) : (
              <div className="replay-row" />
            );
          }}
        />
      )}
    </div>
  );
}

/** The date where a place is the first of its day. */
function dayBegun(timeline: Timeline, place: number, style: TimeStyle): string | null {
  const [before, here] = [timeline.order().times[place - 2], timeline.order().times[place - 1] ?? 0];
  const day = formatDate(here, style);
  return before !== undefined && formatDate(before, style) === day ? null : day;
}

interface RowProps {
  /** Stands above the row. */
  day: string | null;
  entry: Entry;
  place: number;
  timeline: Timeline;
  isNow: boolean;
  isNew: boolean;
  moveTo: (seq: number) => void;
}

function Row({ day, entry, place, timeline, isNow, isNew, moveTo }: RowProps): ReactNode {
  const { t } = useTranslation('replay');
  const words = useWordsAround(timeline, entry.seq);
  const said = wordsSaid(entry);
  const outside = isFromOutside(entry);
  const text = said ?? entryWords(entry, words);
  return (
    <article
      className="replay-row"
      data-now={isNow}
      data-new={isNew}
      data-seq={entry.seq}
      data-kind={outside ? 'outside' : said === null ? 'command' : 'chat'}
      aria-posinset={place}
      aria-setsize={-1}
    >
      {day === null ? null : <p className="replay-day">{day}</p>}
      <span className="replay-row-head">
        <TimeOf at={happenedAt(entry)} />
        {outside ? null : <HeldBadge held={timeline.badgeAt(entry.seq)} />}
        <bdi className="replay-author">{outside ? outsideVoice(entry) : words.nameOf(entry.actor)}</bdi>
        {outside ? (
          <span className="replay-unverified">
            {entry.type === 'record.imported' ? t('imported') : t('toldLater')}
          </span>
        ) : null}
        <button
          type="button"
          className="replay-seq"
          onClick={() => moveTo(entry.seq)}
          title={t('goTo', { seq: entry.seq })}
        >
          #{entry.seq}
        </button>
      </span>
      {said === null ? <p dir="auto">{text}</p> : <MessageText text={text} names={NO_NAMES} myName="" />}
      <AttachmentView entry={entry} />
    </article>
  );
}

/** What a person said, in their own words; null for an entry that is told in ours. */
function wordsSaid(entry: Entry): string | null {
  if (entry.redacted || entry.withheld) return null;
  if (entry.type !== 'chat.posted' && !isFromOutside(entry)) return null;
  const { text } = entry.body;
  return typeof text === 'string' ? text : null;
}

function outsideVoice(entry: Entry): string {
  const { who, place } = entry.body;
  return [who, place].filter((each) => typeof each === 'string').join(', ');
}
