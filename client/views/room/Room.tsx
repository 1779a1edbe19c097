import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { useLocation, useParams } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useLeaveWarning, useUnrest } from '../../app/calm.ts';
import { FaultBoundary } from '../../app/Fault.tsx';
import { useKey } from '../../app/keysContext.tsx';
import { orMissing } from '../../app/lazyPart.ts';
import { useTitle } from '../../app/title.ts';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { useDeliveryNews } from '../../room/deliveries.ts';
import { onTheirWay } from '../../room/savedState.ts';
import { readStored, storedKeys, writeStored } from '../../room/stored.ts';
import { LogPane } from '../chat/LogPane.tsx';
import { useOfferToMe } from '../handoff/useOfferToMe.ts';
import { AssignDialog } from './AssignDialog.tsx';
import type { Assignment } from './AssignDialog.tsx';
import { CommandBar } from './CommandBar.tsx';
import { CommandColumn } from './CommandColumn.tsx';
import { FootTabs } from './FootTabs.tsx';
import type { RoomPane } from './FootTabs.tsx';
import { Joining, NoRoom } from './NoRoom.tsx';
import { RoleChips } from './RoleChips.tsx';
import { RoomActions } from './RoomActions.tsx';
import { RoomDialogStack } from './RoomDialogStack.tsx';
import { LOG_WIDTH, Separator } from './Separator.tsx';
import { Strip } from './Strip.tsx';
import { RoomDialogsContext, roomDialogNamed } from './roomDialogs.ts';
import type { RoomDialogs } from './roomDialogs.ts';
import { useRoomNews } from './useRoomNews.ts';
import { useWaiting } from './useWaiting.ts';
import { useRoomLayout } from './useWidth.ts';

const DocumentPane = lazy(orMissing(() => import('../document/DocumentPane.tsx')));

/** The room once it can be shown; before that what is known, after that why not any more. */
export function Room({ summary }: { summary: IncidentSummary }): ReactNode {
  const phase = useRoom((snapshot) => snapshot.phase);
  const state = useRoom((snapshot) => snapshot.state);
  if (phase.kind === 'refused') return <NoRoom error={phase.error} />;
  if (phase.kind === 'left') return <NoRoom error={{ code: 'not_found', message: '' }} />;
  if (!state) return <Joining summary={summary} />;
  return <OpenRoom state={state} />;
}

/** Dialogs have addresses, so that a mail or a link opens exactly them. */
function useDialogs(number: number): RoomDialogs {
  const { dialog } = useParams<{ number: string; dialog?: string }>();
  const [, navigate] = useLocation();
  const [fill, setFill] = useState<RoomDialogs['fill']>({});
  const current = roomDialogNamed(dialog);
  const open = useCallback<RoomDialogs['open']>(
    (name, filled = {}) => {
      setFill(filled);
      navigate(`/i/${number}/${name}${window.location.hash}`, { replace: true });
    },
    [navigate, number],
  );
  const close = useCallback(
    () => navigate(`/i/${number}${window.location.hash}`, { replace: true }),
    [navigate, number],
  );
  return useMemo(() => ({ current, open, close, fill }), [current, open, close, fill]);
}

