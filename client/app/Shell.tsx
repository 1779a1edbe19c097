import { useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { DeclareDialog } from '../views/declare/DeclareDialog.tsx';
import { useTranslation } from '../i18n/index.ts';
import { CommandsContext, useNewPaletteRegistry } from './commands.ts';
import type { Commands, DeclarePrefill } from './commands.ts';
import { KeysDialog } from './KeysDialog.tsx';
import { useKey } from './keysContext.tsx';
import { announce } from './announce.ts';
import { useUnrest } from './calm.ts';
import { useIncidentNews } from './incidentNews.ts';
import { Navigation } from './Navigation.tsx';
import { NewVersionContext, useNewVersionWatch } from './newVersion.ts';
import { OfferBar, useOffersElsewhere } from './OfferBar.tsx';
import { Palette } from './Palette.tsx';
import { isBoard } from './recentRooms.ts';
import { moveToRegion } from './regions.ts';
import { useMe } from './session.tsx';
import { ShellActions } from './ShellActions.tsx';
import { WaitsElsewhereContext } from './title.ts';
import './shell.css';

type Open =
  | { dialog: 'none' }
  | { dialog: 'palette' }
  | { dialog: 'keys' }
  | { dialog: 'declare'; prefill: DeclarePrefill };

/** What is around every view behind sign-in: the way between views, the palette, declaring from anywhere, the keys. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation(['common', 'board']);
  const [location, navigate] = useLocation();
  const [open, setOpen] = useState<Open>({ dialog: 'none' });
  const registry = useNewPaletteRegistry();
  const mayDeclare = useMe().access === 'responder';
  const onBoard = isBoard(location);
  const offers = useOffersElsewhere();
  const newVersion = useNewVersionWatch();
  useUnrest(offers.length > 0);
  useIncidentNews(
    useCallback(
      ({ number, severity, title, status }) => {
        // Only who watches the board is told; a new incident is nobody's business in the room of another.
        if (onBoard && status === 'investigating')
          announce('polite', t('board:new', { number, severity, title }));
      },
      [onBoard, t],
    ),
  );
  const close = useCallback(() => setOpen({ dialog: 'none' }), []);
  const commands = useMemo<Commands>(
    () => ({
      registry,
      openPalette: () => setOpen({ dialog: 'palette' }),
      openDeclare: (prefill = {}) => setOpen({ dialog: 'declare', prefill }),
      openKeys: () => setOpen({ dialog: 'keys' }),
    }),
    [registry],
  );

  useKey('ctrl+k', () => setOpen(open.dialog === 'palette' ? { dialog: 'none' } : { dialog: 'palette' }), {
    label: t('common:keys.palette'),
    inText: true,
    inDialogs: open.dialog === 'palette',
  });
  useKey('ctrl+/', commands.openKeys, { label: t('common:keys.help'), inText: true });
  useKey('d', () => commands.openDeclare(), { label: t('common:keys.declare'), when: mayDeclare });
  useKey('g b', () => navigate('/board'), { label: t('common:keys.board') });
  useKey('ctrl+f6', () => moveToRegion(1), { label: t('common:keys.nextRegion'), inText: true });
  useKey('ctrl+shift+f6', () => moveToRegion(-1), { label: t('common:keys.previousRegion'), inText: true });

  return (
    <CommandsContext value={commands}>
      <a className="skip-link" href="#content">
        {t('common:nav.skip')}
      </a>
      <div className="shell" data-offer={offers.length > 0}>
        <Navigation />
        <div className="shell-content" id="content" tabIndex={-1}>
          <NewVersionContext value={newVersion}>
            <OfferBar offers={offers} />
            <WaitsElsewhereContext value={offers.length > 0}>{children}</WaitsElsewhereContext>
          </NewVersionContext>
        </div>
      </div>
      <ShellActions />
      {open.dialog === 'palette' ? <Palette onClose={close} /> : null}
      {open.dialog === 'keys' ? <KeysDialog onClose={close} /> : null}
      {open.dialog === 'declare' && mayDeclare ? (
        <DeclareDialog prefill={open.prefill} onClose={close} />
      ) : null}
    </CommandsContext>
  );
}
