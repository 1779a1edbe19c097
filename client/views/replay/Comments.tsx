import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import type { ApiError } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { giveCommand } from './giveCommand.ts';
import type { Position } from './position.ts';
import type { Timeline } from './timeline.ts';

interface CommentsProps {
  incidentId: string;
  timeline: Timeline;
  position: Position;
  /** The log has to be read on. */
  grown: () => void;
}

/** What people say now about this moment; a comment is an entry of its own. */
export function Comments({ incidentId, timeline, position, grown }: CommentsProps): ReactNode {
  const { t } = useTranslation('replay');
  const nameOf = useNameOf();
  const refusalOf = useRefusal();
  const id = useId();
  const [text, setText] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const comments = timeline.commentsOn(position.seq);

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const words = text.trim();
    if (words === '') return;
    const { seq, docSeq, floor } = position;
    const body = docSeq > floor ? { seq, docSeq, text: words } : { seq, text: words };
    const answer = await giveCommand(incidentId, 'comment.add', body);
    setError(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setText('');
    grown();
  }

  return (
    <section className="replay-comments" aria-label={t('comment.name')}>
      <h3>{t('comment.name')}</h3>
      <ul className="replay-doing">
        {comments.map(({ seq, actor, at, text: said }) => (
          <li key={seq}>
            <bdi>{nameOf(actor)}</bdi>{' '}
            <span className="muted meta">
              <TimeOf at={at} />
            </span>{' '}
            <span dir="auto">{said}</span>
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void send(event)}>
        <label htmlFor={id} className="visually-hidden">
          {t('comment.write')}
        </label>
        <input
          id={id}
          className="text-input"
          value={text}
          maxLength={2_000}
          placeholder={t('comment.write')}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" size="xs" variant="default" disabled={text.trim() === ''}>
          {t('comment.send')}
        </Button>
      </form>
      {error ? (
        <p className="replay-failed" role="alert">
          {refusalOf(error)}
        </p>
      ) : null}
    </section>
  );
}