function OpenRoom({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const { me } = useRoomHandle();
  const storageEpoch = useRoom((snapshot) => snapshot.storageEpoch);
  const pending = useRoom((snapshot) => snapshot.pending);
  const [document, setDocument] = useState<DocumentSaveState | null>(null);
  const [assignment, setAssignment] = useState<Assignment | null>(null);
  const [pane, setPane] = useState<RoomPane>(paneOfAddress);
  const room = useRef<HTMLElement>(null);
  const layout = useRoomLayout(room);
  const dialogs = useDialogs(state.number);
  const offerToMe = useOfferToMe(state.offer?.to === me.id ? state.offer : null);
  const waiting = useWaiting();
  const [logWidth, setLogWidth] = useStoredNumber(storedKeys.logWidth(me.id), LOG_WIDTH.usual);
  const [folded, setFolded] = useStoredNumber(storedKeys.commandColumn(me.id), 0);
  useRoomNews();
  useDeliveryNews(state.id);

  const unsaved = onTheirWay(pending).length + (document?.unsaved ?? 0) > 0;
  const stays = waiting.some((item) => item.kind === 'leaving' || item.kind === 'offerToMe');
  useLeaveWarning((state.commander === me.id && state.status !== 'closed') || stays || unsaved);
  useUnrest(waiting.length > 0 || unsaved);
  useTitle(
    titleOf(
      state,
      me.id,
      waiting.some((item) => item.level > 1),
      t,
    ),
  );

  useKey('h', () => dialogs.open('handoff'), { label: t('room:keys.handOver') });
  useKey('u', () => dialogs.open('update'), { label: t('room:keys.update') });
  useKey('e', () => focusInside(room.current, '.document-slot [contenteditable="true"], .document-slot'), {
    label: t('room:keys.document'),
  });
  useKey(
    'p',
    () => (layout === 'one' ? setPane('command') : focusInside(room.current, '.command-column, .chips-row')),
    {
      label: t('room:keys.people'),
    },
  );

  // An offer unfolds the dialog at its own address, and folds it away again when it is over.
  const { unfolded, fold, unfold } = offerToMe;
  const toMe = state.offer?.to === me.id;
  useEffect(() => {
    if (toMe && dialogs.current === 'handoff') unfold();
  }, [toMe, dialogs, unfold]);
  const wasToMe = useRef(toMe);
  useEffect(() => {
    if (wasToMe.current && !toMe && dialogs.current === 'handoff') dialogs.close();
    wasToMe.current = toMe;
  }, [toMe, dialogs]);
  const later = useCallback(() => {
    fold();
    if (dialogs.current === 'handoff') dialogs.close();
  }, [fold, dialogs]);

  const showColumn = layout === 'wide' && folded === 0;
  return (
    <RoomDialogsContext value={dialogs}>
      <main
        ref={room}
        className="room"
        data-layout={layout}
        data-pane={pane}
        data-column={showColumn}
        data-drill={state.drill}
        style={{ '--log-width': `${logWidth}px` } as CSSProperties}
      >
        <CommandBar state={state} onHandOver={() => dialogs.open('handoff')} onAssign={setAssignment} />
        <Strip waiting={waiting} document={document} />
        {layout === 'one' || showColumn ? null : (
          <RoleChips
            onAssign={setAssignment}
            {...(layout === 'wide' ? { onUnfold: () => setFolded(0) } : {})}
          />
        )}
        {showColumn || layout === 'one' ? (
          <CommandColumn
            onAssign={setAssignment}
            {...(layout === 'wide' ? { onFold: () => setFolded(1) } : {})}
          />
        ) : null}
        <div className="document-slot">
          <FaultBoundary within="pane" place={state.id}>
            <Suspense fallback={<p className="muted pane-wait">{t('common:load.wait')}</p>}>
              <DocumentPane
                incidentId={state.id}
                state={state}
                me={me}
                onSaveState={setDocument}
                {...(storageEpoch === null ? {} : { storageEpoch })}
              />
            </Suspense>
          </FaultBoundary>
        </div>
        {layout === 'one' ? null : <Separator width={logWidth} onWidth={setLogWidth} />}
        <LogPane onAssign={setAssignment} />
        {layout === 'one' ? <FootTabs pane={pane} onPane={setPane} /> : null}
      </main>
      <RoomActions waiting={waiting} onAssign={setAssignment} />
      {assignment ? <AssignDialog assignment={assignment} onClose={() => setAssignment(null)} /> : null}
      <RoomDialogStack offer={unfolded ? state.offer : null} onLater={later} />
    </RoomDialogsContext>
  );
}

type Words = ReturnType<typeof useTranslation<['room', 'common']>>['t'];

function titleOf(state: IncidentState, me: string, waits: boolean, t: Words): string {
  const number = t('common:incident.number', { number: state.number });
  const who = state.commander === me ? t('room:title.mine', { number }) : number;
  const drill = state.drill ? `${t('common:incident.drillMark')} ` : '';
  return `${waits ? '(1) ' : ''}${drill}${who} ${state.severity} ${state.title}`;
}

function focusInside(room: HTMLElement | null, selector: string): void {
  const element = room?.querySelector<HTMLElement>(selector);
  if (!element) return;
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus();
}

function paneOfAddress(): RoomPane {
  const wanted = new URLSearchParams(window.location.search).get('show');
  return wanted === 'document' || wanted === 'command' ? wanted : 'log';
}

/** A number that this person chose here, kept in the browser. */
function useStoredNumber(key: string, usual: number): [number, (value: number) => void] {
  const [value, setValue] = useState(() => {
    const text = readStored(key);
    return text === null || !Number.isFinite(Number(text)) ? usual : Number(text);
  });
  const keep = useCallback(
    (next: number): void => {
      setValue(next);
      writeStored(key, String(next));
    },
    [key],
  );
  return [value, keep];
}
