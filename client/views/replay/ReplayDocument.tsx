import { Button } from '@mantine/core';
import { useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { caretLooks } from '../../document/caretColors.ts';
import { showDocument } from './documentDom.ts';
import type { DocumentPlayer, PlayedDocument, Reading } from './documentPlayer.ts';
import { documentTree, isRun } from './documentTree.ts';
import type { Block, Run, Trace } from './documentTree.ts';
import type { Position } from './position.ts';
import { useDocumentAuthors } from './useDocumentAuthors.ts';

interface ReplayDocumentProps {
  incidentId: string;
  player: DocumentPlayer;
  position: Position;
  /** The earlier moment that the document is compared with; null for none. */
  since: number | null;
  /** Goes to the text after the last entry; null where there is none. */
  showLater: (() => void) | null;
}

/** The document as it was at the moment: as text, with what was deleted struck, and with who wrote what. */
export function ReplayDocument(props: ReplayDocumentProps): ReactNode {
  const { incidentId, player, position, since, showLater } = props;
  const { t } = useTranslation('replay');
  const [deleted, showDeleted] = useState(false);
  const [authored, showAuthors] = useState(false);
  const shown = useSyncExternalStore(player.subscribe, player.getSnapshot);
  const reading = useMemo((): Reading => {
    if (since !== null) return { kind: 'since', docSeq: since };
    return { kind: deleted ? 'traced' : 'plain' };
  }, [since, deleted]);
  useLayoutEffect(() => player.show(position.docSeq, reading), [player, position.docSeq, reading]);
  const authors = useDocumentAuthors(incidentId, authored || deleted || since !== null);

  return (
    <>
      {showLater === null ? null : (
        <p className="replay-later">
          {t('document.hasLater')}
          <Button size="xs" variant="default" onClick={showLater}>
            {t('document.showLater')}
          </Button>
        </p>
      )}
      <p className="replay-options">
        {since === null ? (
          <label>
            <input type="checkbox" checked={deleted} onChange={() => showDeleted(!deleted)} />{' '}
            {t('document.deleted')}
          </label>
        ) : (
          <span className="muted">{t('document.compared')}</span>
        )}
        <label>
          <input type="checkbox" checked={authored} onChange={() => showAuthors(!authored)} />{' '}
          {t('document.authors')}
        </label>
        {shown?.at ? (
          <span className="muted">
            {t('document.edited')} <TimeOf at={shown.at} seconds />
          </span>
        ) : null}
      </p>
      {deleted && since === null && (shown?.tracedFrom ?? 0) > 0 ? (
        <p className="muted">{t('document.olderGone')}</p>
      ) : null}
      {shown?.state === 'failed' ? (
        <p className="replay-failed" role="alert">
          {t('document.failed')}
          <Button size="xs" variant="default" onClick={() => player.show(position.docSeq, reading)}>
            {t('retry')}
          </Button>
        </p>
      ) : null}
      {shown === null ? (
        <p className="muted">{t('document.loading')}</p>
      ) : (
        <DocumentText
          shown={shown}
          trace={traceOf(shown, deleted, since)}
          authors={authors}
          authored={authored}
          isCurrent={shown.state === 'shown' && shown.docSeq === position.docSeq}
        />
      )}
    </>
  );
}

function traceOf(shown: PlayedDocument, deleted: boolean, since: number | null): Trace {
  if (since !== null) return shown.mark ? { kind: 'since', mark: shown.mark } : { kind: 'none' };
  return { kind: deleted ? 'deleted' : 'none' };
}

interface DocumentTextProps {
  shown: PlayedDocument;
  trace: Trace;
  authors: ReadonlyMap<number, string>;
  authored: boolean;
  isCurrent: boolean;
}

function DocumentText({ shown, trace, authors, authored, isCurrent }: DocumentTextProps): ReactNode {
  const { t } = useTranslation('replay');
  const nameOf = useNameOf();
  const place = useRef<HTMLDivElement>(null);
  // The document itself changes in place; `shown` is new with every change.
  const tree = useMemo(() => documentTree(shown.traced, trace), [shown, trace]);
  const looks = useMemo(() => caretLooks(authors.values()), [authors]);
  useLayoutEffect(() => {
    if (!place.current) return;
    showDocument(place.current, tree, {
      checkbox: t('document.checkbox'),
      scratch: t('document.scratch'),
      author: authored
        ? (client) => {
            const person = authors.get(client);
            return {
              name: person === undefined ? t('document.template') : nameOf(person),
              color: person === undefined ? 0 : (looks.get(person)?.color ?? 0),
            };
          }
        : null,
      nameOf: (person) => nameOf(person),
      goneBy: (name) => t('document.deletedBy', { name }),
    });
  }, [tree, t, authored, authors, looks, nameOf]);
  return (
    <>
      {authored || trace.kind === 'since' ? (
        <Authors tree={tree} trace={trace} authors={authors} colours={authored ? looks : null} />
      ) : null}
      <div
        ref={place}
        className="replay-markdown"
        dir="auto"
        data-current={isCurrent}
        aria-busy={!isCurrent}
      />
    </>
  );
}

interface AuthorsProps {
  tree: { content: readonly Block[]; scratch: readonly (readonly Run[])[] };
  trace: Trace;
  authors: ReadonlyMap<number, string>;
  /** Their colours, where text is coloured by author. */
  colours: ReturnType<typeof caretLooks> | null;
}

/** Whose text is there, or who added and deleted how much: the colours in words. */
function Authors({ tree, trace, authors, colours }: AuthorsProps): ReactNode {
  const { t } = useTranslation('replay');
  const nameOf = useNameOf();
  const amounts = new Map<string, { written: number; added: number; deleted: number }>();
  const count = (person: string, key: 'written' | 'added' | 'deleted', characters: number): void => {
    const its = amounts.get(person) ?? { written: 0, added: 0, deleted: 0 };
    its[key] += characters;
    amounts.set(person, its);
  };
  for (const run of runsIn([...tree.content, ...tree.scratch.flat()])) {
    const author = authors.get(run.client);
    if (run.change === 'gone') count(run.goneBy ?? '', 'deleted', run.text.length);
    else if (author !== undefined) count(author, run.change === 'new' ? 'added' : 'written', run.text.length);
  }
  const rows = [...amounts].filter(
    ([, { written, added, deleted }]) => (trace.kind === 'since' ? added + deleted : written + added) > 0,
  );
  if (rows.length === 0) {
    return trace.kind === 'since' ? <p className="muted">{t('document.noChange')}</p> : null;
  }
  return (
    <ul className="replay-authors">
      {rows.map(([person, { written, added, deleted }]) => (
        <li key={person} data-author={colours?.get(person)?.color}>
          <bdi>{person === '' ? t('document.somebody') : nameOf(person)}</bdi>
          {': '}
          {trace.kind === 'since'
            ? t('document.addedDeleted', { added, deleted })
            : t('document.characters', { count: written + added })}
        </li>
      ))}
    </ul>
  );
}

function* runsIn(parts: readonly (Block | Run)[]): Generator<Run> {
  for (const part of parts) {
    if (isRun(part)) yield part;
    else yield* runsIn(part.children);
  }
}
