import { useCallback, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { announce } from '../../app/announce.ts';
import { copyText } from '../../app/copy.ts';
import { useKey } from '../../app/keysContext.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useIncident, useRoom, useSend } from '../../room/RoomContext.tsx';
import { logFilters } from '../../room/rows.ts';
import type { LogFilter } from '../../room/rows.ts';
import { unreadCount } from '../../room/unread.ts';
import type { Assignment } from '../room/AssignDialog.tsx';
import { Composer } from './Composer.tsx';
import type { ComposerHandle } from './Composer.tsx';
import { FindPanel } from './FindPanel.tsx';
import { LogList } from './LogList.tsx';
import type { LogListHandle } from './LogList.tsx';
import { RedactDialog } from './RedactDialog.tsx';
import { addressOf } from './RowActions.tsx';
import { useHashEntry } from './useHashEntry.ts';
import { useShownSeqs } from './useShownSeqs.ts';
import { useUnread } from './useUnread.ts';
import './chat.css';

interface LogPaneProps {
  onAssign: (assignment: Assignment) => void;
}

/** Everything said and done, in one order, and the box to say more. */
export function LogPane({ onAssign }: LogPaneProps): ReactNode {
  const { t } = useTranslation('chat');
  const [filter, setFilter] = useState<LogFilter>('all');
  const [atBottom, setAtBottom] = useState(true);
  const [query, setQuery] = useState<string | null>(null);
  const [hiding, setHiding] = useState<Entry | null>(null);
  const list = useRef<LogListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const { unread, clear } = useUnread(atBottom);
  const send = useSend();
  const { number } = useIncident();

  const acts = useMemo(
    () => ({
      reply: (entry: Entry) => composer.current?.reply(entry),
      correct: (entry: Entry) => composer.current?.correct(entry),
      hide: setHiding,
      pin: (entry: Entry) => void send('entry.pin', { seq: entry.seq }),
      copy: (entry: Entry) => {
        void copyText(addressOf(number, entry.seq)).then((copied) => {
          if (copied) announce('polite', t('act.copied'));
        });
      },
    }),
    [send, number, t],
  );

  const goTo = useCallback(async (seq: number): Promise<void> => {
    const shown = await list.current?.show(seq);
    if (shown) return;
    // A filter may hide it; a link must not lead nowhere.
    setFilter('all');
    requestAnimationFrame(() => void list.current?.show(seq));
  }, []);
  useHashEntry(goTo);

  const toUnread = (): void => {
    if (unread.line === null) return list.current?.toEnd();
    const { line } = unread;
    void goTo(line).then(clear);
  };
  useKey('m', toUnread, { label: t('keys.unread') });
  useKey('c', () => composer.current?.focus(), { label: t('keys.composer') });
  useKey('/', () => setQuery(''), { label: t('keys.find') });
  useKey('j', () => list.current?.focusRow(), { label: t('keys.rows') });
  useKey('k', () => list.current?.focusRow());

  return (
    <section className="log" aria-label={t('title')} data-region="log">
      <header className="log-head">
        <h2 className="visually-hidden">{t('title')}</h2>
        <fieldset className="log-filters">
          <legend className="visually-hidden">{t('filter.label')}</legend>
          {logFilters.map((each) => (
            <button
              key={each}
              type="button"
              className="log-filter"
              aria-pressed={each === filter}
              onClick={() => setFilter(each)}
            >
              {t(`filter.${each}`)}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          className="log-filter"
          aria-expanded={query !== null}
          onClick={() => setQuery(query === null ? '' : null)}
        >
          {t('find.open')}
        </button>
      </header>
      {query === null ? null : (
        <FindPanel
          query={query}
          onQuery={setQuery}
          onChoose={(seq) => void goTo(seq)}
          onClose={() => setQuery(null)}
        />
      )}
      <div className="log-body">
        <LoadingOlder />
        <LogList
          key={filter}
          ref={list}
          filter={filter}
          unread={unread}
          acts={acts}
          atBottom={atBottom}
          onAtBottom={setAtBottom}
        />
        <Newer
          hidden={atBottom}
          count={<NewerCount filter={filter} unread={unread} />}
          hasLine={unread.line !== null}
          onEnd={() => list.current?.toEnd()}
          onUnread={toUnread}
        />
      </div>
      <AsOf />
      <Composer ref={composer} onAssign={onAssign} onFind={setQuery} onSent={clear} />
      {hiding ? <RedactDialog entry={hiding} onClose={() => setHiding(null)} /> : null}
    </section>
  );
}

function NewerCount({
  filter,
  unread,
}: {
  filter: LogFilter;
  unread: Parameters<typeof unreadCount>[0];
}): ReactNode {
  const { t } = useTranslation('chat');
  const count = unreadCount(unread, useShownSeqs(filter));
  return count > 0 ? t('newer', { count }) : t('toEnd');
}

/** The way back to the newest entry, over the list, in a place of its own. */
function Newer(props: {
  hidden: boolean;
  count: ReactNode;
  hasLine: boolean;
  onEnd: () => void;
  onUnread: () => void;
}): ReactNode {
  const { t } = useTranslation('chat');
  if (props.hidden && !props.hasLine) return null;
  return (
    <>
      {props.hasLine ? (
        <div className="newer" data-at="top">
          <button type="button" className="newer-button" onClick={props.onUnread}>
            {t('firstUnread')} <kbd>M</kbd>
          </button>
        </div>
      ) : null}
      {props.hidden ? null : (
        <div className="newer">
          <button type="button" className="newer-button" onClick={props.onEnd}>
            ↓ {props.count}
          </button>
        </div>
      )}
    </>
  );
}

function LoadingOlder(): ReactNode {
  const { t } = useTranslation('chat');
  const loading = useRoom((snapshot) => snapshot.loading);
  return loading ? <p className="log-loading meta">{t('loading')}</p> : null;
}

/** Without connection the log says as of when it is. */
function AsOf(): ReactNode {
  const { t } = useTranslation('chat');
  const connection = useConnectionState();
  const style = useTimeStyle();
  if (connection.kind !== 'offline') return null;
  return <p className="as-of">{t('asOf', { time: formatClock(connection.since, style) })}</p>;
}
