import { useCallback, useState } from 'react';
import { usePeople } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useRoomRefusal, useSend } from '../../room/RoomContext.tsx';
import { readStored, storedKeys, writeStored } from '../../room/stored.ts';
import type { Waiting } from '../../room/waiting.ts';
import { useRoomDialogs } from './roomDialogs.ts';

export interface WaitingAct {
  label: string;
  /** Said instead where there is little room. */
  short?: string;
  run: () => void;
  /** The one that `A` does. */
  main?: true;
}

/** What can be done about a waiting item, the main act first, and the refusal of the last act. */
export function useWaitingActs(): { actsOf: (item: Waiting) => WaitingAct[]; refusal: string | null } {
  const { t } = useTranslation(['room', 'handoff']);
  const { me, store } = useRoomHandle();
  const send = useSend();
  const people = usePeople();
  const { open } = useRoomDialogs();
  const sentence = useRoomRefusal();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [remindedEpoch, setRemindedEpoch] = useState(0);

  const give = useCallback(
    (answer: ReturnType<typeof send>): void => {
      setRefusal(null);
      void answer.then((each) => {
        if (each.ok) return;
        setRefusal(sentence(each.error));
        store.drop(each.commandId);
      });
    },
    [sentence, store],
  );

  const remind = (epoch: number, missing: readonly string[]): void => {
    writeStored(storedKeys.reminded(me.id, store.incidentId, epoch), '1');
    setRemindedEpoch(epoch);
    const names = missing.map((id) => `@${people.get(id)?.name ?? ''}`).join(' ');
    give(send('chat.post', { text: t('handoff:reminder', { names }), mentions: [...missing] }));
  };

  const actsOf = (item: Waiting): WaitingAct[] => {
    switch (item.kind) {
      case 'offerToMe':
        return [{ label: t('handoff:act.answer'), run: () => open('handoff'), main: true }];
      case 'offerOfMine':
        return [
          {
            label: t('handoff:act.withdraw'),
            run: () => give(send('handoff.withdraw', { offer: item.offer.offer })),
          },
        ];
      case 'confirm':
        return [
          {
            label: t('handoff:act.know'),
            run: () => give(send('handoff.confirm', { epoch: item.confirmation.epoch })),
            main: true,
          },
        ];
      case 'leaving': {
        const { epoch } = item.confirmation;
        const know: WaitingAct = {
          label: t('handoff:act.know'),
          run: () => give(send('handoff.confirm', { epoch })),
          main: true,
        };
        if (!item.knows) return [know];
        const done =
          remindedEpoch === epoch || readStored(storedKeys.reminded(me.id, store.incidentId, epoch)) === '1';
        if (done) return [];
        return [
          {
            label: t('handoff:act.remind', { count: item.knowledge.missing.length }),
            run: () => remind(epoch, item.knowledge.missing),
          },
        ];
      }
      case 'commanderAbsent':
        return item.mine
          ? [{ label: t('handoff:act.force'), short: t('handoff:act.forceShort'), run: () => open('force') }]
          : [];
      case 'updateOverdue':
      case 'updateSoon':
        return [{ label: t('room:update.write'), run: () => open('update'), main: true }];
      case 'questions':
        return [{ label: t('room:questions.answer'), run: () => open('questions'), main: true }];
      case 'longInCommand':
        return [
          { label: t('handoff:act.handOver'), short: t('room:bar.handOver'), run: () => open('handoff') },
        ];
      case 'handoffResult':
        return [{ label: t('room:phase.drop'), run: () => store.dismissResult(item.result.seq), main: true }];
      case 'refused':
        return [{ label: t('room:phase.drop'), run: () => store.drop(item.item.commandId), main: true }];
      case 'offerOfAnother':
      case 'notAllKnow':
        return [];
      default:
        return item satisfies never;
    }
  };
  return { actsOf, refusal };
}
