import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { isSingleKey } from './keys.ts';
import { KeyCap } from './KeyCap.tsx';
import { useKeyRegistry } from './keysContext.tsx';
import { usePreferences } from './preferences.tsx';

/** The keys that act on the present page. */
export function KeysDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation('common');
  const registry = useKeyRegistry();
  const { preferences } = usePreferences();
  const listed = registry.list().filter((binding) => binding.label !== undefined);
  const unique = [...new Map(listed.map((binding) => [binding.combination, binding])).values()];
  const shown = unique.filter((binding) => preferences.singleKeys || !isSingleKey(binding.combination));

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      size={480}
      yOffset={96}
    >
      <dl className="keys-list">
        {shown.map((binding) => (
          <div key={binding.combination}>
            <dt>{binding.label}</dt>
            <dd>
              <KeyCap combination={binding.combination} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="muted meta">{preferences.singleKeys ? t('keys.note') : t('keys.off')}</p>
    </Modal>
  );
}
