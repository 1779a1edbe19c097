import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { excerpt } from './LogRow.tsx';

/** Hides what an entry says, for good; says so before. */
export function RedactDialog({ entry, onClose }: { entry: Entry; onClose: () => void }): ReactNode {
  const { t } = useTranslation(['chat', 'room', 'common']);
  const send = useSend();
  const log = useRoom((snapshot) => snapshot.log);
  const corrections = (log.corrections.get(entry.seq) ?? []).filter(({ seq }) => !log.redactions.has(seq));
  const whyNot = useWhyNot()('entry.redact');
  const [reason, setReason] = useState('');
  const id = useId();

  /** What was corrected still says it: each correction is hidden, too. Answers the first refusal, or the last yes. */
  async function hide(): Promise<GivenAnswer> {
    const first = await send('entry.redact', { seq: entry.seq, reason: reason.trim() });
    if (!first.ok) return first;
    for (const { seq } of corrections) {
      const answer = await send('entry.redact', { seq, reason: reason.trim() });
      if (!answer.ok) return answer;
    }
    return first;
  }

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
        send={hide}
        onDone={onClose}
        onCancel={onClose}
        danger
      >
        <p>{t('chat:hide.effect')}</p>
        {corrections.length === 0 ? null : <p>{t('chat:hide.corrections', { count: corrections.length })}</p>}
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
