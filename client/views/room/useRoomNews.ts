import { useEffect, useRef } from 'react';
import { asKnown } from '#shared/contract/entries.ts';
import type { Entry, KnownEntry } from '#shared/contract/entries.ts';
import { announce } from '../../app/announce.ts';
import type { Politeness } from '../../app/announce.ts';
import { useNameOf } from '../../app/people.tsx';
import { usePreferences } from '../../app/preferences.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle } from '../../room/RoomContext.tsx';
import { mentionersIn } from '../../room/mentions.ts';
import { useEntryLine } from '../chat/useEntryLine.ts';
import { playTone } from './tone.ts';

/** More than this at once, as after coming back, are told as a number, with the names of those who mention me. */
const TOLD_ONE_BY_ONE = 5;

/** So many names are said; the others are a number. */
const MOST_NAMES = 5;

/** Entries worth a polite word to everybody: what changes who leads and how bad it is. */
const POLITE: ReadonlySet<string> = new Set([
  'severity.set',
  'status.set',
  'incident.reopened',
  'handoff.declined',
  'handoff.withdrawn',
  'handoff.expired',
  'handoff.voided',
  'update.overdue',
]);

/** Tells screen readers what happens in the room: offers and changes of command at once, mentions and command politely. */
export function useRoomNews(): void {
  const { t } = useTranslation(['handoff', 'chat']);
  const { store, me } = useRoomHandle();
  const nameOf = useNameOf();
  const line = useEntryLine();
  const style = useTimeStyle();
  const { sound } = usePreferences().preferences;

  const tell = (entry: KnownEntry): { politeness: Politeness; text: string } | null => {
    if (entry.type === 'handoff.offered') {
      if (entry.body.to !== me.id) return null;
      if (sound) playTone();
      return { politeness: 'assertive', text: t('handoff:say.offered', { name: nameOf(entry.body.from) }) };
    }
    if (entry.type === 'handoff.accepted' || entry.type === 'handoff.forced') {
      return { politeness: 'assertive', text: passedWords(entry.body, entry.at) };
    }
    if (entry.actor === me.id) return null;
    if (entry.type === 'chat.posted') {
      if (!entry.body.mentions?.includes(me.id)) return null;
      const text = entry.body.text.slice(0, 140);
      return { politeness: 'polite', text: t('chat:say.mention', { name: nameOf(entry.actor), text }) };
    }
    const isMine =
      (entry.type === 'role.assigned' || entry.type === 'role.delegated') && entry.body.person === me.id;
    if (!isMine && !POLITE.has(entry.type)) return null;
    return {
      politeness: 'polite',
      text: `${nameOf(entry.actor)}: ${line(entry as unknown as Entry).sentence}`,
    };
  };

  function passedWords(body: { from: string; to: string }, at: string): string {
    if (body.to === me.id) return t('handoff:say.mine');
    if (body.from === me.id) return t('handoff:say.lost', { name: nameOf(body.to) });
    return t('handoff:say.passed', { name: nameOf(body.to), time: formatTime(at, style) });
  }

  const tellMany = (entries: readonly Entry[]): string => {
    const mentioners = mentionersIn(entries, me.id);
    const count = t('chat:say.many', { count: entries.length });
    if (mentioners.length === 0) return count;
    const names = mentioners.slice(-MOST_NAMES).map(nameOf).join(', ');
    const others = mentioners.length - MOST_NAMES;
    return `${count}. ${
      others > 0
        ? t('chat:say.mentionersMore', { names, count: others })
        : t('chat:say.mentioners', { names })
    }`;
  };

  const latest = useRef({ tell, tellMany });
  useEffect(() => {
    latest.current = { tell, tellMany };
  });

  const said = useRef(store.getSnapshot().log.last);
  useEffect(
    () =>
      store.subscribe(() => {
        const { log } = store.getSnapshot();
        if (log.last <= said.current) {
          // The room began anew, as after a restore: nothing of it is news.
          if (log.last > 0) said.current = log.last;
          return;
        }
        const fresh = log.entries.slice(Math.max(0, said.current + 1 - log.first));
        said.current = log.last;
        const many = fresh.length > TOLD_ONE_BY_ONE;
        for (const entry of fresh) {
          const known = asKnown(entry);
          const news = known ? latest.current.tell(known) : null;
          if (news && (!many || news.politeness === 'assertive')) announce(news.politeness, news.text);
        }
        if (many) announce('polite', latest.current.tellMany(fresh));
      }),
    [store],
  );
}
