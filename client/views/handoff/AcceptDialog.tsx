import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { acceptanceWords } from '#shared/contract/identifiers.ts';
import type { Offer } from '#shared/incident/state.ts';
import { announce } from '../../app/announce.ts';
import { useNameOf } from '../../app/people.tsx';
import { useNow } from '../../design/Clock.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { WarningShape } from '../../design/shapes.tsx';
import { formatElapsedClock } from '../../design/time.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import {
  useConnectionState,
  useIncident,
  useRoomHandle,
  useRoomRefusal,
  useSend,
} from '../../room/RoomContext.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { BriefPartView, NewerEntries } from './BriefPartView.tsx';
import { DeclineForm } from './DeclineForm.tsx';
import { AskForm } from './AskForm.tsx';
import { briefParts } from './briefParts.ts';
import { useReading } from './useReading.ts';
import './handoff.css';

/** The dialog opens under typing hands: what they do in its first moment is not meant for it. Milliseconds. */
const DEAF = 600;

interface AcceptDialogProps {
  offer: Offer;
  declining: boolean;
  /** Keeps the offer waiting in the strip. Never a decline. */
  onLater: () => void;
}

type Answering = 'reading' | 'declining' | 'asking';

/** Command is offered to me: the brief in four parts to tick, and the sentence that takes command. */
export function AcceptDialog({ offer, declining, onLater }: AcceptDialogProps): ReactNode {
  const { t } = useTranslation(['handoff', 'common']);
  const state = useIncident();
  const { store } = useRoomHandle();
  const nameOf = useNameOf();
  const send = useSend();
  const sentence = useRoomRefusal();
  const live = useConnectionState().kind === 'live';
  const { reading, newer, missing, tick, write, addNewer } = useReading(offer);
  const [answering, setAnswering] = useState<Answering>(declining ? 'declining' : 'reading');
  const [sending, setSending] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const ids = { brief: useId(), next: useId(), need: useId() };
  const deaf = useDeaf();

  const needs = ((): string | null => {
    if (!live) return t('handoff:needsLine');
    if (missing.length > 0) {
      return t('handoff:accept.tickFirst', {
        parts: missing.map((part) => t(`handoff:part.${part}`)).join(', '),
      });
    }
    if (newer.length > 0) return t('handoff:accept.addFirst', { count: newer.length });
    return null;
  })();

  const accept = (): void => {
    if (sending) return;
    if (needs !== null) return setSaid(needs);
    setSaid(null);
    setSending(true);
    const next = reading.next.trim();
    void send('handoff.accept', {
      offer: offer.offer,
      briefedSeq: reading.briefedSeq,
      words: acceptanceWords[currentLocale()],
      ...(next === '' ? {} : { next }),
    }).then((answer) => {
      setSending(false);
      if (answer.ok) return;
      setSaid(sentence(answer.error));
      store.drop(answer.commandId);
    });
  };

  return (
    <div {...deaf}>
      <RoomDialog
        kind="must"
        width={640}
        drill={state.drill}
        title={t('handoff:accept.title')}
        aside={<OfferClock expiresAt={offer.expiresAt} />}
        describedBy={ids.brief}
        onClose={onLater}
        closeLabel={t('common:action.close')}
        actions={
          answering === 'reading' ? (
            <>
              <Button variant="default" onClick={onLater}>
                {t('handoff:act.later')}
              </Button>
              <Button variant="default" onClick={() => setAnswering('asking')}>
                {t('handoff:act.ask')}
              </Button>
              <Button variant="default" onClick={() => setAnswering('declining')}>
                {t('handoff:act.decline')}
              </Button>
              <span className="grow" />
              <span id={ids.need} className="accept-need">
                {needs ?? t('handoff:accept.readTo', { seq: reading.briefedSeq })}
              </span>
              {newer.length > 0 && missing.length === 0 ? (
                <Button className="accept-add" variant="default" onClick={addNewer}>
                  {t('handoff:accept.addThem')}
                </Button>
              ) : null}
              <Button
                className="accept-words"
                color="command"
                aria-disabled={needs !== null || sending}
                aria-describedby={ids.need}
                onClick={accept}
              >
                {t('handoff:accept.words')}
              </Button>
            </>
          ) : null
        }
      >
        <p id={ids.brief} className="accept-lead">
          {t('handoff:accept.lead', { name: nameOf(offer.from), number: state.number })}{' '}
          <SeverityBadge severity={state.severity} word />
        </p>
        {answering === 'declining' ? (
          <DeclineForm offer={offer.offer} onBack={() => setAnswering('reading')} />
        ) : answering === 'asking' ? (
          <AskForm of={offer.from} onBack={() => setAnswering('reading')} />
        ) : (
          <>
            {offer.note === undefined || offer.note === '' ? null : (
              <blockquote className="quoted">
                <span className="muted">{t('handoff:accept.note')}</span> <bdi>{offer.note}</bdi>
              </blockquote>
            )}
            <div className="brief">
              {briefParts.map((part, index) => (
                <label key={part} className="brief-tick" data-ticked={reading.ticked.includes(part)}>
                  <input
                    type="checkbox"
                    checked={reading.ticked.includes(part)}
                    onChange={(event) => tick(part, event.target.checked)}
                  />
                  <span className="brief-tick-main">
                    <span className="brief-tick-title">
                      {index + 1} {t(`handoff:part.${part}`)}
                    </span>
                    <BriefPartView brief={reading.brief} part={part} />
                  </span>
                </label>
              ))}
            </div>
            {newer.length === 0 ? null : (
              <section
                className="newer-entries"
                aria-label={t('handoff:accept.newer', { count: newer.length })}
              >
                <p className="newer-entries-head">
                  <WarningShape /> <span>{t('handoff:accept.newer', { count: newer.length })}</span>
                  <Button size="compact-sm" variant="default" onClick={addNewer}>
                    {t('handoff:accept.addThem')}
                  </Button>
                </p>
                <NewerEntries entries={newer} />
              </section>
            )}
            <div className="field">
              <label htmlFor={ids.next}>{t('handoff:accept.next')}</label>
              <textarea
                id={ids.next}
                className="text-input"
                rows={2}
                maxLength={4000}
                value={reading.next}
                onChange={(event) => write(event.target.value)}
              />
            </div>
            {said === null ? null : (
              <p className="field-error" role="alert">
                <WarningShape /> <span>{said}</span>
              </p>
            )}
          </>
        )}
      </RoomDialog>
    </div>
  );
}

