import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import {
  BoardIcon,
  DeclareIcon,
  InsightsIcon,
  KeysIcon,
  RoomIcon,
  SearchIcon,
  SettingsIcon,
} from '../design/icons.tsx';
import { useTranslation } from '../i18n/index.ts';
import { useCommands } from './commands.ts';
import { isBoard, useRecentRooms } from './recentRooms.ts';
import { useMe } from './session.tsx';

/** The way between views: a rail at the side, on one-pane widths a foot. */
export function Navigation(): ReactNode {
  const { t } = useTranslation('common');
  const [location] = useLocation();
  const { openDeclare, openKeys, openPalette } = useCommands();
  const rooms = useRecentRooms();
  const mayDeclare = useMe().access === 'responder';
  const inRoom = /^\/i\/\d+/.test(location);
  const onBoard = isBoard(location);

  return (
    <nav className="rail" aria-label={t('nav.label')} data-in-room={inRoom} data-region="navigation">
      <Link className="rail-item" href="/board" aria-current={onBoard ? 'page' : undefined}>
        <BoardIcon />
        {t('nav.board')}
      </Link>
      {rooms.map((number) => (
        <Link
          key={number}
          className="rail-item rail-only-wide"
          href={`/i/${number}`}
          aria-label={t('nav.room', { number })}
          aria-current={
            location.startsWith(`/i/${number}/`) || location === `/i/${number}` ? 'page' : undefined
          }
        >
          <RoomIcon />
          <span className="tabular">{number}</span>
        </Link>
      ))}
      {mayDeclare ? (
        <button type="button" className="rail-item" onClick={() => openDeclare()} aria-keyshortcuts="d">
          <DeclareIcon />
          {t('nav.declare')}
        </button>
      ) : null}
      {mayDeclare ? (
        <Link
          className="rail-item rail-only-wide"
          href="/insights"
          aria-current={location.startsWith('/insights') ? 'page' : undefined}
        >
          <InsightsIcon />
          {t('nav.insights')}
        </Link>
      ) : null}
      <span className="rail-space" />
      <button type="button" className="rail-item" onClick={openPalette} aria-keyshortcuts="Control+k">
        <SearchIcon />
        {t('nav.palette')}
      </button>
      <button
        type="button"
        className="rail-item rail-only-wide"
        onClick={openKeys}
        aria-keyshortcuts="Control+/"
      >
        <KeysIcon />
        {t('nav.keys')}
      </button>
      <Link
        className="rail-item"
        href="/settings/me"
        aria-current={location.startsWith('/settings') ? 'page' : undefined}
      >
        <SettingsIcon />
        {t('nav.settings')}
      </Link>
    </nav>
  );
}
