import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { UpdateBody } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { audiencesOf } from '#shared/incident/audiences.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { announce } from '../../app/announce.ts';
import { useLeaveWarning, useUnrest } from '../../app/calm.ts';
import { useNameOf } from '../../app/people.tsx';
import { useAudiences, useCadence, useSettings } from '../../app/settings.ts';
import { useNow, useTimeStyle } from '../../design/Clock.tsx';
import { formatTime, formatUtc, formatZone } from '../../design/time.ts';
import type { Draft } from '../../document/draft.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom, useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { DialogFill, Quoted } from '../room/roomDialogs.ts';
import { Refused } from '../signin/Refused.tsx';
import { AudiencePicker } from './AudiencePicker.tsx';
import { leftOut, missingParts, pickedAudiences, templatesFor, updateBodyOf } from './composer.ts';
import { NextUpdateField } from './NextUpdateField.tsx';
import { PreviewPane } from './PreviewPane.tsx';
import { ServicesField } from './ServicesField.tsx';
import { StateChoice } from './StateChoice.tsx';
import { TemplateRow } from './TemplateRow.tsx';
import { nextUpdateMoment, proposedState } from './updateRules.ts';
import type { NextChoice } from './updateRules.ts';
import { useDraftSnapshot } from './useDraft.ts';
import { usePreview } from './usePreview.ts';
import { useRecipients } from './useRecipients.ts';
import { WordsFields } from './WordsFields.tsx';

interface UpdateComposerProps {
  draft: Draft;
  state: IncidentState;
  /** What it is opened for: to correct an update, or to say that nothing is new. */
  fill: DialogFill;
  onDone: () => void;
  /** Beside the preview. */
  children: ReactNode;
}

const NOTHING = { text: '', impact: '', known: '', ruledOut: '', doing: '' };

type Sending = { kind: 'writing' } | { kind: 'sending' } | { kind: 'refused'; sentence: string };

