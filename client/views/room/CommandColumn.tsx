import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { Assignment } from './AssignDialog.tsx';
import { DoingField } from './DoingField.tsx';
import { QuestionsLine } from '../questions/QuestionsLine.tsx';
import { PeopleList } from './PeopleList.tsx';
import { RoleTree } from './RoleTree.tsx';

interface CommandColumnProps {
  onAssign: (assignment: Assignment) => void;
  /** Folds the column into the row of chips; absent where it is a pane of its own. */
  onFold?: () => void;
}

/** Roles, people, and what everybody is doing. */
export function CommandColumn({ onAssign, onFold }: CommandColumnProps): ReactNode {
  const { t } = useTranslation('room');
  return (
    <aside className="command-column" aria-label={t('command.label')} data-region="people" id="people">
      <h2 className="column-head">
        {t('command.title')}
        {onFold ? (
          <button
            type="button"
            className="icon-button"
            aria-label={t('command.fold')}
            title={t('command.fold')}
            onClick={onFold}
          >
            <span aria-hidden="true">«</span>
          </button>
        ) : null}
      </h2>
      <RoleTree onAssign={onAssign} />
      <DoingField />
      <QuestionsLine />
      <PeopleList onAssign={onAssign} />
    </aside>
  );
}
