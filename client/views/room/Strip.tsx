import { Button, Popover } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { KeyCap } from '../../app/KeyCap.tsx';
import { useKey } from '../../app/keysContext.tsx';
import { useNewVersion } from '../../app/newVersion.ts';
import { VersionNote } from '../../app/VersionNote.tsx';
import { StarShape, WarningShape } from '../../design/shapes.tsx';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';
import type { Waiting } from '../../room/waiting.ts';
import { NextUpdateButton } from './NextUpdate.tsx';
import { SavedMark } from './SavedMark.tsx';
import { usePopoverState } from './usePopoverState.ts';
import { useWaitingActs } from './useWaitingActs.ts';
import type { WaitingAct } from './useWaitingActs.ts';
import { useWaitingWords } from './useWaitingWords.ts';

/** A control that has just appeared under the hand does nothing for this long. Milliseconds. */
const SETTLING = 300;

interface StripProps {
  waiting: readonly Waiting[];
  document: DocumentSaveState | null;
}

/** Is it saved, what waits for me, when is the next update: always there, always the same height. */
export function Strip({ waiting, document }: StripProps): ReactNode {
  const { t } = useTranslation(['room', 'handoff']);
  const state = useIncident();
  const { actsOf, refusal } = useWaitingActs();
  const words = useWaitingWords();
  const [first] = waiting;
  const acts = first ? actsOf(first) : [];
  const tellsVersion = useNewVersion().shown && first === undefined && refusal === null;
  const kind = first?.kind ?? (tellsVersion ? 'version' : 'none');
  const settled = useSettled(first ? keyOf(first) : kind);
  const main = acts.find((act) => act.main);
  useKey('a', () => (settled() ? main?.run() : undefined), {
    label: t('room:keys.answer'),
    when: main !== undefined,
  });

  return (
    <section className="strip" aria-label={t('room:strip.label')} data-region="waiting">
      <SavedMark document={document} />
      <div className="strip-waiting" data-level={first?.level ?? 0} data-kind={kind}>
        {first ? (
          <>
            <WaitingShape item={first} />
            <span className="strip-words" title={words(first)}>
              {refusal ?? words(first)}
            </span>
            {acts.slice(0, 1).map((act) => (
              <Button
                key={act.label}
                className="strip-act"
                aria-label={act.label}
                size="compact-sm"
                variant={act.main ? 'filled' : 'default'}
                {...(act.main ? { rightSection: <KeyCap combination="a" /> } : {})}
                onClick={() => (settled() ? act.run() : undefined)}
              >
                {act.short === undefined ? (
                  act.label
                ) : (
                  <>
                    <span className="strip-act-long">{act.label}</span>
                    <span className="strip-act-short">{act.short}</span>
                  </>
                )}
              </Button>
            ))}
            <WaitingList waiting={waiting} words={words} actsOf={actsOf} refusal={refusal} />
          </>
        ) : tellsVersion ? (
          <VersionNote settled={settled} />
        ) : (
          <span className="strip-words muted">{refusal ?? t('room:strip.nothing')}</span>
        )}
      </div>
      <span className="strip-update">
        <NextUpdateButton state={state} />
      </span>
    </section>
  );
}

/** Everything that waits, sorted, each with its acts. */
function WaitingList(props: {
  waiting: readonly Waiting[];
  words: (item: Waiting) => string;
  actsOf: (item: Waiting) => WaitingAct[];
  refusal: string | null;
}): ReactNode {
  const { t } = useTranslation('room');
  const more = props.waiting.length - 1;
  const [opened, setOpened] = usePopoverState();
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={380}
      trapFocus
      returnFocus
      withinPortal
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="strip-more"
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
        >
          <span aria-hidden="true">{more > 0 ? `+${more} ▾` : '▾'}</span>
          <span className="visually-hidden">{t('strip.more', { count: more })}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className="bar-form" aria-label={t('strip.label')}>
        {props.refusal === null ? null : (
          <p className="field-error" role="alert">
            {props.refusal}
          </p>
        )}
        <ul className="pending-list">
          {props.waiting.map((item) => (
            <li key={keyOf(item)}>
              <p className="waiting-row">
                <WaitingShape item={item} /> <span>{props.words(item)}</span>
              </p>
              {item.kind === 'confirm' || item.kind === 'leaving' ? (
                <p className="muted">{props.words({ ...item, kind: 'notAllKnow', level: 1 })}</p>
              ) : null}
              <p className="pending-actions">
                {props.actsOf(item).map((act) => (
                  <Button key={act.label} size="compact-sm" variant="default" onClick={act.run}>
                    {act.label}
                  </Button>
                ))}
              </p>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function WaitingShape({ item }: { item: Waiting }): ReactNode {
  switch (item.kind) {
    case 'offerToMe':
    case 'offerOfMine':
    case 'offerOfAnother':
    case 'confirm':
    case 'leaving':
    case 'notAllKnow':
    case 'longInCommand':
      return <StarShape hollow={item.kind === 'longInCommand' || item.kind === 'notAllKnow'} />;
    case 'refused':
    case 'updateOverdue':
    case 'updateSoon':
    case 'questions':
    case 'commanderAbsent':
    case 'handoffResult':
      return <WarningShape />;
    default:
      return item satisfies never;
  }
}

/** Tells items apart, so that a control knows when it stands for something new. */
function keyOf(item: Waiting): string {
  switch (item.kind) {
    case 'offerToMe':
    case 'offerOfMine':
    case 'offerOfAnother':
      return `${item.kind}:${item.offer.offer}`;
    case 'confirm':
    case 'leaving':
    case 'notAllKnow':
      return `${item.kind}:${item.confirmation.epoch}`;
    case 'refused':
      return `refused:${item.item.commandId}`;
    case 'handoffResult':
      return `handoffResult:${item.result.seq}`;
    case 'updateOverdue':
    case 'updateSoon':
    case 'longInCommand':
    case 'questions':
    case 'commanderAbsent':
      return item.kind;
    default:
      return item satisfies never;
  }
}

/** True once the thing with this key has been there long enough to be meant by a click. */
function useSettled(key: string): () => boolean {
  const since = useRef(0);
  useEffect(() => {
    since.current = performance.now();
  }, [key]);
  return () => performance.now() - since.current >= SETTLING;
}
