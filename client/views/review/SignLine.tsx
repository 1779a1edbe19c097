import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Entry } from '#shared/contract/entries.ts';
import { isOngoing } from '#shared/incident/lifecycle.ts';
import { ungroundedLeaves } from '#shared/incident/whys.ts';
import { useNameOf } from '../../app/people.tsx';
import { TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { formatDate } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { useReview, useReviewLog } from './ReviewContext.tsx';
import { reviewAddress } from './ReviewTabs.tsx';
import { useWrittenSince } from './useWrittenSince.ts';

/** The entry of the last signature that stands; null before anybody signed. */
function useLastSignature(): Entry | null {
  const { entries } = useReviewLog();
  const { signatures } = useReview();
  if (signatures.length === 0) return null;
  return entries.findLast(({ type }) => type === 'review.signed') ?? null;
}

/** How far the review is signed, and the way to sign it or to open it again. */
export function SignLine(): ReactNode {
  const { t } = useTranslation('review');
  const { signatures, signedOffAt } = useReview();
  const style = useTimeStyle();
  const last = useLastSignature();
  const { id } = useIncident();
  const isNewer = useWrittenSince(id, signedOffAt === null ? (last?.docSeq ?? null) : null);
  const [open, setOpen] = useState(false);
  const said =
    signedOffAt !== null
      ? t('sign.off', { time: formatDate(signedOffAt, style) })
      : last === null
        ? t('sign.none')
        : t('sign.some', { number: signatures.length, of: Number(last.body['of'] ?? signatures.length) });
  return (
    <span className="review-sign">
      <span className="review-signed" data-off={signedOffAt !== null}>
        {said}
      </span>
      {isNewer ? <span className="review-newer">{t('sign.newer')}</span> : null}
      <Button
        size="compact-sm"
        variant={signedOffAt === null ? 'filled' : 'default'}
        onClick={() => setOpen(true)}
      >
        {t(signedOffAt === null ? 'sign.act' : 'sign.open')}
      </Button>
      {open ? <SignDialog onClose={() => setOpen(false)} /> : null}
    </span>
  );
}

function SignDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const { signedOffAt } = useReview();
  // The form that was opened stays until it is answered: its own answer ends it, too.
  const [signs] = useState(signedOffAt === null);
  const [reopens, setReopens] = useState(false);
  return (
    <RoomDialog
      title={t(reopens ? 'review:sign.reopenTitle' : 'review:sign.title')}
      closeLabel={t('common:action.close')}
      onClose={onClose}
    >
      <Signers />
      {reopens ? (
        <ReopenForm onDone={onClose} />
      ) : signs ? (
        <SignForm onDone={onClose} />
      ) : (
        <Button variant="default" onClick={() => setReopens(true)}>
          {t('review:sign.reopen')}
        </Button>
      )}
    </RoomDialog>
  );
}

function Signers(): ReactNode {
  const { t } = useTranslation('review');
  const { signatures } = useReview();
  const nameOf = useNameOf();
  if (signatures.length === 0) return null;
  return (
    <section>
      <h3>{t('sign.signers')}</h3>
      <ul className="review-signers">
        {signatures.map(({ person, at, seq }) => (
          <li key={seq}>
            <bdi>{nameOf(person)}</bdi> <TimeOf at={at} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SignForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation('review');
  const send = useSend();
  const why = useWhyNot();
  const [note, setNote] = useState('');
  const id = useId();
  const hindrances = useHindrances();
  return (
    <CommandForm
      submitLabel={t('sign.act')}
      whyNot={why('review.sign')}
      missing={hindrances[0] ?? null}
      send={() => send('review.sign', note.trim() === '' ? {} : { note: note.trim() })}
      onDone={onDone}
      onCancel={onDone}
    >
      <p>{t('sign.means')}</p>
      {hindrances.length === 0 ? null : <Hindrances list={hindrances} />}
      <div className="field">
        <label htmlFor={id}>{t('sign.note')}</label>
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
  );
}

/** What the server would refuse a signature for, as far as this page knows; it judges again. */
function useHindrances(): string[] {
  const { t } = useTranslation('review');
  const state = useIncident();
  const review = useReview();
  const open = ungroundedLeaves(review).length;
  return [
    ...(isOngoing(state.status) ? [t('sign.hinderOngoing')] : []),
    ...(review.whys.length < 2 ? [t('sign.hinderTree')] : []),
    ...(review.whys.length >= 2 && open > 0 ? [t('why.open', { count: open })] : []),
  ];
}

function Hindrances({ list }: { list: readonly string[] }): ReactNode {
  const { t } = useTranslation('review');
  const { number } = useIncident();
  return (
    <section className="review-hinders">
      <h3>{t('sign.hinders')}</h3>
      <ul>
        {list.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <Link className="stand-alone" href={reviewAddress(number, 'why')}>
        {t('sign.toTree')}
      </Link>
    </section>
  );
}

function ReopenForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation('review');
  const send = useSend();
  const why = useWhyNot();
  const [reason, setReason] = useState('');
  const id = useId();
  return (
    <CommandForm
      submitLabel={t('sign.reopen')}
      whyNot={why('review.reopen')}
      missing={reason.trim() === '' ? t('sign.reasonNeeded') : null}
      send={() => send('review.reopen', { reason: reason.trim() })}
      onDone={onDone}
      onCancel={onDone}
    >
      <p>{t('sign.reopenMeans')}</p>
      <div className="field">
        <label htmlFor={id}>{t('sign.reason')}</label>
        <textarea
          id={id}
          className="text-input"
          rows={2}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </CommandForm>
  );
}
