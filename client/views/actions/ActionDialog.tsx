import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { actionEffects, actionKinds, horizons } from '#shared/contract/reviewWords.ts';
import type { ActionParts } from '#shared/contract/review.ts';
import type { ReviewAction } from '#shared/incident/reviewState.ts';
import { placedWhys } from '#shared/review/tree.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';
import { CommandForm } from '../room/CommandForm.tsx';
import { PersonChoice } from '../room/PersonChoice.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { useCandidates } from '../room/useCandidates.tsx';
import { useReview } from '../review/ReviewContext.tsx';
import { dayIn, endOfDay } from './dueDay.ts';

interface ActionDialogProps {
  /** The action to change; a new one where not given. */
  action?: ReviewAction;
  /** The answer of the why-tree that a new one cuts. */
  why?: string;
  onClose: () => void;
}

const DAYS_USUAL = 14;

type Fields = Omit<ActionParts, 'owner' | 'dueAt'> & { owner: string | null; due: string };

/** Everything about an action. Changing words and parts are two commands, since words belong to who read them. */
export function ActionDialog({ action, why, onClose }: ActionDialogProps): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const send = useSend();
  const { whys, signedOffAt } = useReview();
  const refuse = useWhyNot();
  // What was read when the dialog opened.
  const [read] = useState(action);
  const [text, setText] = useState(read?.text ?? '');
  const [fields, setFields] = useState<Fields>(() => fieldsOf(read, why));
  const candidates = useCandidates({});
  const id = useId();
  const change = (part: Partial<Fields>): void => setFields((before) => ({ ...before, ...part }));
  const wordsStand = read !== undefined && signedOffAt !== null;

  const submit = async (): Promise<GivenAnswer> => {
    const { owner, due, ...rest } = fields;
    const parts: ActionParts = { ...rest, owner: owner ?? '', dueAt: endOfDay(due) ?? '' };
    if (read === undefined) return send('action.add', { text: text.trim(), ...parts });
    const differs = changed(read, parts, due);
    if (text.trim() !== read.text) {
      const answer = await send('action.reword', {
        action: read.action,
        text: text.trim(),
        known: read.seq,
      });
      if (!answer.ok || Object.keys(differs).length === 0) return answer;
    }
    return send('action.change', { action: read.action, ...differs });
  };

  return (
    <RoomDialog
      title={t(read === undefined ? 'review:action.addTitle' : 'review:action.editTitle')}
      closeLabel={t('common:action.close')}
      onClose={onClose}
      width={640}
    >
      <CommandForm
        submitLabel={t('review:action.save')}
        whyNot={refuse(read === undefined ? 'action.add' : 'action.change')}
        missing={missingIn(text, fields, t)}
        send={submit}
        onDone={onClose}
        onCancel={onClose}
      >
        <div className="field">
          <label htmlFor={`${id}-text`}>{t('review:action.text')}</label>
          <textarea
            id={`${id}-text`}
            className="text-input"
            rows={2}
            maxLength={2_000}
            readOnly={wordsStand}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <PersonChoice
          label={t('review:action.owner')}
          candidates={candidates}
          chosen={fields.owner}
          onChoose={(owner) => change({ owner })}
        />
        <div className="action-fields">
          <div className="field">
            <label htmlFor={`${id}-due`}>{t('review:action.due')}</label>
            <input
              id={`${id}-due`}
              type="date"
              className="text-input"
              value={fields.due}
              onChange={(event) => change({ due: event.target.value })}
            />
          </div>
          <Choice
            label={t('review:action.horizon')}
            value={fields.horizon}
            options={horizons.map((each) => [each, t(`review:horizon.${each}`)])}
            onChange={(horizon) => change({ horizon })}
          />
          <Choice
            label={t('review:action.kind')}
            value={fields.kind}
            options={actionKinds.map((each) => [each, t(`review:actionKind.${each}`)])}
            onChange={(kind) => change({ kind })}
          />
          <Choice
            label={t('review:action.effect')}
            value={fields.effect}
            options={actionEffects.map((each) => [each, t(`review:effect.${each}`)])}
            onChange={(effect) => change({ effect })}
          />
        </div>
        <Choice
          label={t('review:action.why')}
          value={fields.why ?? ''}
          options={[
            ['', t('review:action.whyNone')],
            ...placedWhys(whys).map(({ why: each, level }): [string, string] => [
              each.why,
              `${'\u2003'.repeat(Math.min(level, 6))}${cut(each.text)}`,
            ]),
          ]}
          onChange={(chosen) => change({ why: chosen === '' ? null : chosen })}
        />
      </CommandForm>
    </RoomDialog>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="text-input"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([each]) => each === event.target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function fieldsOf(read: ReviewAction | undefined, why: string | undefined): Fields {
  if (read) {
    const { owner, dueAt, horizon, kind, effect } = read;
    return { owner, due: dayIn(dueAt), horizon, kind, effect, why: read.why };
  }
  const due = dayIn(Date.now() + DAYS_USUAL * 86_400_000);
  return { owner: null, due, horizon: 'short', kind: 'other', effect: 'prevents', why: why ?? null };
}

/** The parts that were changed; a day that was left alone keeps its very time. */
function changed(read: ReviewAction, parts: ActionParts, due: string): Partial<ActionParts> {
  const given = Object.entries(parts).filter(([part, value]) =>
    part === 'dueAt' ? due !== dayIn(read.dueAt) : read[part as keyof ActionParts] !== value,
  );
  return Object.fromEntries(given) as Partial<ActionParts>;
}

function missingIn(
  text: string,
  { owner, due }: Fields,
  t: ReturnType<typeof useTranslation<['review', 'common']>>['t'],
): string | null {
  if (text.trim() === '') return t('review:action.textNeeded');
  if (owner === null) return t('review:action.ownerNeeded');
  return endOfDay(due) === null ? t('review:action.dueNeeded') : null;
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
