import { useMemo } from 'react';
import { severities, standingRoles, statuses } from '#shared/contract/identifiers.ts';
import { bestMatch } from '../../app/hangul.ts';
import { usePeople } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { commandsFor, completingAt } from '../../room/slash.ts';
import type { Completing, SlashId } from '../../room/slash.ts';

export interface Completion {
  id: string;
  /** What replaces the completed part. */
  insert: string;
  label: string;
  note: string;
}

/** What the list offers at the caret, and where the completed part begins. */
export interface Completions {
  from: number;
  options: Completion[];
}

const MOST = 8;
const NONE: Completions = { from: 0, options: [] };

/** Completions for the text before the caret: commands in both languages, their arguments, people. */
export function useCompletions(before: string): Completions {
  const { t, i18n } = useTranslation(['chat', 'common']);
  const { me } = useRoomHandle();
  const roles = useIncident().roles;
  const presence = useRoom((snapshot) => snapshot.presence);
  const people = usePeople();
  const korean = i18n.language === 'ko';
  return useMemo(() => {
    const completing = completingAt(before);
    if (!completing) return NONE;
    const here = new Set(presence.map((each) => each.person));

    const forPeople = (query: string): Completion[] =>
      [...people.values()]
        .filter(({ id, access, disabled }) => id !== me.id && access === 'responder' && disabled !== true)
        .map((each) => ({ each, quality: bestMatch(query, [each.name]) + (here.has(each.id) ? 10 : 0) }))
        .filter(({ each }) => bestMatch(query, [each.name]) > 0)
        .toSorted((a, b) => b.quality - a.quality || a.each.name.localeCompare(b.each.name))
        .map(({ each }) => ({
          id: each.id,
          insert: `@${each.name} `,
          label: each.name,
          note: here.has(each.id) ? t('chat:complete.here') : '',
        }));

    const forArgument = ({ command, query }: Extract<Completing, { kind: 'argument' }>): Completion[] => {
      const options: Completion[] = [];
      if (command.argument === 'severity') {
        options.push(
          ...severities.map((each) => ({
            id: each,
            insert: `${each} `,
            label: each,
            note: t(`common:severity.${each}`),
          })),
        );
      }
      if (command.argument === 'status') {
        options.push(
          ...statuses.map((each) => ({
            id: each,
            insert: `${each} `,
            label: t(`common:status.${each}`),
            note: each,
          })),
        );
      }
      if (command.argument === 'role') {
        options.push(
          ...standingRoles.map((each) => ({
            id: each,
            insert: `${each} `,
            label: t(`common:role.${each}`),
            note: each,
          })),
        );
        const subs = roles.filter((role) => !standingRoles.some((each) => each === role.role));
        options.push(
          ...subs.map(({ role, title }) => ({ id: role, insert: `${role} `, label: title, note: '' })),
        );
      }
      return options.filter((each) => bestMatch(query, [each.label, each.note, each.id]) > 0);
    };

    const forCommands = (query: string): Completion[] =>
      commandsFor(query, (id: SlashId) => t(`chat:slash.${id}`)).map((command) => ({
        id: command.id,
        insert: `${korean ? command.ko : command.id} `,
        label: `/${korean ? command.ko : command.id}`,
        note: t(`chat:slash.${command.id}`),
      }));

    switch (completing.kind) {
      case 'command':
        return { from: completing.from, options: forCommands(completing.query) };
      case 'argument':
        return { from: completing.from, options: forArgument(completing).slice(0, MOST) };
      case 'person':
        return { from: completing.from, options: forPeople(completing.query).slice(0, MOST) };
      default:
        return completing satisfies never;
    }
  }, [before, people, presence, roles, me.id, korean, t]);
}
