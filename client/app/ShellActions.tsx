import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { setLocale, useTranslation } from '../i18n/index.ts';
import { apiOrThrow } from './api.ts';
import { useCommands, usePaletteActions } from './commands.ts';
import type { PaletteAction } from './commands.ts';
import { INCIDENTS_KEY } from './incidents.ts';
import type { IncidentPage } from './incidents.ts';
import { useSession } from './session.tsx';

/** Titles that a palette row is found by in the language the page does not have just now. */
function useOtherLanguage(): (key: PaletteTitle) => string {
  const { i18n } = useTranslation('common');
  const other = i18n.language === 'ko' ? 'en' : 'ko';
  return useMemo(() => {
    const fixed = i18n.getFixedT(other, 'common');
    return (key) => fixed(`palette.${key}`);
  }, [i18n, other]);
}

type PaletteTitle =
  | 'declare'
  | 'board'
  | 'find'
  | 'insights'
  | 'settings'
  | 'people'
  | 'keys'
  | 'english'
  | 'korean'
  | 'light'
  | 'dark'
  | 'system'
  | 'signOut';

/** The palette's rows that are there on every page. */
export function ShellActions(): ReactNode {
  const { t } = useTranslation(['common', 'board']);
  const other = useOtherLanguage();
  const { openDeclare, openKeys } = useCommands();
  const { setColorScheme } = useMantineColorScheme();
  const { signOut, person } = useSession();
  const mayDeclare = person?.access === 'responder';
  const [, navigate] = useLocation();

  const own = useMemo<PaletteAction[]>(() => {
    const row = (
      id: PaletteTitle,
      group: PaletteAction['group'],
      run: () => void,
      more: Partial<PaletteAction> = {},
    ): PaletteAction => ({
      id,
      title: t(`palette.${id}`),
      group,
      run,
      ...more,
      also: [other(id), ...(more.also ?? [])],
    });
    return [
      row('declare', 'act', openDeclare, {
        keys: 'd',
        also: ['incident', '장애 선언', 'new'],
        ...(mayDeclare ? {} : { disabledReason: t('board:declare.respondersOnly') }),
      }),
      row('board', 'go', () => navigate('/board'), { keys: 'g b' }),
      row('find', 'go', () => navigate('/board?find=1'), { keys: '/', also: ['search', '검색'] }),
      row('insights', 'go', () => navigate('/insights'), { also: ['measurements', '통계'] }),
      row('settings', 'go', () => navigate('/settings/me'), { also: ['preferences'] }),
      row('people', 'go', () => navigate('/settings/people'), { also: ['invite', '초대', '사용자'] }),
      row('keys', 'me', openKeys, { keys: 'ctrl+/', also: ['help', 'shortcuts', '도움말'] }),
      row('english', 'me', () => void setLocale('en', true), { also: ['English', 'language', '언어'] }),
      row('korean', 'me', () => void setLocale('ko', true), { also: ['한국어', 'language', '언어'] }),
      row('light', 'me', () => setColorScheme('light')),
      row('dark', 'me', () => setColorScheme('dark')),
      row('system', 'me', () => setColorScheme('auto')),
      row('signOut', 'me', () => void signOut(), { also: ['log out', 'logout'] }),
    ];
  }, [t, other, mayDeclare, openDeclare, openKeys, navigate, setColorScheme, signOut]);
  usePaletteActions(own);

  const open = useQuery({
    queryKey: [...INCIDENTS_KEY, 'open'],
    queryFn: ({ signal }) =>
      apiOrThrow<IncidentPage>('/api/incidents', { query: { status: 'open', limit: 100 }, signal }),
    enabled: person !== null,
  });
  const incidents = open.data?.incidents;
  const rooms = useMemo<PaletteAction[]>(
    () =>
      (incidents ?? []).map((incident) => ({
        id: `incident.${incident.number}`,
        title: t('palette.openIncident', { number: incident.number, title: incident.title }),
        also: [incident.title, String(incident.number), `INC-${incident.number}`],
        group: 'incident',
        run: () => navigate(`/i/${incident.number}`),
      })),
    [incidents, navigate, t],
  );
  usePaletteActions(rooms);
  return null;
}
