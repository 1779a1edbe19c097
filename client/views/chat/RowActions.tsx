import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import { copyText } from '../../app/copy.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { isMessage } from '../../room/rows.ts';
import { CorrectSign, DoneSign, HideSign, LinkSign, PinSign, ReplySign } from './rowIcons.tsx';

export interface RowActs {
  reply: (entry: Entry) => void;
  correct: (entry: Entry) => void;
  hide: (entry: Entry) => void;
}

interface RowActionsProps extends RowActs {
  entry: Entry;
}

/** The address of an entry, to be pasted anywhere. */
export function addressOf(number: number, seq: number): string {
  return `${window.location.origin}/i/${number}#e${seq}`;
}

/** What can be done with an entry; shown on the row that is pointed at or focused, in a place kept for it. */
export function RowActions({ entry, reply, correct, hide }: RowActionsProps): ReactNode {
  const { t } = useTranslation('chat');
  const { me, store } = useRoomHandle();
  const state = useIncident();
  const send = useSend();
  const why = useWhyNot();
  const sentence = useRoomRefusal();
  const [said, setSaid] = useState<string | null>(null);
  const pinned = state.pinned.includes(entry.seq);
  const pinWhyNot = why(pinned ? 'entry.unpin' : 'entry.pin');
  const hideWhyNot = why('entry.redact');
  const canHide = isEntryType(entry.type) && entryTypes[entry.type].redactable.length > 0 && !entry.redacted;

  const pin = (): void => {
    if (pinWhyNot !== null) return setSaid(pinWhyNot);
    void send(pinned ? 'entry.unpin' : 'entry.pin', { seq: entry.seq }).then((answer) => {
      if (answer.ok) return;
      setSaid(sentence(answer.error));
      store.drop(answer.commandId);
    });
  };

  return (
    <fieldset className="row-actions" aria-label={t('act.label', { seq: entry.seq })}>
      {said === null ? null : (
        <span className="row-said" role="alert">
          {said}
        </span>
      )}
      <Act label={t('act.reply')} hotkey="R" sign={<ReplySign />} onClick={() => reply(entry)} />
      <Act
        label={pinned ? t('act.unpin') : t('act.pin')}
        hotkey="I"
        sign={<PinSign />}
        whyNot={pinWhyNot}
        pressed={pinned}
        onClick={pin}
      />
      <CopyLink seq={entry.seq} />
      {isMessage(entry) && entry.actor === me.id && !entry.redacted ? (
        <Act
          label={t('act.correct')}
          sign={<CorrectSign />}
          whyNot={why('chat.correct')}
          onClick={() => correct(entry)}
        />
      ) : null}
      {canHide ? (
        <Act
          label={t('act.hide')}
          sign={<HideSign />}
          whyNot={hideWhyNot}
          onClick={() => (hideWhyNot === null ? hide(entry) : setSaid(hideWhyNot))}
        />
      ) : null}
    </fieldset>
  );
}

function CopyLink({ seq }: { seq: number }): ReactNode {
  const { t } = useTranslation('chat');
  const { number } = useIncident();
  const [copied, setCopied] = useState(false);
  return (
    <Act
      label={copied ? t('act.copied') : t('act.copyLink')}
      hotkey="Y"
      sign={copied ? <DoneSign /> : <LinkSign />}
      onClick={() => void copyText(addressOf(number, seq)).then(setCopied)}
    />
  );
}

interface ActProps {
  label: string;
  sign: ReactNode;
  onClick: () => void;
  hotkey?: string;
  whyNot?: string | null;
  pressed?: boolean;
}

function Act({ label, sign, onClick, hotkey, whyNot = null, pressed }: ActProps): ReactNode {
  const title = whyNot ?? (hotkey === undefined ? label : `${label} (${hotkey})`);
  return (
    <button
      type="button"
      className="icon-button row-act"
      aria-label={label}
      aria-disabled={whyNot !== null}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      title={title}
      onClick={onClick}
    >
      {sign}
    </button>
  );
}
