import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { PEOPLE_KEY, usePeopleList } from '../../app/people.tsx';
import { useMe } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { BreakGlass } from '../notfound/BreakGlass.tsx';
import { AddPerson } from './AddPerson.tsx';
import { CopyOnce } from './CopyOnce.tsx';
import { PersonRow } from './PersonRow.tsx';

/** Who is here; administrators add, invite, disable and sign out. */
export function PeopleSettings(): ReactNode {
  const { t } = useTranslation(['settings', 'common']);
  const me = useMe();
  const { people, known, failed } = usePeopleList();
  const queries = useQueryClient();
  const [link, setLink] = useState<{ name: string; address: string } | null>(null);
  const changed = (): void => void queries.invalidateQueries({ queryKey: PEOPLE_KEY });
  const invited = (name: string, address: string): void => {
    setLink({ name, address });
    changed();
  };

  return (
    <section className="settings-card" aria-labelledby="settings-people">
      <h2 id="settings-people">
        {t('section.people')} <span className="muted tabular">{known ? people.length : ''}</span>
      </h2>
      {me.admin ? (
        <>
          <AddPerson onAdded={invited} />
          <div className="settings-link">
            {link ? <CopyOnce label={t('people.linkFor', { name: link.name })} text={link.address} /> : null}
          </div>
        </>
      ) : (
        <p className="muted">{t('people.readOnly')}</p>
      )}
      {failed && !known ? <p className="refused">{t('common:load.failed')}</p> : null}
      {!known && !failed ? <p className="muted">{t('common:load.wait')}</p> : null}
      <ul className="people-list">
        {people.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            mayChange={me.admin}
            isMe={person.id === me.id}
            onChanged={changed}
            onInvited={invited}
          />
        ))}
      </ul>
      <BreakGlass />
    </section>
  );
}
