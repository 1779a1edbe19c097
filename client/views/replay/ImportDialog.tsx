import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { RecordImport } from '#shared/incident/reviewState.ts';
import { useRefusal } from '../../app/refusal.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { ownTimeZone } from '../../design/time.ts';
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
        {'found' in step ? <Found found={step.found} isDone={step.step === 'done'} /> : null}
        {isBusy ? <output>{t(`import.${step.step}`)}</output> : null}
        <ImportsList incidentId={incidentId} imports={imports} grown={grown} />
      </div>
    </RoomDialog>
  );
}

function Found({ found, isDone }: { found: ImportAnswer; isDone: boolean }): ReactNode {
  const { t } = useTranslation('replay');
  return (
    <section className="replay-found" aria-label={t('import.found')}>
      <p>
        <strong>
          {isDone || found.imported !== undefined
            ? t('import.imported', { done: found.imported ?? found.records, count: found.records })
            : t('import.records', { count: found.records })}
        </strong>
        {found.from !== null && found.to !== null ? (
          <span className="muted">
            {' '}
            <TimeOf at={found.from} />–<TimeOf at={found.to} />
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
