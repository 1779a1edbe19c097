import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { REVIEW_DOCUMENT } from '#shared/draft.ts';
import { ASSUMPTION_MARK, CITE_MARK, citedSeq } from '#shared/review/draftDocument.ts';
import { announce } from '../../app/announce.ts';
import { useLeaveWarning } from '../../app/calm.ts';
import { useSession } from '../../app/session.tsx';
import type { CaretUser } from '../../document/carets.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle, useWhyNot } from '../../room/RoomContext.tsx';
import { EditorSurface } from '../document/EditorSurface.tsx';
import { KeptTexts } from '../document/KeptTexts.tsx';
import { PresentWriters } from '../document/PresentWriters.tsx';
import { ReadOnlyDocument } from '../document/ReadOnlyDocument.tsx';
import { ReasonLine } from '../document/ReasonLine.tsx';
import { SaveMark } from '../document/SaveMark.tsx';
import { readOnlyReason } from '../document/readOnlyReason.ts';
import { roleLabel } from '../document/roleLabel.ts';
import type { MoreTool } from '../document/tools.ts';
import { useDocumentSession } from '../document/useDocumentSession.ts';
import { useLargeDocument } from '../document/useLargeDocument.ts';
import { BlamelessNotes } from './BlamelessNotes.tsx';
import { CitePicker } from './CitePicker.tsx';
import { DraftOffer } from './DraftOffer.tsx';
import { reviewAddress } from './ReviewTabs.tsx';
import '../document/document.css';

/** The live document of the review: prose with citations, edited together until the review is signed off. */
export default function ReviewDocument(): ReactNode {
  const { t } = useTranslation(['review', 'document']);
  const { t: common } = useTranslation('common');
  const { me } = useRoomHandle();
  const state = useIncident();
  const storageEpoch = useRoom((snapshot) => snapshot.storageEpoch) ?? undefined;
  const opened = useDocumentSession(state.id, me, storageEpoch, REVIEW_DOCUMENT);
  const { session: signedIn } = useSession();
  const [tooLarge, setTooLarge] = useState(false);
  const session = opened?.session ?? null;
  const snapshot = opened?.snapshot ?? null;
  const box = useRef<HTMLElement>(null);
  const more = useReviewTools();
  useOpenCitations(box, state.number);

  const isSignedOff = (state.review?.signedOffAt ?? null) !== null;
  const denied = useWhyNot()('review.edit');
  const writable = denied === null && !isSignedOff;
  useEffect(() => session?.setWritable(writable), [session, writable]);
  const isIn = signedIn.state === 'in';
  useEffect(() => {
    if (isIn && session?.snapshot().ended === 'session_ended') session.retry();
  }, [isIn, session]);
  const unsaved = snapshot?.save.unsaved ?? 0;
  useLeaveWarning(unsaved > 0);
  const lastKept = snapshot?.kept.at(-1);
  useEffect(() => {
    if (lastKept) announce('assertive', t(`document:kept.${lastKept.reason}.title`));
  }, [lastKept, t]);
  useEffect(() => {
    if (!tooLarge) return;
    const timer = setTimeout(() => setTooLarge(false), 10_000);
    return () => clearTimeout(timer);
  }, [tooLarge]);

  const ready = snapshot?.phase === 'ready' ? snapshot : null;
  const percent = useLargeDocument(ready?.instance.doc ?? null);
  const label = t('review:doc.label');
  const labelOf = (user: CaretUser): string =>
    [roleLabel(state, user.id, common), user.name].filter(Boolean).join(' ');
  // The document of a review is written after closing too; what ends that is the signing.
  const reason = snapshot ? readOnlyReason(snapshot, { status: 'resolved' }, me) : null;
  const isReadOnly = !writable || reason !== null;

  return (
    <section className="document review-document" aria-label={label} data-region="document" ref={box}>
      <header className="document-head">
        <SaveMark
          save={snapshot?.save ?? { kind: 'connecting', unsaved: 0 }}
          savedAt={snapshot?.savedAt ?? null}
        />
      </header>
      {snapshot?.full ? (
        <p className="document-note" role="alert">
          {t('document:full')}
        </p>
      ) : percent !== null && !isReadOnly ? (
        <output className="document-note">{t('document:large', { percent })}</output>
      ) : null}
      {tooLarge ? (
        <p className="document-note" role="alert">
          {t('document:tooLarge')}
        </p>
      ) : null}
      {isSignedOff ? <output className="document-reason">{t('review:doc.signedOff')}</output> : null}
      {!isSignedOff && session && reason ? (
        <ReasonLine reason={reason} session={session} commander={state.commander} unsaved={unsaved} />
      ) : null}
      {!session || !ready ? (
        <p className="document-loading pane-wait" data-late={snapshot?.phase === 'late'}>
          {t(snapshot?.phase === 'late' ? 'document:loading.late' : 'review:doc.loading')}
          {snapshot?.phase === 'late' ? (
            <button type="button" className="link-button" onClick={() => session?.retry()}>
              {t('document:loading.retry')}
            </button>
          ) : null}
        </p>
      ) : (
        <>
          {isReadOnly ? null : <DraftOffer content={ready.instance.content} />}
          {isReadOnly ? (
            <div className="document-scroll">
              <ReadOnlyDocument content={ready.instance.content} label={label} />
            </div>
          ) : (
            <EditorSurface
              key={`${ready.instance.number}-${ready.trips}`}
              session={session}
              instance={ready.instance}
              label={label}
              labelOf={labelOf}
              placeholder={t('review:doc.placeholder')}
              roles={state.roles}
              more={more}
              onTooLarge={() => setTooLarge(true)}
            />
          )}
          <BlamelessNotes content={ready.instance.content} />
          <PresentWriters awareness={ready.instance.awareness} labelOf={labelOf} />
        </>
      )}
      {session && snapshot ? (
        <KeptTexts kept={snapshot.kept} onDismiss={(text) => session.dismissKept(text)} />
      ) : null}
      {snapshot?.keptInBrowser === false && unsaved > 0 ? (
        <output className="document-note">{t('document:notKept')}</output>
      ) : null}
    </section>
  );
}