/** The form of an update beside what readers will see of it. Everybody writes; Communications or the commander sends. */
export function UpdateComposer({ draft, state, fill, onDone, children }: UpdateComposerProps): ReactNode {
  const { corrects } = fill;
  const { t, i18n } = useTranslation(['update', 'updates', 'common']);
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const now = useNow();
  const send = useSend();
  const whyNot = useWhyNot()('update.send');
  const log = useRoom((snapshot) => snapshot.log);
  const { settings: templates } = useSettings('template');
  const { facts } = useAudiences();
  const usual = useCadence()[state.severity];
  const { words, choices, ready, saved, others } = useDraftSnapshot(draft);
  useLeaveWarning(!saved);
  useUnrest(!saved);
  const [locale, setLocale] = useState<Locale>(() => languageFor(i18n.language, corrects));
  const [next, setNext] = useState<NextChoice | null>(null);
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState<Sending>({ kind: 'writing' });
  const missingId = useId();
  const same = useRef<HTMLButtonElement>(null);

  const { state: picked } = choices;
  const word = (typeof picked === 'string' ? readerStateOf(picked) : null) ?? proposedState(state, log);
  const correcting = typeof choices['corrects'] === 'number' ? choices['corrects'] : null;
  const proposed: NextChoice =
    usual === null || word === 'resolved' ? { kind: 'none' } : { kind: 'minutes', minutes: usual };
  const moment = nextUpdateMoment(next ?? proposed, now);
  const promised = typeof moment === 'number' ? moment : null;
  const audiences = pickedAudiences(audiencesOf(state, facts), leftOut(choices));
  const chosen = { state: word, locale, nextUpdateAt: promised, corrects: correcting, audiences };
  const body = updateBodyOf(words, chosen);
  const fitting = templatesFor(templates, { state: word, severity: state.severity, locale });
  const required = fitting[0]?.body.required ?? [];
  const missing = missingParts(body, required);
  const about = JSON.stringify([state.audiences, state.severity, state.updateCount]);
  const { preview, error } = usePreview(state.id, body, about);
  const recipients = useRecipients(preview);
  const busy = sending.kind === 'sending';
  const comms = effectiveHolder(state, 'comms');

  // A correction begins with the words it corrects, once.
  useEffect(() => {
    if (!ready || corrects === undefined) return;
    draft.choose('corrects', corrects.number);
    for (const each of ['en', 'ko'] as const) {
      const quoted = corrects.words[each];
      if (quoted) draft.write({ ...NOTHING, ...quoted }, each);
    }
  }, [ready, corrects, draft]);

  // Who came to say that nothing is new finds the hand on that button; pressing it is still theirs.
  useEffect(() => {
    if (ready && fill.nothingNew) same.current?.focus();
  }, [ready, fill.nothingNew]);

  async function give(given: UpdateBody, isDraft: boolean): Promise<void> {
    if (busy || whyNot !== null || moment === 'invalid') return;
    setSending({ kind: 'sending' });
    const answer = await send('update.send', given);
    if (answer.ok) {
      if (isDraft) draft.clear();
      announce('polite', t('update:sent'));
      onDone();
      return;
    }
    store.drop(answer.commandId);
    setSending({ kind: 'refused', sentence: sentence(answer.error) });
    announce('assertive', sentence(answer.error));
  }

  function submit(): void {
    setTried(true);
    if (whyNot !== null) return void askComms();
    if (body !== null && missing.length === 0) return void give(body, true);
    document
      .querySelector<HTMLElement>(`.words-field[data-part="${missing[0] ?? 'text'}"] textarea`)
      ?.focus();
  }

  /** Who may not send says in the room that it can be sent. */
  async function askComms(): Promise<void> {
    const text = t('updates:askText', { name: nameOf(comms) });
    const answer = await send('chat.post', { text, mentions: [comms] });
    if (answer.ok) onDone();
    else setSending({ kind: 'refused', sentence: sentence(answer.error) });
  }

  const nothingNew = state.lastUpdate !== null && promised !== null && whyNot === null;

  return (
    <div className="update">
      <form
        className="update-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {correcting === null ? null : (
          <p className="update-corrects">
            {t('updates:corrects', { number: correcting })}{' '}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                draft.choose('corrects', null);
              }}
            >
              {t('updates:correctsNot')}
            </Button>
          </p>
        )}
        <StateChoice value={word} onChange={(each) => draft.choose('state', each)} />
        <fieldset className="language-switch" aria-label={t('updates:languages')}>
          {(['en', 'ko'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={each === locale} onClick={() => setLocale(each)}>
              {t(`updates:language.${each}`)}
              {words[each].text.trim() === '' ? '' : ' ✓'}
            </button>
          ))}
        </fieldset>
        <TemplateRow
          draft={draft}
          state={state}
          word={word}
          locale={locale}
          promised={promised}
          fitting={fitting}
        />
        <WordsFields
          draft={draft}
          locale={locale}
          required={['text', ...required]}
          missing={tried && whyNot === null ? missing : []}
        />
        <NextUpdateField value={next ?? proposed} usual={usual} onChange={setNext} moment={moment} />
        <ServicesField state={state} />
        <p className="meta muted">
          {ready ? t(saved ? 'updates:draft.saved' : 'updates:draft.saving') : t('updates:draft.opening')}
          {others.length === 0 ? '' : ` · ${t('updates:draft.others', { names: others.join(', ') })}`}
        </p>
        <Refused sentence={sending.kind === 'refused' ? sending.sentence : null} />
        {missing.length > 0 && whyNot === null ? (
          <p id={missingId} className="meta muted">
            {t('updates:missing', { parts: missing.map((part) => t(`updates:part.${part}`)).join(', ') })}
          </p>
        ) : null}
        {whyNot === null ? null : <p className="meta muted">{whyNot}</p>}
        <div className="form-acts update-acts">
          <Button
            ref={same}
            variant="default"
            disabled={!nothingNew}
            onClick={() => {
              if (state.lastUpdate === null || promised === null) return;
              const text = t('update:nothingNewText', { time: spoken(promised) });
              void give(
                {
                  ...{ state: state.lastUpdate.state, text, nothingNew: true },
                  locale: i18n.language === 'ko' ? 'ko' : 'en',
                  nextUpdateAt: new Date(promised).toISOString(),
                  ...(audiences === null ? {} : { audiences: [...audiences] }),
                },
                false,
              );
            }}
          >
            {t('update:nothingNew', { time: promised === null ? '–' : formatTime(promised, style) })}
          </Button>
          <Button
            type="submit"
            aria-disabled={busy || moment === 'invalid' || (whyNot === null && missing.length > 0)}
            {...(missing.length > 0 ? { 'aria-describedby': missingId } : {})}
          >
            {whyNot === null ? (busy ? t('update:sending') : recipients) : t('updates:askComms')}
          </Button>
        </div>
      </form>
      <PreviewPane
        title={state.title}
        body={body}
        preview={preview}
        error={error}
        next={promised === null ? null : spoken(promised)}
      >
        <AudiencePicker draft={draft} state={state} />
        <p className="muted">{state.drill ? t('update:drill') : t('update:to')}</p>
        {children}
      </PreviewPane>
    </div>
  );

  /** `12:30 KST (03:30Z)`: readers may be in another zone. */
  function spoken(at: number): string {
    return `${formatTime(at, style)} ${formatZone(at, style)} (${formatUtc(at)})`;
  }
}

/** The language that one begins to write in: one's own, unless what is corrected was not said in it. */
function languageFor(language: string, corrects: Quoted | undefined): Locale {
  const [own, other]: readonly [Locale, Locale] = language === 'ko' ? ['ko', 'en'] : ['en', 'ko'];
  return corrects?.words[other] && !corrects.words[own] ? other : own;
}
