import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { recordKinds } from '#shared/contract/reviewWords.ts';
import { happenedAt } from '#shared/review/delays.ts';
import { announce } from '../../app/announce.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useEntrySentence, useReviewLog } from './ReviewContext.tsx';

const MOST_SHOWN = 30;
/** Entries of the review itself show nothing of the incident. */
const ownTypes = /^(?:why|action|review|milestone|comment|records|incident\.(?:un)?link)/;

interface CitePickerProps {
  label: string;
  onPick: (seq: number) => void;
  onClose: () => void;
  /** Entries that are chosen already; choosing one again does nothing. */
  chosen?: readonly number[];
}

/** A field that finds entries by words or number, newest first; arrows choose, Enter takes, Esc closes. */
export function CitePicker({ label, onPick, onClose, chosen = [] }: CitePickerProps): ReactNode {
  const { t } = useTranslation('review');
  const { entries } = useReviewLog();
  const sentence = useEntrySentence();
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const found = search(entries, query, (entry) => {
    const kind = recordKinds.find((each) => each === entry.body['kind']);
    return `${sentence(entry)} ${kind ? t(`kind.${kind}`) : ''}`;
  });
  const current = Math.min(place, Math.max(0, found.length - 1));
  useEffect(() => {
    const timer = setTimeout(() => announce('polite', t('cite.results', { count: found.length })), 600);
    return () => clearTimeout(timer);
  }, [found.length, t]);
  useEffect(() => {
    document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, current]);

  function pick(entry: Entry | undefined): void {
    if (entry && !chosen.includes(entry.seq)) onPick(entry.seq);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setPlace((current + step + found.length) % found.length);
    else if (event.key === 'Enter') pick(found[current]);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="cite-picker">
      <label htmlFor={`${id}-field`}>{label}</label>
      <div className="cite-picker-row">
        <input
          ref={field}
          id={`${id}-field`}
          className="text-input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
          autoComplete="off"
          placeholder={t('cite.search')}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setPlace(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Button size="xs" variant="default" onClick={onClose}>
          {t('cite.close')}
        </Button>
      </div>
      {/* A list for the field above, with rows richer than the native one has. */}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role */}
      <div className="cite-list" id={`${id}-list`} role="listbox" aria-label={label}>
        {found.map((entry, index) => (
          // The field keeps the focus and takes the keys. No native option holds more than text.
          // oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus, jsx-a11y/prefer-tag-over-role
          <div
            key={entry.seq}
            id={`${id}-${index}`}
            className="cite-option"
            role="option"
            aria-selected={index === current}
            aria-disabled={chosen.includes(entry.seq)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(entry)}
          >
            <span className="cite-seq tabular">#{entry.seq}</span>
            <TimeOf at={happenedAt(entry)} />
            <span>{sentence(entry)}</span>
          </div>
        ))}
        {found.length === 0 ? <p className="muted">{t('cite.none')}</p> : null}
      </div>
    </div>
  );
}

function search(entries: readonly Entry[], query: string, wordsOf: (entry: Entry) => string): Entry[] {
  const wanted = query.normalize('NFC').toLowerCase().split(/\s+/u).filter(Boolean);
  const number = wanted.length === 1 ? /^#?(\d+)$/.exec(wanted[0] ?? '')?.[1] : undefined;
  const exact = number === undefined ? undefined : entries.find(({ seq }) => seq === Number(number));
  const found: Entry[] = exact && isEvidence(exact) ? [exact] : [];
  for (let index = entries.length - 1; index >= 0 && found.length < MOST_SHOWN; index -= 1) {
    const entry = entries[index];
    if (!entry || entry === exact || !isEvidence(entry)) continue;
    const text = wordsOf(entry).normalize('NFC').toLowerCase();
    const isFound =
      wanted.every((word) => text.includes(word)) ||
      (number !== undefined && String(entry.seq).startsWith(number));
    if (isFound) found.push(entry);
  }
  return found;
}

function isEvidence({ type, redacted, withheld }: Entry): boolean {
  return !redacted && !withheld && !ownTypes.test(type);
}
