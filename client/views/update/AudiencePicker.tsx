import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { audiencesOf } from '#shared/incident/audiences.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { useAudiences } from '../../app/settings.ts';
import type { Draft } from '../../document/draft.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { leftOut, WITHOUT } from './composer.ts';
import { useDraftSnapshot } from './useDraft.ts';

/**
 * Whom this update reaches: of the incident's audiences those that are ticked, for this one update. Attaching and detaching
 * is for all that follow, and the log records it.
 */
export function AudiencePicker({ draft, state }: { draft: Draft; state: IncidentState }): ReactNode {
  const { t } = useTranslation('updates');
  const { facts, nameOf, targets } = useAudiences();
  const send = useSend();
  const { store } = useRoomHandle();
  const why = useWhyNot();
  const sentence = useRoomRefusal();
  const [refusal, setRefusal] = useState<string | null>(null);
  const without = leftOut(useDraftSnapshot(draft).choices);
  const reached = audiencesOf(state, facts);
  const others = [...facts.keys()].filter((id) => !reached.includes(id));
  const whyNot = why('audience.attach');
  const byHand = new Set(state.audiences?.attached);

  async function change(type: 'audience.attach' | 'audience.detach', audience: string): Promise<void> {
    setRefusal(null);
    const answer = await send(type, { audience });
    if (answer.ok) return;
    setRefusal(sentence(answer.error));
    store.drop(answer.commandId);
  }

  function leave(audience: string, isLeft: boolean): void {
    const rest = [...without].filter((id) => id !== audience && reached.includes(id));
    const all = isLeft ? [...rest, audience] : rest;
    draft.choose(WITHOUT, all.length === 0 ? null : all.join(','));
  }

  const countOf = (list: string): string =>
    list === PUBLIC_PAGE
      ? ''
      : t('audiences.addresses', {
          count: targets.filter((one) => one.list === list).reduce((sum, { count }) => sum + count, 0),
        });
  const aboutOf = (id: string): string =>
    [countOf(id), t(byHand.has(id) ? 'audiences.byHand' : 'audiences.bySeverity')]
      .filter((part) => part !== '')
      .join(' · ');

  return (
    <fieldset className="update-audiences">
      <legend>{t('audiences.label')}</legend>
      {facts.size === 0 ? <p className="muted">{t('audiences.none')}</p> : null}
      {reached.map((id) => (
        <div key={id} className="update-audience">
          <label>
            <input
              type="checkbox"
              checked={!without.has(id)}
              onChange={(event) => leave(id, !event.currentTarget.checked)}
            />
            <span>
              {nameOf(id)} <span className="muted">{aboutOf(id)}</span>
            </span>
          </label>
          <Change
            label={t('audiences.detach')}
            name={nameOf(id)}
            whyNot={whyNot}
            onClick={() => void change('audience.detach', id)}
          />
        </div>
      ))}
      {others.map((id) => (
        <div key={id} className="update-audience">
          <span className="muted">
            {nameOf(id)} ·{' '}
            {[countOf(id), t('audiences.notAttached')].filter((part) => part !== '').join(' · ')}
          </span>
          <Change
            label={t('audiences.attach')}
            name={nameOf(id)}
            whyNot={whyNot}
            onClick={() => void change('audience.attach', id)}
          />
        </div>
      ))}
      {reached.some((id) => without.has(id)) ? <p className="meta muted">{t('audiences.onlyThis')}</p> : null}
      {state.private ? <p className="muted">{t('audiences.private')}</p> : null}
      {state.drill ? <p className="muted">{t('audiences.drill')}</p> : null}
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          {refusal}
        </p>
      )}
    </fieldset>
  );
}

/** Attaches or detaches; who may not keeps the button, with the reason. */
function Change(props: {
  label: string;
  name: string;
  whyNot: string | null;
  onClick: () => void;
}): ReactNode {
  const { label, name, whyNot, onClick } = props;
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`${label}: ${name}`}
      aria-disabled={whyNot !== null}
      title={whyNot ?? undefined}
      onClick={() => (whyNot === null ? onClick() : undefined)}
    >
      {label}
    </Button>
  );
}
