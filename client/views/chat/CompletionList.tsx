import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { Completion } from './useCompletions.ts';

interface CompletionListProps {
  id: string;
  options: readonly Completion[];
  chosen: number;
  onChoose: (index: number) => void;
}

/** The id of an option, for `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** What can be completed, above the message box. */
export function CompletionList({ id, options, chosen, onChoose }: CompletionListProps): ReactNode {
  const { t } = useTranslation('chat');
  return (
    // The focus stays in the message box, which no list of HTML allows.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <div id={id} className="completions" role="listbox" tabIndex={0} aria-label={t('complete.label')}>
      {options.map((option, index) => (
        <div
          key={option.id}
          id={optionId(id, index)}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className="completion"
          ref={(element) => (index === chosen ? element?.scrollIntoView({ block: 'nearest' }) : undefined)}
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(index);
          }}
        >
          <bdi className="completion-label">{option.label}</bdi>
          <span className="completion-note">{option.note}</span>
        </div>
      ))}
    </div>
  );
}
