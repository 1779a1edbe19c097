import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { ReviewAction } from '#shared/incident/reviewState.ts';
import { useNameOf } from '../../app/people.tsx';
import { useNow, useTimeStyle } from '../../design/Clock.tsx';
import { WarningShape } from '../../design/shapes.tsx';
import { formatDate } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { useReview } from '../review/ReviewContext.tsx';
import { useGiving } from '../review/useGiving.ts';
import { ActionDialog } from './ActionDialog.tsx';
import { inOrder } from './inOrder.ts';
import './actions.css';

type Doing = { kind: 'add' } | { kind: 'edit' | 'drop'; action: ReviewAction };

/** What is to be done so that it does not happen again; open ones first, those due first. */
export function ActionsPart(): ReactNode {
  const { t } = useTranslation('review');
  const { actions, signedOffAt } = useReview();
  const whyNot = useWhyNot()('action.add');
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = (): void => setDoing(null);
  const loose = actions.filter(({ why, status }) => why === null && status !== 'dropped').length;
  return (
    <section className="review-body" aria-label={t('tab.actions')} data-region="actions">
      <div className="actions-head">
        {signedOffAt === null ? (
          <Button
            aria-disabled={whyNot !== null}
            title={whyNot ?? undefined}
            onClick={() => (whyNot === null ? setDoing({ kind: 'add' }) : undefined)}
          >
            {t('action.add')}
          </Button>
        ) : null}
        {loose > 0 ? <span className="muted">{t('action.noWhy', { count: loose })}</span> : null}
      </div>
      {actions.length === 0 ? <p className="review-empty">{t('action.empty')}</p> : null}
      <ul className="actions-list" aria-label={t('action.list')}>
        {inOrder(actions).map((action) => (
          <ActionRow key={action.action} action={action} onDo={setDoing} />
        ))}
      </ul>
      {doing?.kind === 'add' ? <ActionDialog onClose={close} /> : null}
      {doing?.kind === 'edit' ? <ActionDialog action={doing.action} onClose={close} /> : null}
      {doing?.kind === 'drop' ? <DropDialog action={doing.action} onClose={close} /> : null}
    </section>
  );
}

function ActionRow({ action, onDo }: { action: ReviewAction; onDo: (doing: Doing) => void }): ReactNode {
  const { t } = useTranslation('review');
  const { whys } = useReview();
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const now = useNow();
  const send = useSend();
  const [refusal, give] = useGiving();
  const isLate = action.status === 'open' && Date.parse(action.dueAt) < now;
  const why = whys.find((each) => each.why === action.why);
  const set = (status: 'open' | 'done'): void =>
    give(() => send('action.set', { action: action.action, status }));
  return (
    <li className="action-row" data-status={action.status} data-late={isLate}>
      <div className="action-main">
        <p className="action-text">{action.text}</p>
        <p className="action-facts meta">
          <span className="action-status">{t(`actionStatus.${action.status}`)}</span>
          <bdi>{nameOf(action.owner)}</bdi>
          <span className="tabular">{t('action.dueOn', { date: formatDate(action.dueAt, style) })}</span>
          {isLate ? (
            <span className="action-late">
              <WarningShape /> {t('action.overdue')}
            </span>
          ) : null}
          <span>{t(`horizon.${action.horizon}`)}</span>
          <span>{t(`actionKind.${action.kind}`)}</span>
          <span>{t(`effect.${action.effect}`)}</span>
        </p>
        {why ? <p className="muted meta">{t('action.cuts', { text: why.text })}</p> : null}
        {refusal === null ? null : (
          <p className="field-error" role="alert">
            <WarningShape /> {refusal}
          </p>
        )}
      </div>
      <div className="action-acts">
        {action.status === 'open' ? (
          <>
            <Button size="compact-sm" variant="default" onClick={() => set('done')}>
              {t('action.done')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => onDo({ kind: 'drop', action })}>
              {t('action.drop')}
            </Button>
          </>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => set('open')}>
            {t('action.open')}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" onClick={() => onDo({ kind: 'edit', action })}>
          {t('action.edit')}
        </Button>
      </div>
    </li>
  );
}

/** What will not be done says why: the next review will ask. */
function DropDialog({ action, onClose }: { action: ReviewAction; onClose: () => void }): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const send = useSend();
  const whyNot = useWhyNot()('action.set');
  const [note, setNote] = useState('');
  const id = useId();
  return (
    <RoomDialog title={t('review:action.dropTitle')} closeLabel={t('common:action.close')} onClose={onClose}>
      <CommandForm
        submitLabel={t('review:action.drop')}
        whyNot={whyNot}
        missing={note.trim() === '' ? t('review:action.dropNeeded') : null}
        send={() => send('action.set', { action: action.action, status: 'dropped', note: note.trim() })}
        onDone={onClose}
        onCancel={onClose}
      >
        <p>{action.text}</p>
        <div className="field">
          <label htmlFor={id}>{t('review:action.dropNote')}</label>
          <textarea
            id={id}
            className="text-input"
            rows={2}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
      </CommandForm>
    </RoomDialog>
  );
}
