import { useState } from 'react';
import type { ReactNode } from 'react';
import { audiencesOf } from '#shared/incident/audiences.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useAudiences } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';

/** Whom the updates of this incident reach: by its severity, and attached or detached by hand, which the log records. */
export function AudiencePicker({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation('updates');
  const { facts, nameOf, targets } = useAudiences();
  const send = useSend();
  const { store } = useRoomHandle();
  const why = useWhyNot();
  const sentence = useRoomRefusal();
  const [refusal, setRefusal] = useState<string | null>(null);
  const reached = new Set(audiencesOf(state, facts));
  const whyNot = why('audience.attach');
  const byHand = new Set(state.audiences?.attached);

  async function toggle(audience: string): Promise<void> {
    setRefusal(null);
    const answer = await send(reached.has(audience) ? 'audience.detach' : 'audience.attach', { audience });
    if (answer.ok) return;
    setRefusal(sentence(answer.error));
    store.drop(answer.commandId);
  }

  const countOf = (list: string): number =>
    targets.filter((one) => one.list === list).reduce((sum, { count }) => sum + count, 0);

  return (
    <fieldset className="update-audiences">
      <legend>{t('audiences.label')}</legend>
      {facts.size === 0 ? <p className="muted">{t('audiences.none')}</p> : null}
      {[...facts.keys()].map((id) => (
        <label key={id} className="update-audience">
          <input
            type="checkbox"
            checked={reached.has(id)}
            aria-disabled={whyNot !== null}
            onChange={() => (whyNot === null ? void toggle(id) : undefined)}
          />
          <span>
            {nameOf(id)}{' '}
            <span className="muted">
              {id === 'public-page' ? '' : t('audiences.addresses', { count: countOf(id) })}
              {reached.has(id) ? ` · ${t(byHand.has(id) ? 'audiences.byHand' : 'audiences.bySeverity')}` : ''}
            </span>
          </span>
        </label>
      ))}
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
