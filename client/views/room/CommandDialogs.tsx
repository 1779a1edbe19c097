import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { IncidentState } from '#shared/incident/state.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { CommandForm } from './CommandForm.tsx';
import { RoomDialog } from './RoomDialog.tsx';
import { SeverityForm } from './SeverityControl.tsx';
import { StatusForm } from './StatusControl.tsx';

interface DialogProps {
  state: IncidentState;
  onClose: () => void;
}

const WIDTH = 420;
/** What the command itself allows. Characters. */
const MOST = { title: 200, doing: 280 } as const;

/** The form of the bar's severity, for those who come by the palette. */
export function SeverityDialog({ state, onClose }: DialogProps): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  return (
    <RoomDialog
      title={t('room:severity.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={WIDTH}
    >
      <SeverityForm state={state} onDone={onClose} />
    </RoomDialog>
  );
}

/** The form of the bar's status, for those who come by the palette. */
export function StatusDialog({ state, onClose }: DialogProps): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  return (
    <RoomDialog
      title={t('room:status.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={WIDTH}
    >
      <StatusForm state={state} onDone={onClose} />
    </RoomDialog>
  );
}

/** A better title, once it is known what is wrong. The commander gives it. */
export function RenameDialog({ state, onClose }: DialogProps): ReactNode {
  const { t } = useTranslation('room');
  const send = useSend();
  const whyNot = useWhyNot()('incident.rename');
  return (
    <LineDialog
      heading={t('rename.title')}
      label={t('rename.label')}
      submitLabel={t('rename.submit')}
      before={state.title}
      most={MOST.title}
      whyNot={whyNot}
      missing={(text) => (text === '' ? t('rename.needed') : text === state.title ? t('rename.same') : null)}
      send={(title) => send('incident.rename', { title })}
      onClose={onClose}
    />
  );
}

/** One line on what I do now. */
export function DoingDialog({ state, onClose }: DialogProps): ReactNode {
  const { t } = useTranslation('room');
  const { me } = useRoomHandle();
  const send = useSend();
  const whyNot = useWhyNot()('doing.set');
  const before = state.doing.find((line) => line.person === me.id)?.text ?? '';
  return (
    <LineDialog
      heading={t('doing.label')}
      label={t('doing.placeholder')}
      submitLabel={t('doing.set')}
      before={before}
      most={MOST.doing}
      whyNot={whyNot}
      missing={(text) => (text === before ? t('doing.same') : null)}
      send={(text) => send('doing.set', { text })}
      onClose={onClose}
    />
  );
}

interface LineDialogProps {
  heading: string;
  label: string;
  submitLabel: string;
  before: string;
  most: number;
  whyNot: string | null;
  missing: (text: string) => string | null;
  send: (text: string) => ReturnType<ReturnType<typeof useSend>>;
  onClose: () => void;
}

/** A dialog with one line of text. */
function LineDialog(props: LineDialogProps): ReactNode {
  const { t } = useTranslation('common');
  const [text, setText] = useState(props.before);
  const id = useId();
  const written = text.trim();
  return (
    <RoomDialog
      title={props.heading}
      onClose={props.onClose}
      closeLabel={t('action.close')}
      width={480}
      initialFocus="field"
    >
      <CommandForm
        submitLabel={props.submitLabel}
        whyNot={props.whyNot}
        missing={props.missing(written)}
        send={() => props.send(written)}
        onDone={props.onClose}
        onCancel={props.onClose}
      >
        <div className="field">
          <label htmlFor={id}>{props.label}</label>
          <input
            id={id}
            data-first-field
            className="text-input"
            autoComplete="off"
            maxLength={props.most}
            readOnly={props.whyNot !== null}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      </CommandForm>
    </RoomDialog>
  );
}
