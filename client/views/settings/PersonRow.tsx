import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import type { Answer } from '../../app/api.ts';
import type { ListedPerson } from '../../app/people.tsx';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered, useAnswered } from './Answered.tsx';

interface PersonRowProps {
  person: ListedPerson;
  mayChange: boolean;
  isMe: boolean;
  onChanged: () => void;
  onInvited: (name: string, link: string) => void;
}

/** One person with what an administrator can do; disabling says its effect before it is done. */
export function PersonRow({ person, mayChange, isMe, onChanged, onInvited }: PersonRowProps): ReactNode {
  const { t } = useTranslation(['settings', 'common']);
  const sentence = useRefusal();
  const [asking, setAsking] = useState(false);
  const [answered, setAnswered] = useAnswered();
  const path = `/api/people/${person.id}`;

  async function act<T>(asked: Promise<Answer<T>>, done: string, then?: (value: T) => void): Promise<void> {
    const answer = await asked;
    setAsking(false);
    if (answer.ok) {
      setAnswered({ kind: 'done', sentence: done });
      announce('polite', done);
      then?.(answer.value);
      onChanged();
    } else {
      setAnswered({ kind: 'refused', sentence: sentence(answer.error) });
      announce('assertive', sentence(answer.error));
    }
  }

  const setDisabled = (disabled: boolean): Promise<void> =>
    act(
      api(path, { method: 'PATCH', body: { disabled } }),
      t(disabled ? 'people.disabledDone' : 'people.enabledDone', { name: person.name }),
    );

  return (
    <li className="person-row">
      <div className="person-who">
        <strong>{person.name}</strong> {isMe ? <span className="muted">({t('people.me')})</span> : null}
        <div className="muted meta">
          {[
            person.email,
            t(`people.${person.access}`),
            person.admin ? t('admin') : null,
            person.disabled ? t('people.disabled') : null,
            person.invited ? t('people.invited') : null,
          ]
            .filter((part) => part != null)
            .join(' · ')}
        </div>
      </div>
      {mayChange ? (
        <div className="person-acts">
          {asking ? (
            <>
              <span>{t('people.disableEffect')}</span>
              <Button size="compact-sm" color="danger" onClick={() => void setDisabled(true)}>
                {t('people.disable')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
                {t('common:action.cancel')}
              </Button>
            </>
          ) : (
            <>
              {person.disabled ? (
                <Button size="compact-sm" variant="default" onClick={() => void setDisabled(false)}>
                  {t('people.enable')}
                </Button>
              ) : (
                <>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() =>
                      void act(
                        api<{ invitation: string }>(`${path}/invitation`, { method: 'POST' }),
                        t('people.linkMade'),
                        ({ invitation }) => onInvited(person.name, invitation),
                      )
                    }
                  >
                    {t('people.newLink')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() =>
                      void act(
                        api(`${path}/sessions`, { method: 'DELETE' }),
                        t('people.signedOut', { name: person.name }),
                      )
                    }
                  >
                    {t('people.signOut')}
                  </Button>
                  {isMe ? null : (
                    <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
                      {t('people.disable')}
                    </Button>
                  )}
                </>
              )}
            </>
          )}
        </div>
      ) : null}
      {answered.kind === 'nothing' ? null : <Answered answered={answered} />}
    </li>
  );
}
