import { memo } from 'react';
import type { MouseEvent, ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { outgoingEntries } from '#shared/contract/updates.ts';
import { useNameOf } from '../../app/people.tsx';
import { TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { FlagShape } from '../../design/shapes.tsx';
import { formatDate, formatTime } from '../../design/time.ts';
import type { TimeStyle } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { HeldRoles } from '../../room/authorBadges.ts';
import type { Correction } from '../../room/logWindow.ts';
import { AttachmentView } from '../attachments/AttachmentView.tsx';
import { DeliveryLine } from '../update/DeliveryLine.tsx';
import { HeldBadge } from '../room/HeldBadge.tsx';
import { MessageText } from './MessageText.tsx';
import { useEntryLine } from './useEntryLine.ts';

export interface LogRowProps {
  entry: Entry;
  held: HeldRoles | undefined;
  /** Stands under the name of the one before. */
  continues: boolean;
  text: string | null;
  corrections: readonly Correction[] | undefined;
  pinned: boolean;
  names: readonly string[];
  myName: string;
  /** The message it answers, if that is held here. */
  replyTo: Entry | undefined;
  onJump: (seq: number) => void;
}

/** A written message is marked with the time of writing when it waited longer than this. Milliseconds. */
const WAITED = 10_000;

/** One entry of the log: a message under its author's name and roles of that time, or a line about what happened. */
export const LogRow = memo(function LogRow(props: LogRowProps): ReactNode {
  return props.entry.type === 'chat.posted' ? <MessageRow {...props} /> : <EventRow {...props} />;
});

function MessageRow(props: LogRowProps): ReactNode {
  const { entry, held, continues, text, corrections, pinned, replyTo, onJump } = props;
  const { t } = useTranslation('chat');
  const nameOf = useNameOf();
  const { writtenAt, replyTo: replySeq } = entry.body as { writtenAt?: string; replyTo?: number };
  const waited = writtenAt !== undefined && Date.parse(entry.at) - Date.parse(writtenAt) > WAITED;
  return (
    <>
      <span className="row-time">
        {continues ? <RowTime at={entry.at} quiet /> : <RowTime at={entry.at} />}
      </span>
      <div className="row-main">
        {continues ? null : (
          <p className="row-head">
            <HeldBadge held={held} />
            <bdi className="row-name">{nameOf(entry.actor)}</bdi>
          </p>
        )}
        {replySeq === undefined ? null : (
          <a className="row-reply" href={`#e${replySeq}`} onClick={(event) => jump(event, replySeq, onJump)}>
            {t('replyTo', { seq: replySeq })}
            {replyTo ? (
              <>
                {' '}
                <bdi>{nameOf(replyTo.actor)}</bdi>: <bdi>{excerpt(replyTo)}</bdi>
              </>
            ) : null}
          </a>
        )}
        {text === null ? (
          <p className="row-hidden">{t('hidden')}</p>
        ) : (
          <MessageText text={text} names={props.names} myName={props.myName} />
        )}
        <Marks
          corrections={corrections}
          entry={entry}
          pinned={pinned}
          writtenAt={waited ? writtenAt : undefined}
        />
      </div>
      <Permalink seq={entry.seq} />
    </>
  );
}

function Marks(props: {
  corrections: readonly Correction[] | undefined;
  entry: Entry;
  pinned: boolean;
  writtenAt: string | undefined;
}): ReactNode {
  const { t } = useTranslation('chat');
  const style = useTimeStyle();
  const { corrections, entry, pinned, writtenAt } = props;
  const latest = corrections?.at(-1);
  const { text: original, happenedAt } = entry.body as { text?: string; happenedAt?: string };
  if (!latest && !pinned && writtenAt === undefined && happenedAt === undefined) return null;
  return (
    <div className="row-marks">
      {pinned ? (
        <span className="row-pinned">
          <FlagShape /> {t('pinned')}
        </span>
      ) : null}
      {happenedAt === undefined || latest?.happenedAt !== undefined ? null : (
        <span className="row-happened">
          {t('happenedAt', { time: dayAndTime(happenedAt, entry.at, style) })}
        </span>
      )}
      {writtenAt === undefined ? null : <span>{t('writtenAt', { time: formatTime(writtenAt, style) })}</span>}
      {latest ? (
        <details className="row-original">
          <summary>
            {t('corrected', { time: formatTime(latest.at, style), seq: latest.seq })}
            {latest.happenedAt === undefined
              ? ''
              : ` · ${t('happenedAt', { time: dayAndTime(latest.happenedAt, entry.at, style) })}`}
          </summary>
          <p>{original === undefined || entry.redacted ? t('hidden') : original}</p>
        </details>
      ) : null}
    </div>
  );
}

/** The time, with its day where that is another than the one on which it was recorded. */
function dayAndTime(at: string, recorded: string, style: TimeStyle): string {
  const day = formatDate(at, style);
  const time = formatTime(at, style);
  return day === formatDate(recorded, style) ? time : `${day} ${time}`;
}

function EventRow({ entry, held, onJump }: LogRowProps): ReactNode {
  const nameOf = useNameOf();
  const line = useEntryLine()(entry);
  const { about } = line;
  return (
    <>
      <span className="row-time">
        <RowTime at={entry.at} />
      </span>
      <div className="row-main row-event" data-tone={line.tone ?? 'plain'}>
        <p className="row-line">
          {entry.actor === 'system' ? null : (
            <>
              <HeldBadge held={held} /> <bdi className="row-name">{nameOf(entry.actor)}</bdi>{' '}
            </>
          )}
          {about === undefined ? (
            <span>{line.sentence}</span>
          ) : (
            <a href={`#e${about}`} onClick={(event) => jump(event, about, onJump)}>
              {line.sentence}
            </a>
          )}
        </p>
        {line.detail === undefined ? null : (
          <p className="row-detail" dir="auto">
            {line.detail}
          </p>
        )}
        <AttachmentView entry={entry} />
        {outgoingEntries.has(entry.type) ? <DeliveryLine entry={entry} /> : null}
      </div>
      <Permalink seq={entry.seq} />
    </>
  );
}

function RowTime({ at, quiet = false }: { at: string; quiet?: boolean }): ReactNode {
  return (
    <span className={quiet ? 'row-time-quiet' : undefined}>
      <TimeOf at={at} />
    </span>
  );
}

/** The number of the entry; as a link it is its address. */
function Permalink({ seq }: { seq: number }): ReactNode {
  return (
    <a className="row-seq tabular" href={`#e${seq}`} tabIndex={-1}>
      #{seq}
    </a>
  );
}

function jump(event: MouseEvent, seq: number, onJump: (seq: number) => void): void {
  event.preventDefault();
  onJump(seq);
}

/** The beginning of a message, on one line. */
export function excerpt(entry: Entry): string {
  const { text } = entry.body as { text?: unknown };
  const line = typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '…';
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
