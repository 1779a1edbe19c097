import { Modal } from '@mantine/core';
import { useEffect, useId, useState, useSyncExternalStore } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { announce } from './announce.ts';
import { useCommands } from './commands.ts';
import type { PaletteAction, PaletteGroup } from './commands.ts';
import { KeyCap } from './KeyCap.tsx';
import { arrangeActions } from './paletteOrder.ts';
import { useEnter } from './useEnter.ts';
import './palette.css';

const GROUPS: readonly PaletteGroup[] = ['waiting', 'act', 'incident', 'go', 'me'];

/** Every command of the present page, found by words in both languages, by initial consonants and in the wrong mode. */
export function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <Modal.Root opened onClose={onClose} padding={0} size={620} yOffset={96}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <PaletteBody onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation('common');
  const { registry } = useCommands();
  const actions = useSyncExternalStore(registry.subscribe, registry.list);
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const listId = useId();
  // Never deferred: Enter right after the last letter acts on what that letter found.
  const rows = arrangeActions(actions, query, GROUPS);
  const chosen = rows[Math.min(place, rows.length - 1)];

  function act(action: PaletteAction | undefined): void {
    if (!action || action.disabledReason !== undefined) {
      if (action?.disabledReason !== undefined) announce('polite', action.disabledReason);
      return;
    }
    onClose();
    // The dialog gives the focus back first, so that what the action opens can take it.
    window.setTimeout(action.run, 0);
  }

  const enter = useEnter(() => act(chosen));

  useEffect(() => {
    const timer = window.setTimeout(
      () => announce('polite', t('palette.results', { count: rows.length })),
      600,
    );
    return () => window.clearTimeout(timer);
  }, [rows.length, t]);

  useEffect(() => {
    if (chosen) document.getElementById(`${listId}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, listId]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return enter.onKeyDown(event);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return enter.onKeyDown(event);
    event.preventDefault();
    if (rows.length > 0)
      setPlace((before) => (Math.min(before, rows.length - 1) + step + rows.length) % rows.length);
  }

  return (
    <div className="palette">
      <input
        className="palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={chosen ? `${listId}-${chosen.id}` : undefined}
        aria-label={t('palette.field')}
        placeholder={t('palette.field')}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setPlace(0);
        }}
        {...enter}
        onKeyDown={onKeyDown}
      />
      {/* A list for the field above, with rows richer than the native one has. */}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role */}
      <div className="palette-list" id={listId} role="listbox" aria-label={t('palette.title')}>
        {rows.map((action, index) => (
          <PaletteRow
            key={action.id}
            id={`${listId}-${action.id}`}
            action={action}
            heading={query === '' && rows[index - 1]?.group !== action.group}
            chosen={action === chosen}
            onPoint={() => setPlace(index)}
            onAct={() => act(action)}
          />
        ))}
      </div>
      {rows.length === 0 ? <p className="palette-none muted">{t('palette.none', { query: query })}</p> : null}
    </div>
  );
}

interface RowProps {
  id: string;
  action: PaletteAction;
  /** The first of its group says the group's name. */
  heading: boolean;
  chosen: boolean;
  onPoint: () => void;
  onAct: () => void;
}

function PaletteRow({ id, action, heading, chosen, onPoint, onAct }: RowProps): ReactNode {
  const { t } = useTranslation('common');
  return (
    <>
      {heading ? (
        <div className="palette-group meta muted" role="presentation">
          {t(`palette.group.${action.group}`)}
        </div>
      ) : null}
      {/* Keys act in the field above, which names this row as the active one; rows are richer than native options. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        id={id}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="option"
        tabIndex={-1}
        className="palette-row"
        aria-selected={chosen}
        aria-disabled={action.disabledReason !== undefined}
        onPointerMove={onPoint}
        onPointerDown={(event) => event.preventDefault()}
        onClick={onAct}
      >
        <span className="palette-title">{action.title}</span>
        {action.disabledReason === undefined ? null : (
          <span className="muted meta">{action.disabledReason}</span>
        )}
        {action.keys === undefined ? null : <KeyCap combination={action.keys} />}
      </div>
    </>
  );
}
