import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useSession } from '../../app/session.tsx';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { changesBetween } from './changes.ts';
import { entryWords } from './entryWords.ts';
import type { Position } from './position.ts';
import type { Timeline } from './timeline.ts';
import { useWordsAt } from './useWordsAround.ts';

interface ChangedProps {
  timeline: Timeline;
  from: Position;
  to: Position;
  moveTo: (seq: number) => void;
}

/** More key moments than this are left to the table. */
const MOST_MARKS = 40;

/** What changed between two moments: the brief for who was away. */
export function Changed({ timeline, from, to, moveTo }: ChangedProps): ReactNode {
  const { t } = useTranslation(['replay', 'common']);
  const { person } = useSession();
  const nameOf = useNameOf();
  const wordsAt = useWordsAt(timeline);
  const changes = changesBetween(timeline, from.place, to.place, person?.id ?? '');
  const name = (id: string | null): string => (id === null ? t('heldByCommander') : nameOf(id));
  const lines: [key: string, text: string][] = [];
  if (changes.severity) lines.push(['severity', pair(t('lane.severity'), changes.severity)]);
  if (changes.status) {
    const { from: was, to: is } = changes.status;
    const word = { from: was === null ? null : t(`common:status.${was}`), to: t(`common:status.${is}`) };
    lines.push(['status', pair(t('lane.status'), word)]);
  }
  if (changes.commander) {
    const { from: was, to: is } = changes.commander;
    lines.push([
      'commander',
      pair(t('common:role.commander'), { from: was === null ? null : nameOf(was), to: nameOf(is) }),
    ]);
  }
  for (const role of changes.roles) {
    lines.push([role.role, `${wordsAt(to.seq).roleTitle(role.role)}: ${name(role.from)} → ${name(role.to)}`]);
  }
  if (changes.updates > 0) lines.push(['updates', t('changed.updates', { count: changes.updates })]);
  return (
    <div className="replay-state">
      <p>{t('changed.between', { count: changes.entries, from: from.seq, to: to.seq })}</p>
      <ul className="replay-changes">
        {lines.map(([key, text]) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
      {lines.length === 0 ? <p className="muted">{t('changed.nothing')}</p> : null}
      {changes.nextUpdateAt ? (
        <p>
          {t('nextUpdate')} <TimeOf at={changes.nextUpdateAt} />
        </p>
      ) : null}
      {changes.mentions.length > 0 ? (
        <p>
          {t('changed.mentions')}{' '}
          {changes.mentions.slice(0, 20).map((seq) => (
            <button key={seq} type="button" className="replay-seq" onClick={() => moveTo(seq)}>
              #{seq}
            </button>
          ))}
        </p>
      ) : null}
      {changes.doing.length > 0 ? (
        <>
          <h3>{t('doing')}</h3>
          <ul className="replay-doing">
            {changes.doing.map(({ person: who, text }) => (
              <li key={who}>
                <bdi>{nameOf(who)}</bdi> <span dir="auto">{text}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {changes.marks.length > 0 ? (
        <>
          <h3>{t('table.caption')}</h3>
          <ul className="replay-changes">
            {changes.marks.slice(-MOST_MARKS).map(({ seq }) => {
              const entry = timeline.entry(seq);
              return entry ? (
                <li key={seq}>
                  <button type="button" className="replay-seq" onClick={() => moveTo(seq)}>
                    #{seq}
                  </button>{' '}
                  <span dir="auto">{entryWords(entry, wordsAt(seq))}</span>
                </li>
              ) : null;
            })}
          </ul>
        </>
      ) : null}
      {changes.voices.length > 0 ? (
        <>
          <h3>{t('changed.talk')}</h3>
          <ul className="replay-changes">
            {changes.voices.slice(0, 12).map(({ voice, isPerson, count }) => (
              <li key={voice}>
                <bdi>{isPerson ? nameOf(voice) : voice}</bdi>: {t('changed.messages', { count })}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

function pair(name: string, { from, to }: { from: string | null; to: string }): string {
  return from === null ? `${name}: ${to}` : `${name}: ${from} → ${to}`;
}
