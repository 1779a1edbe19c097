import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { Person } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { announce } from '../../app/announce.ts';
import { useSession } from '../../app/session.tsx';
import type { CaretUser } from '../../document/carets.ts';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { EditorSurface } from './EditorSurface.tsx';
import { KeptTexts } from './KeptTexts.tsx';
import { PresentWriters } from './PresentWriters.tsx';
import { ReadOnlyDocument } from './ReadOnlyDocument.tsx';
import { ReasonLine } from './ReasonLine.tsx';
import { SaveMark } from './SaveMark.tsx';
import { ScratchPad } from './ScratchPad.tsx';
import { Skeleton } from './Skeleton.tsx';
import { mayWrite, readOnlyReason } from './readOnlyReason.ts';
import { roleLabel } from './roleLabel.ts';
import { useDocumentSession } from './useDocumentSession.ts';
import { useLargeDocument } from './useLargeDocument.ts';
import './document.css';

export type { DocumentSaveState } from '../../document/saveState.ts';

export interface DocumentPaneProps {
  incidentId: string;
  state: IncidentState;
  me: Person;
  /** Told at first and after every change; see `DocumentSaveState` for what may be shown from it. */
  onSaveState(state: DocumentSaveState): void;
  /** What joining the room said; without it the server is asked. */
  storageEpoch?: string;
}

const CONNECTING: DocumentSaveState = { kind: 'connecting', unsaved: 0 };
const PANES = ['text', 'scratch'] as const;
type Pane = (typeof PANES)[number];

/** The live incident document with its scratch pad. */
export default function DocumentPane({
  incidentId,
  state,
  me,
  onSaveState,
  storageEpoch,
}: DocumentPaneProps): ReactNode {
  const { t } = useTranslation('document');
  const { t: common } = useTranslation('common');
  const opened = useDocumentSession(incidentId, me, storageEpoch);
  const { session: signedIn } = useSession();
  const [pane, setPane] = useState<Pane>('text');
  const [tooLarge, setTooLarge] = useState(false);
  const id = useId();
  const snapshot = opened?.snapshot ?? null;
  const session = opened?.session ?? null;
  const save = snapshot?.save ?? CONNECTING;

  const report = useRef(onSaveState);
  useEffect(() => {
    report.current = onSaveState;
  });
  useEffect(() => {
    report.current(save);
  }, [save]);

  const writable = mayWrite(state, me);
  useEffect(() => session?.setWritable(writable), [session, writable]);

  const isIn = signedIn.state === 'in';
  useEffect(() => {
    if (isIn && session?.snapshot().ended === 'session_ended') session.retry();
  }, [isIn, session]);

  useLeavingQuestion(save.unsaved > 0);
  const lastKept = snapshot?.kept.at(-1);
  useEffect(() => {
    if (lastKept) announce('assertive', t(`kept.${lastKept.reason}.title`));
  }, [lastKept, t]);
  useEffect(() => {
    if (!tooLarge) return;
    const timer = setTimeout(() => setTooLarge(false), 10_000);
    return () => clearTimeout(timer);
  }, [tooLarge]);

  const reason = snapshot ? readOnlyReason(snapshot, state, me) : null;
  const percent = useLargeDocument(snapshot?.phase === 'ready' ? snapshot.instance.doc : null);
  const label = t('label');
  const labelOf = (user: CaretUser): string =>
    [roleLabel(state, user.id, common), user.name].filter(Boolean).join(' ');

  function onTabKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const next: Pane = pane === 'text' ? 'scratch' : 'text';
    setPane(next);
    document.getElementById(`${id}-${next}-tab`)?.focus();
  }

  return (
    <section className="document" aria-label={t('pane')} data-region="document">
      <header className="document-head">
        <div role="tablist" aria-label={t('tabs')} className="document-tabs">
          {PANES.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`${id}-${one}-tab`}
              aria-selected={pane === one}
              aria-controls={`${id}-${one}`}
              tabIndex={pane === one ? 0 : -1}
              onClick={() => setPane(one)}
              onKeyDown={onTabKey}
            >
              {t(`tab.${one}`)}
            </button>
          ))}
        </div>
        <SaveMark save={save} savedAt={snapshot?.savedAt ?? null} />
      </header>
      {snapshot?.full ? (
        <p className="document-note" role="alert">
          {t('full')}
        </p>
      ) : null}
      {percent !== null && !snapshot?.full && reason === null ? (
        <output className="document-note">{t('large', { percent })}</output>
      ) : null}
      {tooLarge ? (
        <p className="document-note" role="alert">
          {t('tooLarge')}
        </p>
      ) : null}
      <div
        role="tabpanel"
        id={`${id}-text`}
        aria-labelledby={`${id}-text-tab`}
        className="document-panel"
        hidden={pane !== 'text'}
      >
        {session && snapshot && reason ? (
          <ReasonLine reason={reason} session={session} commander={state.commander} unsaved={save.unsaved} />
        ) : null}
        {!session || !snapshot || snapshot.phase !== 'ready' ? (
          <Skeleton late={snapshot?.phase === 'late'} onRetry={() => session?.retry()} />
        ) : reason ? (
          <div className="document-scroll">
            <ReadOnlyDocument content={snapshot.instance.content} label={label} />
          </div>
        ) : (
          <EditorSurface
            key={`${snapshot.instance.number}-${snapshot.trips}`}
            session={session}
            instance={snapshot.instance}
            label={label}
            labelOf={labelOf}
            roles={state.roles}
            onTooLarge={() => setTooLarge(true)}
          />
        )}
        {snapshot?.phase === 'ready' ? (
          <PresentWriters awareness={snapshot.instance.awareness} labelOf={labelOf} />
        ) : null}
      </div>
      <div
        role="tabpanel"
        id={`${id}-scratch`}
        aria-labelledby={`${id}-scratch-tab`}
        className="document-panel"
        hidden={pane !== 'scratch'}
      >
        {snapshot?.phase === 'ready' ? (
          <ScratchPad
            key={snapshot.instance.number}
            text={snapshot.instance.scratch}
            // What keeps the rich text out of the editor does not concern the plain text.
            readOnly={reason !== null && !('name' in reason)}
            onTooLarge={() => setTooLarge(true)}
          />
        ) : (
          <Skeleton late={snapshot?.phase === 'late'} onRetry={() => session?.retry()} />
        )}
      </div>
      {session && snapshot ? (
        <KeptTexts kept={snapshot.kept} onDismiss={(text) => session.dismissKept(text)} />
      ) : null}
      {snapshot?.keptInBrowser === false && save.unsaved > 0 ? (
        <output className="document-note">{t('notKept')}</output>
      ) : null}
    </section>
  );
}

/** The browser asks before the page is left while something is not saved. */
function useLeavingQuestion(asks: boolean): void {
  useEffect(() => {
    if (!asks) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [asks]);
}
