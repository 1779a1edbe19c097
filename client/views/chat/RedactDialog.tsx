import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { excerpt } from './LogRow.tsx';

/** Hides what an entry says, for good; says so before. */
export function RedactDialog({ entry, onClose }: { entry: Entry; onClose: () => void }): ReactNode {
  const { t } = useTranslation(['chat', 'room', 'common']);
  const send = useSend();
  const whyNot = useWhyNot()('entry.redact');
  const [reason, setReason] = useState('');
  const id = useId();
  return (
    <RoomDialog
      title={t('chat:hide.title', { seq: entry.seq })}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={480}
    >
      <CommandForm
        submitLabel={t('chat:hide.submit')}
        whyNot={whyNot}
        missing={reason.trim() === '' ? t('room:reason.needed') : null}
        send={() => send('entry.redact', { seq: entry.seq, reason: reason.trim() })}
        onDone={onClose}
        onCancel={onClose}
        danger
      >
        <p>{t('chat:hide.effect')}</p>
        <blockquote className="quoted">
          <bdi>{excerpt(entry)}</bdi>
        </blockquote>
        <div className="field">
          <label htmlFor={id}>{t('room:reason.label')}</label>
          <textarea
            id={id}
            data-first-field
            className="text-input"
            rows={2}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      </CommandForm>
    </RoomDialog>
  );
}
