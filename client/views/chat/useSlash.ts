import { useCallback } from 'react';
import { statuses } from '#shared/contract/identifiers.ts';
import type { Status } from '#shared/contract/identifiers.ts';
import { matchQuality } from '../../app/hangul.ts';
import { usePeople } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoomHandle, useRoomRefusal, useSend } from '../../room/RoomContext.tsx';
import { entryAt } from '../../room/logWindow.ts';
import type { GivenAnswer, RoomStore } from '../../room/roomTypes.ts';
import { isMessage } from '../../room/rows.ts';
import { readEntryNumber, readSeverity } from '../../room/slash.ts';
import type { SlashId } from '../../room/slash.ts';
import type { Assignment } from '../room/AssignDialog.tsx';
import { useRoomDialogs } from '../room/roomDialogs.ts';

export interface SlashParts {
  onAssign: (assignment: Assignment) => void;
  onFind: (query: string) => void;
  /** Corrects my last message; without a text it is put into the box. */
  onCorrect: (text: string) => string | null;
}

/** What is carried out beside the message; `/at` is part of one. */
export type SideCommand = Exclude<SlashId, 'at'>;

/** Why nothing happened, in words; null when it did. */
type Outcome = Promise<string | null> | string | null;

/** Carries out a typed command. Whatever moves command or leaves the house only opens its dialog, filled in. */
export function useSlash({
  onAssign,
  onFind,
  onCorrect,
}: SlashParts): (id: SideCommand, argument: string) => Outcome {
  const { t } = useTranslation(['chat', 'common']);
  const { store, me } = useRoomHandle();
  const send = useSend();
  const state = useIncident();
  const people = usePeople();
  const dialogs = useRoomDialogs();
  const sentence = useRoomRefusal();

  return useCallback(
    (id, argument) => {
      const outcome = (given: Promise<GivenAnswer>): Promise<string | null> =>
        given.then((answer) => {
          if (answer.ok) return null;
          store.drop(answer.commandId);
          return sentence(answer.error);
        });
      const personNamed = (text: string): string | null => {
        const wanted = text.replace(/^@/, '').trim().toLowerCase();
        if (wanted === '') return null;
        return [...people.values()].find(({ name }) => name.toLowerCase() === wanted)?.id ?? null;
      };

      switch (id) {
        case 'handoff': {
          const person = personNamed(argument);
          dialogs.open('handoff', person === null ? {} : { person });
          return null;
        }
        case 'accept':
        case 'decline':
          if (state.offer?.to !== me.id) return t('chat:slashRefused.noOffer');
          dialogs.open('handoff', { declining: id === 'decline' });
          return null;
        case 'withdraw':
          if (!state.offer) return t('chat:slashRefused.noOffer');
          return outcome(send('handoff.withdraw', { offer: state.offer.offer }));
        case 'role': {
          const [, name = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(argument) ?? [];
          const role = roleNamed(name, state.roles, (standing) => t(`common:role.${standing}`));
          if (!role) return t('chat:slashRefused.role');
          const person = personNamed(rest);
          if (person === null) {
            onAssign({ kind: 'assign', role: role.role, title: role.title });
            return null;
          }
          return outcome(send('role.assign', { role: role.role, person }));
        }
        case 'sev': {
          const { severity, reason } = readSeverity(argument);
          if (severity === null) return t('chat:slashRefused.severity');
          if (reason === '') return t('chat:slashRefused.reason');
          return outcome(send('severity.set', { severity, reason }));
        }
        case 'status': {
          const [, word = '', note = ''] = /^(\S*)\s*([\s\S]*)$/.exec(argument) ?? [];
          const status = statusNamed(argument, word, (each) => t(`common:status.${each}`));
          if (status === null) return t('chat:slashRefused.status');
          const text = note.trim();
          return outcome(send('status.set', { status, ...(text === '' ? {} : { note: text }) }));
        }
        case 'update':
          dialogs.open('update');
          return null;
        case 'same':
          if (state.lastUpdate === null) return t('chat:slashRefused.noUpdate');
          dialogs.open('update', { nothingNew: true });
          return null;
        case 'brief':
          dialogs.open('brief');
          return null;
        case 'help':
          dialogs.open('help');
          return null;
        case 'find':
          onFind(argument);
          return null;
        case 'now':
          return outcome(send('doing.set', { text: argument }));
        case 'pin': {
          const seq = argument === '' ? lastMessage(store) : readEntryNumber(argument);
          return seq === null ? t('chat:slashRefused.entry') : outcome(send('entry.pin', { seq }));
        }
        case 'correct':
          return onCorrect(argument);
        default:
          return id satisfies never;
      }
    },
    [store, me.id, send, state, people, dialogs, sentence, t, onAssign, onFind, onCorrect],
  );
}

function lastMessage(store: RoomStore): number | null {
  const { log } = store.getSnapshot();
  for (let seq = log.last; seq >= log.first; seq -= 1) {
    const entry = entryAt(log, seq);
    if (entry && isMessage(entry)) return seq;
  }
  return null;
}

function roleNamed(
  name: string,
  roles: readonly { role: string; title: string }[],
  standingTitle: (role: 'ops' | 'comms' | 'planning') => string,
): { role: string; title: string } | null {
  const wanted = name.toLowerCase();
  if (wanted === '') return null;
  const titled = roles.map(({ role, title }) => ({
    role,
    title: role === 'ops' || role === 'comms' || role === 'planning' ? standingTitle(role) : title,
  }));
  return (
    titled.find(({ role }) => role === wanted) ??
    titled.find(({ title }) => matchQuality(name, title) === 3) ??
    null
  );
}

function statusNamed(argument: string, word: string, wordOf: (status: Status) => string): Status | null {
  const direct = statuses.find((each) => each === word.toLowerCase());
  if (direct) return direct;
  return statuses.find((each) => argument !== '' && argument.startsWith(wordOf(each))) ?? null;
}
