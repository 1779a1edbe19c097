import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { serviceImpacts } from '#shared/contract/updates.ts';
import type { ServiceImpact } from '#shared/contract/updates.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useServices } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';

/** How badly the incident hits each service, as people outside read it; a change is an entry at once. */
export function ServicesField({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['updates', 'common']);
  const { services } = useServices();
  const send = useSend();
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const whyNot = useWhyNot()('service.set');
  const [refusal, setRefusal] = useState<string | null>(null);
  if (services.length === 0) return null;
  const impactOf = (service: string): ServiceImpact =>
    state.services?.find((one) => one.service === service)?.impact ?? 'operational';

  async function set(service: string, impact: ServiceImpact): Promise<void> {
    setRefusal(null);
    const answer = await send('service.set', { service, impact });
    if (answer.ok) return;
    setRefusal(sentence(answer.error));
    store.drop(answer.commandId);
  }

  return (
    <fieldset className="update-services">
      <legend>{t('updates:services')}</legend>
      {services.map(({ id, name }) => (
        <NativeSelect
          key={id}
          label={name}
          value={impactOf(id)}
          disabled={whyNot !== null}
          data={serviceImpacts.map((impact) => ({ value: impact, label: t(`common:impact.${impact}`) }))}
          onChange={(event) => {
            const impact = serviceImpacts.find((one) => one === event.currentTarget.value);
            if (impact) void set(id, impact);
          }}
        />
      ))}
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          {refusal}
        </p>
      )}
    </fieldset>
  );
}
