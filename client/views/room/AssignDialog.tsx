import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { About, Action } from '#shared/incident/can.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';
import { CommandForm } from './CommandForm.tsx';
import { PersonChoice } from './PersonChoice.tsx';
import { RoomDialog } from './RoomDialog.tsx';
import { useCandidates } from './useCandidates.tsx';

/** What is to be given to whom. */
export type Assignment =
  | { kind: 'assign'; role: string; title: string; person?: string }
  | { kind: 'delegate'; under: string; title: string }
  | { kind: 'deputy' }
  | { kind: 'member' };

/** Gives a role, a part of one, the place of the next commander, or access to a private incident. */
export function AssignDialog({
  assignment,
  onClose,
}: {
  assignment: Assignment;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const send = useSend();
  const [person, setPerson] = useState<string | null>(
    assignment.kind === 'assign' ? (assignment.person ?? null) : null,
  );
  const [title, setTitle] = useState('');
  const titleId = useId();
  const candidates = useCandidates({ outsiders: assignment.kind === 'member' });
  const { action, about } = actionOf(assignment);
  const whyNot = useWhyNot()(action, about);

  const give = (id: string): Promise<GivenAnswer> => {
    switch (assignment.kind) {
      case 'assign':
        return send('role.assign', { role: assignment.role, person: id });
      case 'delegate':
        return send('role.delegate', { under: assignment.under, title: title.trim(), person: id });
      case 'deputy':
        return send('deputy.set', { person: id });
      case 'member':
        return send('member.add', { person: id });
      default:
        return assignment satisfies never;
    }
  };
  const needsTitle = assignment.kind === 'delegate' && title.trim() === '';
  const missing = needsTitle
    ? t('room:assign.titleNeeded')
    : person === null
      ? t('room:assign.personNeeded')
      : null;
  const heading = 'title' in assignment ? assignment.title : '';

  return (
    <RoomDialog
      title={t(`room:assign.heading.${assignment.kind}`, { role: heading })}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={480}
    >
      <CommandForm
        submitLabel={t(`room:assign.submit.${assignment.kind}`)}
        whyNot={whyNot}
        missing={missing}
        send={() => give(person ?? '')}
        onDone={onClose}
        onCancel={onClose}
      >
        {assignment.kind === 'delegate' ? (
          <div className="field">
            <label htmlFor={titleId}>{t('room:assign.part')}</label>
            <input
              id={titleId}
              className="text-input"
              maxLength={80}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
            <span className="field-note">{t('room:assign.partNote')}</span>
          </div>
        ) : null}
        <PersonChoice
          label={t(assignment.kind === 'member' ? 'room:assign.personWhom' : 'room:assign.person')}
          candidates={candidates}
          chosen={person}
          onChoose={setPerson}
        />
      </CommandForm>
    </RoomDialog>
  );
}

function actionOf(assignment: Assignment): { action: Action; about: About } {
  switch (assignment.kind) {
    case 'assign':
      return { action: 'role.assign', about: { role: assignment.role } };
    case 'delegate':
      return { action: 'role.delegate', about: { role: assignment.under } };
    case 'deputy':
      return { action: 'deputy.set', about: {} };
    case 'member':
      return { action: 'member.add', about: {} };
    default:
      return assignment satisfies never;
  }
}
