import type { ReactNode } from 'react';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { entryWords } from './entryWords.ts';
import type { Mark, Timeline } from './timeline.ts';
import { useWordsAround } from './useWordsAround.ts';

interface MarksTableProps {
  timeline: Timeline;
  at: number;
  moveTo: (seq: number) => void;
}

/** The key moments of the picture as a table: the same marks, one row each. */
export function MarksTable({ timeline, at, moveTo }: MarksTableProps): ReactNode {
  const { t } = useTranslation('replay');
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="replay-marks" tabIndex={0} aria-label={t('table.caption')}>
      <table>
        <caption className="visually-hidden">{t('table.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('table.time')}</th>
            <th scope="col">{t('table.entry')}</th>
            <th scope="col">{t('table.what')}</th>
          </tr>
        </thead>
        <tbody>
          {timeline.marks.map((mark) => (
            <MarkRow
              key={`${mark.seq}`}
              mark={mark}
              timeline={timeline}
              isPast={mark.seq <= at}
              moveTo={moveTo}
            />
          ))}
        </tbody>
      </table>
      {timeline.marks.length === 0 ? <p className="muted">{t('table.empty')}</p> : null}
    </section>
  );
}

interface MarkRowProps {
  mark: Mark;
  timeline: Timeline;
  isPast: boolean;
  moveTo: (seq: number) => void;
}

function MarkRow({ mark, timeline, isPast, moveTo }: MarkRowProps): ReactNode {
  const { t } = useTranslation('replay');
  const entry = timeline.entry(mark.seq);
  const words = useWordsAround(timeline, mark.seq);
  if (!entry) return null;
  return (
    <tr data-past={isPast}>
      <td>
        <TimeOf at={entry.at} seconds />
      </td>
      <td>
        <button
          type="button"
          className="replay-seq"
          onClick={() => moveTo(mark.seq)}
          aria-label={t('goTo', { seq: mark.seq })}
        >
          #{mark.seq}
        </button>
      </td>
      <td>{entryWords(entry, words)}</td>
    </tr>
  );
}
