import { Button, Modal, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { CommandBody } from '#shared/contract/commands.ts';
import type { CommandAnswer } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { announce } from '../../app/announce.ts';
import { useRefusal } from '../../app/refusal.ts';
import { TimeOf, useNow, useTimeStyle } from '../../design/Clock.tsx';
import { formatTime, formatUtc, formatZone } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Refused } from '../signin/Refused.tsx';
import { LinksDialog } from './LinksDialog.tsx';
import { NextUpdateField } from './NextUpdateField.tsx';
import { StateChoice } from './StateChoice.tsx';
import { forgetDraft, readDraft, writeDraft } from './updateDraft.ts';
import { nextUpdateMoment, stateOfStatus, usualMinutes } from './updateRules.ts';
import type { NextChoice } from './updateRules.ts';
import './update.css';

interface UpdateDialogProps {
  state: IncidentState;
  /** Gives `update.send`; the answer comes after the update is durable. */
  send: (body: CommandBody<'update.send'>) => Promise<CommandAnswer>;
  onClose: () => void;
}

type Sending = { kind: 'writing' } | { kind: 'sending' } | { kind: 'refused'; sentence: string };

/** Writes an update for the people outside: state, text, when the next one comes. What is written is kept until sent. */
export function UpdateDialog({ state, send, onClose }: UpdateDialogProps): ReactNode {
  const { t } = useTranslation(['update', 'common']);
  const sentence = useRefusal();
  const style = useTimeStyle();
  const now = useNow();
  const onePane = useMediaQuery('(width < 800px)') ?? false;
  const textId = useId();
  const [word, setWord] = useState(stateOfStatus(state.status));
  const [text, setText] = useState(() => readDraft(state.id));
  const [next, setNext] = useState<NextChoice>({ kind: 'minutes', minutes: usualMinutes(state.severity) });
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState<Sending>({ kind: 'writing' });
  const [links, setLinks] = useState(false);
  const busy = sending.kind === 'sending';
  const moment = nextUpdateMoment(next, now);
  const suggestion = t(`sentences.${word}`, { time: formatTime(state.resolvedAt ?? now, style) });

  useEffect(() => writeDraft(state.id, text), [state.id, text]);

  async function give(body: string): Promise<void> {
    if (busy || moment === 'invalid') return;
    setSending({ kind: 'sending' });
    const nextUpdateAt = moment === null ? {} : { nextUpdateAt: new Date(moment).toISOString() };
    const answer = await send({ state: word, text: body, ...nextUpdateAt });
    if (answer.ok) {
      if (body === text.trim()) forgetDraft(state.id);
      announce('polite', t('sent'));
      onClose();
      return;
    }
    setSending({ kind: 'refused', sentence: sentence(answer.error) });
    announce('assertive', sentence(answer.error));
  }

  function submit(): void {
    setTried(true);
    if (text.trim() !== '') void give(text.trim());
    else document.getElementById(textId)?.focus();
  }

  const promised = typeof moment === 'number' ? moment : null;
  return (
    <>
      <Modal
        opened={!links}
        onClose={onClose}
        title={
          <>
            {t('title', { number: state.updateCount + 1, incident: state.number })} <Due state={state} />
          </>
        }
        size={880}
        yOffset={64}
        fullScreen={onePane}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
      >
        <div className="update">
          <form
            className="update-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <StateChoice value={word} onChange={setWord} />
            <Textarea
              id={textId}
              label={t('text')}
              autosize
              minRows={4}
              maxRows={10}
              maxLength={8_000}
              aria-required="true"
              data-autofocus
              value={text}
              error={tried && text.trim() === '' ? t('textMissing') : null}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <div className="update-suggestion">
              <span className="muted">{suggestion}</span>
              <Button
                variant="default"
                size="compact-sm"
                onClick={() =>
                  setText((before) => (before.trim() === '' ? suggestion : `${suggestion}\n${before}`))
                }
              >
                {t('suggest')}
              </Button>
            </div>
            <NextUpdateField value={next} onChange={setNext} moment={moment} />
            <Refused sentence={sending.kind === 'refused' ? sending.sentence : null} />
            <div className="form-acts update-acts">
              <Button
                variant="default"
                disabled={promised === null}
                onClick={() =>
                  promised === null ? undefined : void give(t('nothingNewText', { time: spoken(promised) }))
                }
              >
                {t('nothingNew', { time: promised === null ? '–' : formatTime(promised, style) })}
              </Button>
              <Button type="submit" aria-disabled={busy || moment === 'invalid'}>
                {busy ? t('sending') : t('send')}
              </Button>
            </div>
          </form>
          <section className="update-preview" aria-label={t('preview')}>
            <h2 className="meta muted">{t('preview')}</h2>
            <article>
              <h3>{state.title}</h3>
              <p className="update-preview-state">{t(`common:readerState.${word}`)}</p>
              <p className="update-preview-text">
                {text.trim() === '' ? <span className="muted">…</span> : text}
              </p>
              {promised === null ? null : <p>{t('nextBy', { time: spoken(promised) })}</p>}
            </article>
            <p className="muted">{state.drill ? t('drill') : t('to')}</p>
            <Button variant="default" size="compact-sm" onClick={() => setLinks(true)}>
              {t('linksButton')}
            </Button>
          </section>
        </div>
      </Modal>
      {links ? (
        <LinksDialog incidentId={state.id} number={state.number} onClose={() => setLinks(false)} />
      ) : null}
    </>
  );

  /** `12:30 KST (03:30Z)`: readers may be in another zone. */
  function spoken(at: number): string {
    return `${formatTime(at, style)} ${formatZone(at, style)} (${formatUtc(at)})`;
  }
}

function Due({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation('update');
  const now = useNow();
  if (state.nextUpdateAt === null)
    return <span className="update-due muted">{state.updateCount === 0 ? t('first') : ''}</span>;
  const minutes = Math.floor((Date.parse(state.nextUpdateAt) - now) / 60_000);
  if (minutes < 0) return <span className="update-due overdue">{t('late', { count: -minutes })}</span>;
  return (
    <span className="update-due muted">
      <TimeOf at={state.nextUpdateAt} /> {t('dueIn', { count: minutes })}
    </span>
  );
}