/** Citing an entry at the caret, behind what is selected; and marking a statement as assumption. */
function useReviewTools(): readonly MoreTool[] {
  const { t } = useTranslation('review');
  const { number } = useIncident();
  const [, navigate] = useLocation();
  return useMemo(
    () => [
      {
        name: 'cite',
        isOn: (editor) => editor.isActive(CITE_MARK),
        canRun: (editor) => !editor.isActive('codeBlock'),
        run: null,
        opens: (editor, done) => {
          const cited = citedSeq(editor.getAttributes(CITE_MARK));
          const close = (): void => {
            done();
            editor.commands.focus();
          };
          return (
            <div className="document-cite">
              {cited === null ? null : (
                <button
                  type="button"
                  className="link-button"
                  onClick={() => navigate(`${reviewAddress(number)}?at=${cited}`)}
                >
                  {t('cite.open', { seq: cited })}
                </button>
              )}
              <CitePicker
                label={t('cite.label')}
                onClose={close}
                onPick={(seq) => {
                  const { to } = editor.state.selection;
                  const mark = { type: CITE_MARK, attrs: { seq } };
                  const before = editor.state.doc.textBetween(Math.max(0, to - 1), to);
                  editor
                    .chain()
                    .focus()
                    .setTextSelection(to)
                    .insertContent([
                      ...(before === '' || /\s/.test(before) ? [] : [{ type: 'text', text: ' ' }]),
                      { type: 'text', text: `#${seq}`, marks: [mark] },
                    ])
                    .unsetMark(CITE_MARK)
                    .run();
                  done();
                }}
              />
            </div>
          );
        },
      },
      {
        name: 'assumption',
        isOn: (editor) => editor.isActive(ASSUMPTION_MARK),
        canRun: (editor) => !editor.isActive('codeBlock'),
        run: (chain) => chain.toggleMark(ASSUMPTION_MARK),
      },
    ],
    [t, number, navigate],
  );
}

/** A citation that is clicked opens the replay at its moment. */
function useOpenCitations(box: { readonly current: HTMLElement | null }, number: number): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const open = (event: MouseEvent): void => {
      const cited = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-cite]') : null;
      const seq = citedSeq({ seq: Number(cited?.dataset['cite']) });
      if (seq === null || event.defaultPrevented) return;
      event.preventDefault();
      navigate(`${reviewAddress(number)}?at=${seq}`);
    };
    element.addEventListener('click', open);
    return () => element.removeEventListener('click', open);
  }, [box, number, navigate]);
}
