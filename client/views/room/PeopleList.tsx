import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { heldRoles } from '../../room/authorBadges.ts';
import { useIncident, useRoom, useRoomHandle, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import type { Assignment } from './AssignDialog.tsx';
import { DoingLine } from './DoingLine.tsx';
import { HeldBadge } from './HeldBadge.tsx';

/** Who is here, with roles and doings; in private incidents who may be here, too. */
export function PeopleList({ onAssign }: { onAssign: (assignment: Assignment) => void }): ReactNode {
  const { t } = useTranslation('room');
  const state = useIncident();
  const { me } = useRoomHandle();
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const presence = useRoom((snapshot) => snapshot.presence);
  const [opened, setOpened] = useState(false);
  const withoutRole = presence.filter((each) => heldRoles(state, each.person).roles.length === 0);
  const shown = opened ? presence : withoutRole.slice(0, 6);
  return (
    <section className="people" aria-label={t('people.label')}>
      <h3 className="people-head">
        <span className="tabular">{t('people.here', { count: presence.length })}</span>
        <Button size="compact-sm" variant="subtle" aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {opened ? t('people.fewer') : t('people.all')}
        </Button>
      </h3>
      <ul className="people-rows">
        {shown.map((each) => (
          <li key={each.person}>
            <span className="role-head">
              <HeldBadge held={heldRoles(state, each.person)} size="roster" />
              <bdi className="role-name" data-me={each.person === me.id}>
                {nameOf(each.person)}
              </bdi>
              <span className="meta muted">
                {each.away
                  ? t('person.awayShort')
                  : t('people.since', { time: formatTime(each.since, style) })}
              </span>
            </span>
            {withoutRole.includes(each) ? <DoingLine person={each.person} /> : null}
          </li>
        ))}
      </ul>
      {state.private ? <Members onAssign={onAssign} /> : null}
    </section>
  );
}

function Members({ onAssign }: { onAssign: (assignment: Assignment) => void }): ReactNode {
  const { t } = useTranslation('room');
  const state = useIncident();
  const nameOf = useNameOf();
  const send = useSend();
  const why = useWhyNot();
  const members = state.members ?? [];
  const addWhyNot = why('member.add');
  const removeWhyNot = why('member.remove');
  return (
    <section className="members" aria-label={t('members.label')}>
      <h3 className="people-head">
        <span className="tabular">{t('members.count', { count: members.length })}</span>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-disabled={addWhyNot !== null}
          title={addWhyNot ?? undefined}
          onClick={() => (addWhyNot === null ? onAssign({ kind: 'member' }) : undefined)}
        >
          {t('members.add')}
        </Button>
      </h3>
      <ul className="people-rows">
        {members.map((person) => (
          <li key={person} className="role-head">
            <bdi className="role-name">{nameOf(person)}</bdi>
            {person === state.commander ? null : (
              <button
                type="button"
                className="icon-button"
                aria-disabled={removeWhyNot !== null}
                title={removeWhyNot ?? undefined}
                aria-label={t('members.remove', { name: nameOf(person) })}
                onClick={() => (removeWhyNot === null ? void send('member.remove', { person }) : undefined)}
              >
                ×
              </button>
            )}
          </li>
        ))}
        {(state.brokenBy ?? []).map((person) => (
          <li key={person} className="meta muted">
            {t('members.broken', { name: nameOf(person) })}
          </li>
        ))}
      </ul>
    </section>
  );
}
