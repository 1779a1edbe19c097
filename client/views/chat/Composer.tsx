import { Button } from '@mantine/core';
import { useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { announce } from '../../app/announce.ts';
import { pageLimits } from '../../app/limits.ts';
import { usePeople } from '../../app/people.tsx';
import { formatTime } from '../../design/time.ts';
import { WarningShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { currentText, lastMessageOf } from '../../room/rows.ts';
import { mentionedIn, readAt, readTyped } from '../../room/slash.ts';
import { readStored, storedKeys, writeStored } from '../../room/stored.ts';
import { useComposerKeys } from '../../room/useComposerKeys.ts';
import { useAttaching } from '../attachments/useAttaching.tsx';
import type { Assignment } from '../room/AssignDialog.tsx';
import { CompletionList, optionId } from './CompletionList.tsx';
import { IntentLine } from './IntentLine.tsx';
import type { Intent } from './IntentLine.tsx';
import { growWithText } from './growWithText.ts';
import { ClockSign } from './rowIcons.tsx';
import { useCompletions } from './useCompletions.ts';
import { useSlash } from './useSlash.ts';

export interface ComposerHandle {
  focus: () => void;
  reply: (entry: Entry) => void;
  correct: (entry: Entry) => void;
}

interface ComposerProps {
  onAssign: (assignment: Assignment) => void;
  onFind: (query: string) => void;
  /** Told after every message, so that the unread line has done its work. */
  onSent: () => void;
  ref: Ref<ComposerHandle>;
}

/** The message box: one Enter, one message; commands after a slash, people after an @. The draft stays per incident. */
export function Composer({ onAssign, onFind, onSent, ref }: ComposerProps): ReactNode {
  const { t, i18n } = useTranslation('chat');
  const { store, me } = useRoomHandle();
  const send = useSend();
  const people = usePeople();
  const whyNot = useWhyNot()('chat.post');
  const correctWhyNot = useWhyNot()('chat.correct');
  const field = useRef<HTMLTextAreaElement>(null);
  const draftKey = storedKeys.draft(me.id, store.incidentId);
  const [initial] = useState(() => readStored(draftKey) ?? '');
  const [before, setBefore] = useState('');
  const [length, setLength] = useState(initial.length);
  const [intent, setIntent] = useState<Intent>({ kind: 'post' });
  const [said, setSaid] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const [closedAt, setClosedAt] = useState<string | null>(null);
  const { from, options } = useCompletions(before);
  const open = options.length > 0 && closedAt !== before;
  const listId = useId();
  const noteId = useId();
  const tooLong = length > pageLimits().chatCharacters;

  const grow = useCallback((): void => {
    if (field.current) growWithText(field.current);
  }, []);
  useLayoutEffect(grow, [grow]);

  const changed = useCallback((): void => {
    const element = field.current;
    if (!element) return;
    writeStored(draftKey, element.value);
    setLength(element.value.length);
    setBefore(
      element.selectionStart === element.selectionEnd ? element.value.slice(0, element.selectionStart) : '',
    );
    setChosen(0);
    setSaid(null);
    grow();
  }, [draftKey, grow]);

  const fill = useCallback(
    (text: string): void => {
      const element = field.current;
      if (!element) return;
      element.value = text;
      element.setSelectionRange(text.length, text.length);
      changed();
    },
    [changed],
  );
  const startCorrecting = useCallback(
    (entry: Entry): void => {
      setIntent({ kind: 'correct', entry });
      fill(currentText(store.getSnapshot().log, entry) ?? '');
      field.current?.focus();
    },
    [fill, store],
  );

  useImperativeHandle(
    ref,
    () => ({
      focus: () => field.current?.focus(),
      reply: (entry) => {
        setIntent({ kind: 'reply', entry });
        field.current?.focus();
      },
      correct: startCorrecting,
    }),
    [startCorrecting],
  );

  const myLast = useCallback(
    (): Entry | null => lastMessageOf(store.getSnapshot().log, me.id),
    [store, me.id],
  );

  const onCorrect = useCallback(
    (text: string): string | null => {
      const entry = myLast();
      if (!entry) return t('slashRefused.nothingOfMine');
      if (text === '') startCorrecting(entry);
      else void send('chat.correct', { seq: entry.seq, text });
      return null;
    },
    [myLast, startCorrecting, send, t],
  );
  const slash = useSlash({ onAssign, onFind, onCorrect });

  const refuse = useCallback((sentence: string): void => {
    setSaid(sentence);
    announce('assertive', sentence);
  }, []);

  const attaching = useAttaching(store.incidentId, refuse);

  const post = (text: string, happenedAt?: string): void => {
    const mentions = mentionedIn(text, people.values());
    const about = happenedAt === undefined ? {} : { happenedAt };
    if (intent.kind === 'correct') void send('chat.correct', { seq: intent.entry.seq, text, ...about });
    else {
      void send('chat.post', {
        ...{ text, ...about },
        ...(intent.kind === 'reply' ? { replyTo: intent.entry.seq } : {}),
        ...(mentions.length > 0 ? { mentions } : {}),
      });
    }
    setIntent({ kind: 'post' });
    fill('');
    onSent();
  };

  const give = (): void => {
    const element = field.current;
    if (!element) return;
    const blocked = intent.kind === 'correct' ? correctWhyNot : whyNot;
    const typed = readTyped(element.value);
    if (typed.kind === 'nothing') return;
    if (typed.kind === 'unknown') return refuse(t('slashRefused.unknown', { name: typed.name }));
    if (typed.kind === 'command' && typed.command !== 'at' && intent.kind !== 'correct') {
      const text = element.value;
      fill('');
      const outcome = slash(typed.command, typed.argument);
      void Promise.resolve(outcome).then((no) => {
        if (no === null) return;
        if (field.current?.value === '') fill(text);
        refuse(no);
      });
      return;
    }
    if (blocked !== null) return refuse(blocked);
    if (typed.kind === 'command' && typed.command === 'at') {
      const told = readAt(typed.argument, Date.now());
      return told === null ? refuse(t('slashRefused.at')) : post(told.text, told.happenedAt);
    }
    if (tooLong) return refuse(t('tooLong', { n: length, max: pageLimits().chatCharacters }));
    post(typed.kind === 'message' ? typed.text : element.value.trim());
  };

  const complete = (index: number): void => {
    const option = options[index];
    const element = field.current;
    if (!option || !element) return;
    const caret = element.selectionStart;
    element.setRangeText(option.insert, from, caret, 'end');
    element.focus();
    changed();
  };

  const key = (event: KeyboardEvent): boolean => {
    if (open) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setChosen((chosen + step + options.length) % options.length);
        return true;
      }
      if (event.key === 'Tab' && !event.shiftKey) {
        complete(chosen);
        return true;
      }
      if (event.key === 'Escape') {
        setClosedAt(before);
        return true;
      }
    }
    if (event.key === 'ArrowUp' && field.current?.value === '' && intent.kind === 'post') {
      const entry = myLast();
      if (entry) startCorrecting(entry);
      return entry !== null;
    }
    if (event.key === 'Escape') {
      if (intent.kind === 'post') field.current?.blur();
      else cancelIntent();
      return true;
    }
    return false;
  };
  /** Begins the message with a time, chosen so that typing puts the true one in its place. */
  const tellTime = (): void => {
    const element = field.current;
    if (!element) return;
    const typed = readTyped(element.value);
    if (typed.kind !== 'command' || typed.command !== 'at') {
      const time = formatTime(Date.now(), { locale: i18n.language === 'ko' ? 'ko' : 'en' });
      const start = `/${t('at.command')} `;
      fill(`${start}${time} ${element.value}`);
      element.setSelectionRange(start.length, start.length + time.length);
    }
    element.focus();
  };
  const cancelIntent = (): void => {
    if (intent.kind === 'correct') fill('');
    setIntent({ kind: 'post' });
    field.current?.focus();
  };
  const keys = useComposerKeys({
    enter: () => {
      const caret = field.current?.value.slice(0, field.current.selectionStart) ?? '';
      // What is typed in full is carried out; anything shorter is completed first.
      const isWhole =
        from !== 1
          ? options.some((option) => option.insert.trim() === caret.slice(from).trim())
          : readTyped(caret).kind === 'command';
      if (open && caret === before && !isWhole) complete(chosen);
      else give();
    },
    key,
  });

  useEffect(() => {
    if (open) announce('polite', t('complete.count', { count: options.length }));
  }, [open, options.length, t]);

  return (
    <form
      className="composer"
      aria-label={t('form')}
      {...attaching.handlers}
      onSubmit={(event) => {
        event.preventDefault();
        give();
        field.current?.focus();
      }}
    >
      {open ? <CompletionList id={listId} options={options} chosen={chosen} onChoose={complete} /> : null}
      {intent.kind === 'post' ? null : <IntentLine intent={intent} onCancel={cancelIntent} />}
      <div className="composer-row">
        <textarea
          ref={field}
          className="text-input composer-field"
          rows={1}
          dir="auto"
          defaultValue={initial}
          placeholder={whyNot ?? t('placeholder')}
          aria-label={t('form')}
          aria-describedby={noteId}
          aria-autocomplete="list"
          {...(open ? { 'aria-controls': listId, 'aria-activedescendant': optionId(listId, chosen) } : {})}
          enterKeyHint="send"
          onInput={changed}
          onSelect={() => {
            const element = field.current;
            if (element && element.selectionStart === element.selectionEnd) {
              setBefore(element.value.slice(0, element.selectionStart));
            }
          }}
          {...keys}
        />
        <button
          type="button"
          className="icon-button composer-at"
          aria-label={t('at.button')}
          title={t('at.button')}
          onClick={tellTime}
        >
          <ClockSign />
        </button>
        {attaching.button}
        <Button
          className="composer-send"
          type="submit"
          aria-disabled={length === 0 || tooLong || whyNot !== null}
        >
          {t('send')}
        </Button>
      </div>
      <p id={noteId} className="composer-note" data-refused={said !== null || tooLong}>
        {said !== null ? (
          <>
            <WarningShape /> {said}
          </>
        ) : tooLong ? (
          t('tooLong', { n: length, max: pageLimits().chatCharacters })
        ) : (
          (whyNot ?? t('hint'))
        )}
      </p>
    </form>
  );
}
