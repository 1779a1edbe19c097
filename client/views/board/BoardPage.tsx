import { Button, Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { useCommands } from '../../app/commands.ts';
import { useKey } from '../../app/keysContext.tsx';
import { KeyCap } from '../../app/KeyCap.tsx';
import { usePeopleList } from '../../app/people.tsx';
import { useMe } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { useNow } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { arrangeBoard, boardGroups } from './boardGroups.ts';
import type { BoardGroup } from './boardGroups.ts';
import { BoardRow } from './BoardRow.tsx';
import { BoardSearch } from './BoardSearch.tsx';
import { BoardState } from './BoardState.tsx';
import { useBoard } from './useBoard.ts';
import { useSettledOrder } from './useSettledOrder.ts';
import './board.css';

const MINUTE = 60_000;

/** Which incidents there are, worst and mine first; the way into each, and declaring a new one. */
export default function BoardPage(): ReactNode {
  const { t } = useTranslation(['board', 'common']);
  const me = useMe();
  const board = useBoard();
  const now = Math.floor(useNow() / MINUTE) * MINUTE;
  const wanted = arrangeBoard(board.incidents, me.id, now);
  const { shown, changes, showNow, hold } = useSettledOrder(wanted);
  const heading = useRef<HTMLHeadingElement>(null);
  const query = useBoardAddress();
  const byId = new Map(board.incidents.map((incident) => [incident.id, incident]));
  const overdue = board.incidents.some(
    (incident) =>
      incident.commander === me.id && incident.nextUpdateAt && Date.parse(incident.nextUpdateAt) < now,
  );
  useTitle(overdue ? `(1) ${t('title')}` : t('title'));

  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <main className="board" data-region="board">
      <header className="board-head">
        <h1 ref={heading} tabIndex={-1}>
          {t('title')}
        </h1>
        {me.access === 'responder' ? (
          <BoardSearch value={query.text} onChange={query.setText} field={query.field} />
        ) : null}
        <BoardState error={board.error} asOf={board.asOf} known={board.known} retry={board.refresh} />
        {me.access === 'responder' ? <DeclareButton /> : null}
      </header>
      {me.access === 'stakeholder' ? (
        <p className="board-empty">
          {t('reader')}{' '}
          <a className="stand-alone" href="/stakeholder/incidents">
            {t('readerList')}
          </a>
        </p>
      ) : null}
      {query.text.trim() === '' ? null : (
        <BoardSearch.Results query={query.text} incidents={board.incidents} />
      )}
      <div className="board-changes">
        {changes > 0 ? (
          <Button variant="default" size="compact-sm" onClick={showNow}>
            {t('changes', { count: changes })}
          </Button>
        ) : null}
      </div>
      {me.access === 'stakeholder' ? null : board.known || board.error ? (
        <div {...hold}>
          {boardGroups.map((group) => (
            <Group
              key={group}
              group={group}
              incidents={shown
                .filter((placed) => placed.group === group)
                .flatMap(({ id }) => byId.get(id) ?? [])}
              known={board.known}
              isAlone={!shown.some((placed) => placed.group === 'mine')}
            />
          ))}
        </div>
      ) : (
        <Loading />
      )}
    </main>
  );
}

function DeclareButton(): ReactNode {
  const { t } = useTranslation('board');
  const { openDeclare } = useCommands();
  return (
    <Button className="board-declare" onClick={() => openDeclare()} rightSection={<KeyCap combination="d" />}>
      {t('declare.button')}
    </Button>
  );
}

/** The address `/board?q=` holds the search; `/declare?title=` opens the dialog over the board; `/` puts the hand on search. */
function useBoardAddress(): {
  text: string;
  setText: (text: string) => void;
  field: React.RefObject<HTMLInputElement | null>;
} {
  const { t } = useTranslation('common');
  const [location, navigate] = useLocation();
  const [parameters, setParameters] = useSearchParams();
  const { openDeclare } = useCommands();
  const field = useRef<HTMLInputElement>(null);
  const text = parameters.get('q') ?? '';
  const find = parameters.get('find') !== null;

  useKey('/', () => field.current?.focus(), { label: t('keys.find') });

  useEffect(() => {
    if (location !== '/declare') return;
    const asked = new URLSearchParams(window.location.search);
    openDeclare({ title: asked.get('title') ?? '', severity: asked.get('severity') ?? '' });
    navigate('/board', { replace: true });
  }, [location, navigate, openDeclare]);

  useEffect(() => {
    if (!find) return;
    field.current?.focus();
    setParameters({}, { replace: true });
  }, [find, setParameters]);

  return {
    text,
    setText: (next) => setParameters(next === '' ? {} : { q: next }, { replace: true }),
    field,
  };
}

interface GroupProps {
  group: BoardGroup;
  incidents: readonly IncidentSummary[];
  known: boolean;
  /** No other group has what is open: only then an empty one is worth words. */
  isAlone: boolean;
}

function Group({ group, incidents, known, isAlone }: GroupProps): ReactNode {
  const { t } = useTranslation('board');
  const [unfolded, setUnfolded] = useState(false);
  if (incidents.length === 0 && (group !== 'open' || !isAlone)) return null;
  const folded = group === 'resolved' && !unfolded;
  return (
    <section className="board-group" aria-labelledby={`group-${group}`}>
      <div className="board-group-head">
        <h2 id={`group-${group}`}>
          {t(`group.${group}`)} <span className="muted tabular">{incidents.length}</span>
        </h2>
        {group === 'resolved' ? (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={unfolded}
            onClick={() => setUnfolded((before) => !before)}
          >
            {unfolded ? t('hide') : t('show')}
          </Button>
        ) : null}
      </div>
      {incidents.length === 0 && known ? <Empty /> : null}
      {folded || incidents.length === 0 ? null : (
        <ul className="board-list">
          {incidents.map((incident) => (
            <BoardRow key={incident.id} incident={incident} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Nothing is open; an administrator who is still alone here is told what to do first. */
function Empty(): ReactNode {
  const { t } = useTranslation('board');
  const me = useMe();
  const { people, known } = usePeopleList();
  const isAlone = me.admin && known && people.length <= 1;
  return (
    <div className="board-empty muted">
      <p>{t('empty')}</p>
      {isAlone ? (
        <p>
          {t('alone')} <Link href="/settings/people">{t('invite')}</Link>
        </p>
      ) : null}
    </div>
  );
}

/** The frame at once, grey bars only when it takes longer than one notices. */
function Loading(): ReactNode {
  const { t } = useTranslation('common');
  const [slow, setSlow] = useState<'no' | 'bars' | 'words'>('no');
  useEffect(() => {
    const bars = window.setTimeout(() => setSlow('bars'), 300);
    const words = window.setTimeout(() => setSlow('words'), 3_000);
    return () => {
      window.clearTimeout(bars);
      window.clearTimeout(words);
    };
  }, []);
  if (slow === 'no') return null;
  return (
    <div aria-busy="true">
      {slow === 'words' ? <p className="muted">{t('load.wait')}</p> : null}
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} height={64} mb={8} animate={false} />
      ))}
    </div>
  );
}
