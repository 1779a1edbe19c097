import { useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { DeclareDialog } from '../views/declare/DeclareDialog.tsx';
import { useTranslation } from '../i18n/index.ts';
import { CommandsContext, useNewPaletteRegistry } from './commands.ts';
import type { Commands, DeclarePrefill } from './commands.ts';
import { KeysDialog } from './KeysDialog.tsx';
import { useKey } from './keysContext.tsx';
import { Navigation } from './Navigation.tsx';
import { Palette } from './Palette.tsx';
import { moveToRegion } from './regions.ts';
import { useMe } from './session.tsx';
import { ShellActions } from './ShellActions.tsx';
import './shell.css';

type Open =
  | { dialog: 'none' }
  | { dialog: 'palette' }
  | { dialog: 'keys' }
  | { dialog: 'declare'; prefill: DeclarePrefill };

/** What is around every view behind sign-in: the way between views, the palette, declaring from anywhere, the keys. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation('common');
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<Open>({ dialog: 'none' });
  const registry = useNewPaletteRegistry();
  const mayDeclare = useMe().access === 'responder';
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
    label: t('keys.palette'),
    inText: true,
    inDialogs: open.dialog === 'palette',
  });
  useKey('ctrl+/', commands.openKeys, { label: t('keys.help'), inText: true });
  useKey('d', () => commands.openDeclare(), { label: t('keys.declare'), when: mayDeclare });
  useKey('g b', () => navigate('/board'), { label: t('keys.board') });
  useKey('ctrl+f6', () => moveToRegion(1), { label: t('keys.nextRegion'), inText: true });
  useKey('ctrl+shift+f6', () => moveToRegion(-1), { label: t('keys.previousRegion'), inText: true });

  return (
    <CommandsContext value={commands}>
      <a className="skip-link" href="#content">
        {t('nav.skip')}
      </a>
      <div className="shell">
        <Navigation />
        <div className="shell-content" id="content" tabIndex={-1}>
          {children}
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
