import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { RANGES_PER_REDACTION } from '#shared/contract/recordWords.ts';
import { ApiFailure, apiOrThrow } from '../../app/api.ts';
import { useNameOf } from '../../app/people.tsx';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import './records.css';

interface Deleted {
  text: string;
  by: string | null;
  ranges: { client: number; clock: number; length: number }[];
}

/** Erases from the history of the document what was deleted in it, for good; says so before. */
export function EraseDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['records', 'room', 'common']);
  const { id: incidentId } = useIncident();
  const nameOf = useNameOf();
  const sentence = useRefusal();
  const send = useSend();
  const whyNot = useWhyNot()('document.redact');
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [reason, setReason] = useState('');
  const [wantedId, reasonId] = [useId(), useId()];
  const list = useQuery({
    queryKey: ['deleted', incidentId],
    queryFn: async ({ signal }) =>
      (await apiOrThrow<{ deleted: Deleted[] }>(`/api/incidents/${incidentId}/document/deleted`, { signal }))
        .deleted,
    enabled: whyNot === null,
    gcTime: 0,
    staleTime: Infinity,
  });
  const failure = list.error instanceof ApiFailure ? list.error.error : null;
  const deleted = (list.data ?? []).map((one, index) => ({ ...one, index }));
  const fold = (text: string): string => text.normalize('NFC').toLowerCase();
  const shown = deleted.filter(({ text }) => fold(text).includes(fold(wanted.trim())));
  const ranges = deleted.filter(({ index }) => chosen.has(index)).flatMap((one) => one.ranges);

  function choose(index: number, isChosen: boolean): void {
    const next = new Set(chosen);
    if (isChosen) next.add(index);
    else next.delete(index);
    setChosen(next);
  }

  const missing =
    ranges.length === 0
      ? t('records:erase.choose')
      : ranges.length > RANGES_PER_REDACTION
        ? t('records:erase.tooMany')
        : reason.trim() === ''
          ? t('room:reason.needed')
          : null;
  return (
    <RoomDialog
      title={t('records:erase.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={560}
    >
      <CommandForm
        submitLabel={t('records:erase.submit')}
        whyNot={whyNot}
        missing={missing}
        send={() => send('document.redact', { name: 'main', ranges, reason: reason.trim() })}
        onDone={onClose}
        onCancel={onClose}
        danger
      >
        <p>{t('records:erase.effect')}</p>
        <div className="field">
          <label htmlFor={wantedId}>{t('records:erase.find')}</label>
          <input
            id={wantedId}
            data-first-field
            className="text-input"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
        {failure ? <p role="alert">{sentence(failure)}</p> : null}
        {list.isSuccess && shown.length === 0 ? <p className="muted">{t('records:erase.nothing')}</p> : null}
        <ul className="erase-list">
          {shown.map(({ index, text, by }) => (
            <li key={index}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(index)}
                  onChange={(event) => choose(index, event.target.checked)}
                />
                <span>
                  <bdi className="erase-text">{text}</bdi>
                  {by === null ? null : <span className="muted meta"> {nameOf(by)}</span>}
                </span>
              </label>
            </li>
          ))}
        </ul>
        <div className="field">
          <label htmlFor={reasonId}>{t('room:reason.label')}</label>
          <textarea
            id={reasonId}
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
