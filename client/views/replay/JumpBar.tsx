import { Button } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { jumpKinds } from './jumps.ts';
import type { JumpFilter, JumpKind } from './jumps.ts';

interface JumpBarProps {
  /** Where there is little room it is shown on request only. */
  isOpen: boolean;
  filter: JumpFilter;
  setFilter: (filter: JumpFilter) => void;
  voices: readonly { voice: string; isPerson: boolean; count: number }[];
  /** The places found, or null where nothing narrows down. */
  found: readonly number[] | null;
  /** Where the replay stands. */
  place: number;
  jump: (step: 1 | -1) => void;
}

/** Jumping among entries of a kind, of a person, or with some words in them. */
export function JumpBar({ isOpen, filter, setFilter, voices, found, place, jump }: JumpBarProps): ReactNode {
  const { t } = useTranslation('replay');
  const nameOf = useNameOf();
  const id = useId();
  const nth = found ? found.filter((each) => each <= place).length : 0;
  return (
    <search className="replay-jump" data-open={isOpen} aria-label={t('jump.label')}>
      <label htmlFor={`${id}-kind`} className="visually-hidden">
        {t('jump.kind')}
      </label>
      <select
        id={`${id}-kind`}
        className="text-input"
        value={filter.kind ?? ''}
        onChange={(event) => setFilter({ ...filter, kind: (event.target.value || null) as JumpKind | null })}
      >
        <option value="">{t('jump.anyKind')}</option>
        {jumpKinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`kind.${kind}`)}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-person`} className="visually-hidden">
        {t('jump.person')}
      </label>
      <select
        id={`${id}-person`}
        className="text-input"
        value={filter.person ?? ''}
        onChange={(event) => setFilter({ ...filter, person: event.target.value || null })}
      >
        <option value="">{t('jump.anyPerson')}</option>
        {voices.map(({ voice, isPerson, count }) => (
          <option key={voice} value={voice}>
            {isPerson ? nameOf(voice) : voice} ({count})
          </option>
        ))}
      </select>
      <input
        className="text-input"
        type="search"
        value={filter.text}
        maxLength={200}
        placeholder={t('jump.words')}
        aria-label={t('jump.words')}
        onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229 || event.key !== 'Enter') return;
          jump(event.shiftKey ? -1 : 1);
        }}
      />
      <Button size="xs" variant="default" title="Shift+←" onClick={() => jump(-1)}>
        {t(found ? 'jump.before' : 'control.sameBefore')}
      </Button>
      <Button size="xs" variant="default" title="Shift+→" onClick={() => jump(1)}>
        {t(found ? 'jump.after' : 'control.sameAfter')}
      </Button>
      <output className="muted tabular">{found ? t('jump.found', { nth, count: found.length }) : ''}</output>
    </search>
  );
}