/** How long the offer stays open; said aloud at five minutes and at one. */
function OfferClock({ expiresAt }: { expiresAt: string }): ReactNode {
  const { t } = useTranslation('handoff');
  const now = useNow();
  const left = Math.max(0, Date.parse(expiresAt) - now);
  const minutes = Math.ceil(left / 60_000);
  const spoken = useRef(minutes);
  useEffect(() => {
    if (minutes === spoken.current) return;
    spoken.current = minutes;
    if (minutes === 5 || minutes === 1) announce('polite', t('accept.minutesLeft', { count: minutes }));
  }, [minutes, t]);
  return (
    <span className="offer-clock tabular" role="timer" aria-live="off">
      {t('accept.left', { left: formatElapsedClock(left, true) })}
    </span>
  );
}

/** Swallows keys and clicks of the first moment. The dialog is a portal, but its events still pass here. */
function useDeaf(): Record<string, (event: SyntheticEvent) => void> {
  const [openedAt] = useState(() => performance.now());
  const swallow = (event: SyntheticEvent): void => {
    if (performance.now() - openedAt >= DEAF) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    onKeyDownCapture: swallow,
    onKeyUpCapture: swallow,
    onClickCapture: swallow,
    onMouseDownCapture: swallow,
    onPointerDownCapture: swallow,
  };
}
