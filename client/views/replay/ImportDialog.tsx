import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';
import type { RecordImport } from '#shared/incident/reviewState.ts';
import { useRefusal } from '../../app/refusal.ts';
import { TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { formatDate, ownTimeZone } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { fileSources, guessSource, MOST_BYTES } from './imports.ts';
import type { FileSource, ImportAnswer } from './imports.ts';
import { ImportsList } from './ImportsList.tsx';
import { useImport } from './useImport.ts';
import type { ImportChoice } from './useImport.ts';

interface ImportDialogProps {
  incidentId: string;
  imports: readonly RecordImport[];
  /** Entries came in: the log has to be read on. */
  grown: () => void;
  close: () => void;
}

/** Brings in records from outside: a file is chosen, looked at, and confirmed. */
export function ImportDialog({ incidentId, imports, grown, close }: ImportDialogProps): ReactNode {
  const { t } = useTranslation('replay');
  const refusalOf = useRefusal();
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState<FileSource>('csv');
  const [zone, setZone] = useState(ownTimeZone);
  const { step, error, look, confirm, reset } = useImport(incidentId, grown);
  const choice: ImportChoice | null = file && file.size <= MOST_BYTES ? { file, source, zone } : null;
  const found = useRef<HTMLElement>(null);
  useEffect(() => {
    // The button that had the focus is gone; without one the dialog would not hear Esc.
    if (step.step === 'looked' || step.step === 'done') found.current?.focus();
  }, [step.step]);
  const isBusy = step.step === 'looking' || step.step === 'importing';

  async function choose(chosen: File | undefined): Promise<void> {
    reset();
    setFile(chosen ?? null);
    if (chosen) setSource(guessSource(chosen.name, await chosen.slice(0, 2_048).text()));
  }

  return (
    <RoomDialog
      title={t('import.title')}
      width={680}
      onClose={close}
      closeLabel={t('import.close')}
      actions={
        <>
          <Button variant="default" onClick={close}>
            {t('import.close')}
          </Button>
          {step.step === 'looked' && choice ? (
            <Button disabled={step.found.records === 0} onClick={() => confirm(choice)}>
              {t('import.confirm', { count: step.found.records })}
            </Button>
          ) : (
            <Button
              disabled={choice === null || isBusy || step.step === 'done'}
              onClick={() => choice && look(choice)}
            >
              {t('import.look')}
            </Button>
          )}
        </>
      }
    >
      <div className="replay-import">
        <p>{t('import.note')}</p>
        <label htmlFor={`${id}-file`}>{t('import.file')}</label>
        <input
          id={`${id}-file`}
          data-first-field
          type="file"
          accept=".csv,.json,.jsonl,.ndjson,.log,.txt,text/*,application/json"
          disabled={isBusy}
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        {file && file.size > MOST_BYTES ? <p role="alert">{t('import.tooLarge')}</p> : null}
        <label htmlFor={`${id}-source`}>{t('import.source')}</label>
        <select
          id={`${id}-source`}
          className="text-input"
          value={source}
          disabled={isBusy}
          onChange={(event) => {
            reset();
            setSource(fileSources.find((each) => each === event.target.value) ?? 'csv');
          }}
        >
          {fileSources.map((each) => (
            <option key={each} value={each}>
              {t(`import.of.${each}`)}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-zone`}>{t('import.zone')}</label>
        <input
          id={`${id}-zone`}
          className="text-input"
          value={zone}
          maxLength={64}
          disabled={isBusy}
          onChange={(event) => {
            reset();
            setZone(event.target.value);
          }}
        />
        {error ? (
          <p className="replay-failed" role="alert">
            {refusalOf(error)}
          </p>
        ) : null}
        {'found' in step ? <Found ref={found} found={step.found} isDone={step.step === 'done'} /> : null}
        {isBusy ? <output>{t(`import.${step.step}`)}</output> : null}
        <ImportsList incidentId={incidentId} imports={imports} grown={grown} />
      </div>
    </RoomDialog>
  );
}

interface FoundProps {
  ref: Ref<HTMLElement>;
  found: ImportAnswer;
  isDone: boolean;
}

function Found({ ref, found, isDone }: FoundProps): ReactNode {
  const { t } = useTranslation('replay');
  const style = useTimeStyle();
  return (
    <section ref={ref} tabIndex={-1} className="replay-found" aria-label={t('import.found')}>
      <p>
        <strong>
          {isDone || found.imported !== undefined
            ? t('import.imported', { done: found.imported ?? found.records, count: found.records })
            : t('import.records', { count: found.records })}
        </strong>
        {found.from !== null && found.to !== null ? (
          <span className="muted">
            {' '}
            {formatDate(found.from, style)} <TimeOf at={found.from} /> – {formatDate(found.to, style)}{' '}
            <TimeOf at={found.to} />
          </span>
        ) : null}
        {found.skipped > 0 ? <span> {t('import.skipped', { count: found.skipped })}</span> : null}
      </p>
      {found.skippedLines.length > 0 ? (
        <p className="muted">
          {t('import.lines')}{' '}
          {found.skippedLines
            .slice(0, 20)
            .map(({ line }) => line)
            .join(', ')}
        </p>
      ) : null}
      <ul className="replay-sample">
        {found.sample.map(({ happenedAt, who, text }, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} dir="auto">
            <TimeOf at={happenedAt} seconds /> {who ? <bdi>{who}: </bdi> : null}
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
