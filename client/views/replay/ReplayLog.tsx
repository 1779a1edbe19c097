import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Virtuoso } from 'react-virtuoso';
import type { Components, VirtuosoHandle } from 'react-virtuoso';
import type { Entry } from '#shared/contract/entries.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { AttachmentView } from '../attachments/AttachmentView.tsx';
import { MessageText } from '../chat/MessageText.tsx';
import { HeldBadge } from '../room/HeldBadge.tsx';
import { entryWords } from './entryWords.ts';
import type { Timeline } from './timeline.ts';
import { useWordsAround } from './useWordsAround.ts';

interface ReplayLogProps {
  timeline: Timeline;
  at: number;
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

const NO_NAMES: readonly string[] = [];

/** The log up to the moment, the moment itself last and marked. Not live: the slider says where one is. */
export function ReplayLog({ timeline, at, moveTo }: ReplayLogProps): ReactNode {
  const { t } = useTranslation('replay');
  const list = useRef<VirtuosoHandle>(null);
  useEffect(() => {
    if (at === 0) return;
    // The list has to have grown before it can be told to go there.
    const frame = requestAnimationFrame(() => list.current?.scrollToIndex({ index: at - 1, align: 'end' }));
    return () => cancelAnimationFrame(frame);
  }, [at]);
  const place = useRef<HTMLDivElement>(null);
  const now = useRef(at);
  useEffect(() => {
    now.current = at;
  }, [at]);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (now.current > 0) list.current?.scrollToIndex({ index: now.current - 1, align: 'end' });
    });
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className="replay-log">
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
          itemContent={(index) => {
            const entry = timeline.entry(index + 1);
            return entry ? (
              <Row entry={entry} timeline={timeline} isNow={entry.seq === at} moveTo={moveTo} />
            ) : (
              <div className="replay-row" />
            );
          }}
        />
      )}
    </div>
  );
}

interface RowProps {
  entry: Entry;
  timeline: Timeline;
  isNow: boolean;
  moveTo: (seq: number) => void;
}

function Row({ entry, timeline, isNow, moveTo }: RowProps): ReactNode {
  const { t } = useTranslation('replay');
  const words = useWordsAround(timeline, entry.seq);
  const isChat = entry.type === 'chat.posted' && !entry.redacted && !entry.withheld;
  const text = entryWords(entry, words);
  return (
    <article
      className="replay-row"
      data-now={isNow}
      data-kind={isChat ? 'chat' : 'command'}
      aria-posinset={entry.seq}
      aria-setsize={-1}
    >
      <span className="replay-row-head">
        <TimeOf at={entry.at} />
        <HeldBadge held={timeline.badgeAt(entry.seq)} />
        <bdi className="replay-author">{words.nameOf(entry.actor)}</bdi>
        <button
          type="button"
          className="replay-seq"
          onClick={() => moveTo(entry.seq)}
          title={t('goTo', { seq: entry.seq })}
        >
          #{entry.seq}
        </button>
      </span>
      {isChat ? <MessageText text={text} names={NO_NAMES} myName="" /> : <p dir="auto">{text}</p>}
      <AttachmentView entry={entry} />
    </article>
  );
}
