import { useState } from 'react';
import type { ReactNode } from 'react';
import { bestMatch } from '../../app/hangul.ts';
import { useTranslation } from '../../i18n/index.ts';

export interface Candidate {
  id: string;
  name: string;
  /** What speaks for them or against: away, not in the room. */
  note: string;
  /** Why they cannot be chosen; they stay in the list with the reason. */
  cannot?: string;
  badge?: ReactNode;
}

interface PersonChoiceProps {
  label: string;
  candidates: readonly Candidate[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** From this many on there is a field to search them. */
const SEARCH_FROM = 8;

/** A list of people to choose one of; those who cannot be chosen say why. */
export function PersonChoice({ label, candidates, chosen, onChoose }: PersonChoiceProps): ReactNode {
  const { t } = useTranslation('room');
  const [query, setQuery] = useState('');
  const shown = candidates.filter(
    (each) => query === '' || each.id === chosen || bestMatch(query, [each.name]) > 0,
  );
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      {candidates.length > SEARCH_FROM ? (
        <input
          className="text-input"
          type="search"
          value={query}
          placeholder={t('person.search')}
          aria-label={t('person.search')}
          onChange={(event) => setQuery(event.target.value)}
        />
      ) : null}
      <div className="person-list">
        {shown.map((each) => (
          <label key={each.id} className="option-row" data-cannot={each.cannot !== undefined}>
            <input
              type="radio"
              name="person"
              value={each.id}
              checked={each.id === chosen}
              disabled={each.cannot !== undefined}
              onChange={() => onChoose(each.id)}
            />
            <span className="option-main">
              {each.badge}
              <bdi>{each.name}</bdi>
              <span className="option-note">{each.cannot ?? each.note}</span>
            </span>
          </label>
        ))}
        {shown.length === 0 ? <p className="muted">{t('person.none')}</p> : null}
      </div>
    </fieldset>
  );
}
