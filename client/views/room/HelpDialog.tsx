import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useCommands } from '../../app/commands.ts';
import { useTranslation } from '../../i18n/index.ts';
import { slashCommands } from '../../room/slash.ts';
import { RoomDialog } from './RoomDialog.tsx';

/** What can be typed after a slash, in both languages. */
export function HelpDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['chat', 'room', 'common']);
  const { openKeys } = useCommands();
  return (
    <RoomDialog
      title={t('room:help.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={520}
      actions={
        <Button
          variant="default"
          onClick={() => {
            onClose();
            openKeys();
          }}
        >
          {t('room:help.keys')}
        </Button>
      }
    >
      <table className="help-table">
        <tbody>
          {slashCommands.map((command) => (
            <tr key={command.id}>
              <th scope="row">
                <code>/{command.id}</code> <code>/{command.ko}</code>
              </th>
              <td>{t(`chat:slash.${command.id}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{t('room:help.escape')}</p>
    </RoomDialog>
  );
}
