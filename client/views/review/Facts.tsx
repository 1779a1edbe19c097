import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { asKnown } from '#shared/contract/entries.ts';
import type { FactBody } from '#shared/contract/review.ts';
import { recordKinds } from '#shared/contract/reviewWords.ts';
import type { RecordKind } from '#shared/contract/reviewWords.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatDate, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { Cited } from './Cited.tsx';
import { useReview, useReviewLog } from './ReviewContext.tsx';

const MOST_TOLD = 20;

/** What happened outside the room, with who was told when. */
export function Facts(): ReactNode {
  const { t } = useTranslation('review');
  const { entries } = useReviewLog();
  const { signedOffAt } = useReview();
  const style = useTimeStyle();
  const whyNot = useWhyNot()('fact.record');
  const [adding, setAdding] = useState(false);
  const facts = entries.flatMap((entry) => {
    const known = asKnown(entry);
    return known?.type === 'fact.recorded' ? [known] : [];
  });
  const when = (at: string): string => `${formatDate(at, style)} ${formatTime(at, style)}`;
  return (
    <section className="review-card">
      <h2>{t('times.facts')}</h2>
      <p className="muted">{t('times.factsWhat')}</p>
      {facts.length === 0 ? <p className="muted">{t('times.noFacts')}</p> : null}
      <ul className="facts">
        {facts.map((fact) => (
          <li key={fact.seq}>
            <span className="tabular">{when(fact.body.happenedAt)}</span> <Cited seq={fact.seq} />
            {fact.body.kind ? <span className="muted meta"> {t(`kind.${fact.body.kind}`)}</span> : null}
            {fact.redacted || fact.body.told.length === 0 ? null : (
              <ul className="facts-told">
                {fact.body.told.map(({ who, at }) => (
                  <li key={`${who} ${at}`}>{t('times.told', { who, time: when(at) })}</li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {signedOffAt === null ? (
        <Button
          variant="default"
          aria-disabled={whyNot !== null}
          title={whyNot ?? undefined}
          onClick={() => (whyNot === null ? setAdding(true) : undefined)}
        >
          {t('times.addFact')}
        </Button>
      ) : null}
      {adding ? <FactDialog onClose={() => setAdding(false)} /> : null}
    </section>
  );
}

interface Told {
  key: number;
  who: string;
  at: string;
}

function FactDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const send = useSend();
  const whyNot = useWhyNot()('fact.record');
  const [text, setText] = useState('');
  const [when, setWhen] = useState('');
  const [who, setWho] = useState('');
  const [kind, setKind] = useState<RecordKind>('other');
  const [told, setTold] = useState<readonly Told[]>([]);
  const id = useId();
  const change = (key: number, part: Partial<Told>): void =>
    setTold((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));

  const missing = (): string | null => {
    if (text.trim() === '') return t('review:fact.textNeeded');
    if (isoOf(when) === null) return t('review:fact.whenNeeded');
    const unfinished = told.some((each) => each.who.trim() === '' || isoOf(each.at) === null);
    return unfinished ? t('review:fact.toldNeeded') : null;
  };
  const body = (): FactBody => ({
    happenedAt: isoOf(when) ?? '',
    text: text.trim(),
    kind,
    ...(who.trim() === '' ? {} : { who: who.trim() }),
    told: told.map((each) => ({ who: each.who.trim(), at: isoOf(each.at) ?? '' })),
  });

  return (
    <RoomDialog
      title={t('review:fact.title')}
      closeLabel={t('common:action.close')}
      onClose={onClose}
      width={640}
    >
      <CommandForm
        submitLabel={t('review:fact.submit')}
        whyNot={whyNot}
        missing={missing()}
        send={() => send('fact.record', body())}
        onDone={onClose}
        onCancel={onClose}
      >
        <div className="field">
          <label htmlFor={`${id}-text`}>{t('review:fact.text')}</label>
          <textarea
            id={`${id}-text`}
            className="text-input"
            rows={3}
            maxLength={2_000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div className="action-fields">
          <div className="field">
            <label htmlFor={`${id}-when`}>{t('review:fact.when')}</label>
            <input
              id={`${id}-when`}
              type="datetime-local"
              className="text-input"
              value={when}
              onChange={(event) => setWhen(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-kind`}>{t('review:fact.kind')}</label>
            <select
              id={`${id}-kind`}
              className="text-input"
              value={kind}
              onChange={(event) =>
                setKind(recordKinds.find((each) => each === event.target.value) ?? 'other')
              }
            >
              {recordKinds.map((each) => (
                <option key={each} value={each}>
                  {t(`review:kind.${each}`)}
                </option>
              ))}
            </select>
          </div>
        </div>
        <div className="field">
          <label htmlFor={`${id}-who`}>{t('review:fact.who')}</label>
          <input
            id={`${id}-who`}
            className="text-input"
            maxLength={120}
            value={who}
            onChange={(event) => setWho(event.target.value)}
          />
        </div>
        <fieldset className="field">
          <legend>{t('review:fact.told')}</legend>
          {told.map((each) => (
            <div key={each.key} className="fact-told">
              <input
                className="text-input"
                aria-label={t('review:fact.toldWho')}
                placeholder={t('review:fact.toldWho')}
                maxLength={120}
                value={each.who}
                onChange={(event) => change(each.key, { who: event.target.value })}
              />
              <input
                type="datetime-local"
                className="text-input"
                aria-label={t('review:fact.toldWhen')}
                value={each.at}
                onChange={(event) => change(each.key, { at: event.target.value })}
              />
              <button
                type="button"
                className="icon-button"
                aria-label={t('review:fact.toldRemove', { name: each.who })}
                onClick={() => setTold((before) => before.filter(({ key }) => key !== each.key))}
              >
                ×
              </button>
            </div>
          ))}
          {told.length < MOST_TOLD ? (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                setTold((before) => [...before, { key: (before.at(-1)?.key ?? 0) + 1, who: '', at: when }])
              }
            >
              {t('review:fact.toldAdd')}
            </Button>
          ) : null}
        </fieldset>
      </CommandForm>
    </RoomDialog>
  );
}

/** The moment of a date field's local time; null where it has none. */
function isoOf(local: string): string | null {
  const milliseconds = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
