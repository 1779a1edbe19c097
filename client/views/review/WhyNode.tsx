import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import type { Why } from '#shared/incident/reviewState.ts';
import { namesIn } from '#shared/review/blameless.ts';
import type { PlacedWhy } from '#shared/review/tree.ts';
import { keyMeant } from '../../app/keys.ts';
import { WarningShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { ActionDialog } from '../actions/ActionDialog.tsx';
import { useNames } from './BlamelessNotes.tsx';
import { Cited } from './Cited.tsx';
import { CitePicker } from './CitePicker.tsx';
import { useReview } from './ReviewContext.tsx';
import { WhyWords } from './WhyWords.tsx';
import { useGiving } from './useGiving.ts';
import { actOfKey } from './whyKeys.ts';
import type { WhyAct, WhyDoing } from './whyKeys.ts';

interface WhyNodeProps {
  placed: PlacedWhy;
  parent: Why | null;
  /** The one answer that Tab reaches. */
  isStop: boolean;
  /** It ends the tree and nothing shows it. */
  isOpenLeaf: boolean;
  doing: WhyDoing | null;
  onFocus: () => void;
  onDo: (act: WhyAct) => void;
  onDone: () => void;
  onMove: (key: string) => void;
}

/** An answer with what it rests on, and what can be done with it. */
export function WhyNode(props: WhyNodeProps): ReactNode {
  const { placed, parent, isStop, isOpenLeaf, doing, onFocus, onDo, onDone, onMove } = props;
  const { t } = useTranslation('review');
  const { why, level, place, of } = placed;
  const review = useReview();
  const names = useNames();
  const [refusal, give] = useGiving();
  const send = useSend();
  const ground = (cites: number[], assumption: boolean): void =>
    give(() => send('why.ground', { why: why.why, cites, assumption }));
  const cutting = review.actions.filter((action) => action.why === why.why && action.status !== 'dropped');
  const named = [...new Set(namesIn(why.text, names).map(({ name }) => name))];

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = keyMeant(event);
    const act = actOfKey(key);
    if (act === 'assume') ground(why.cites, !why.assumption);
    else if (act !== null) onDo(act);
    else if (/^(?:arrow|home$|end$)/.test(key)) onMove(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    // One of several items of which one is reached by Tab.
    // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props
    <div
      className="why"
      data-why={why.why}
      data-open={isOpenLeaf}
      data-stop={isStop}
      style={{ '--level': Math.min(level, 8) } as CSSProperties}
      role="treeitem"
      aria-level={level + 1}
      aria-posinset={place}
      aria-setsize={of}
      aria-expanded={placed.hasAnswers ? true : undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      <p className="why-question muted meta">
        {level === 0 ? t('why.rootLabel') : t(level === 1 ? 'why.askRoot' : 'why.ask')}
        {level > 0 ? <span className="why-level tabular">{t('why.level', { level })}</span> : null}
      </p>
      {doing?.act === 'edit' ? (
        <EditWords why={why} onDone={onDone} />
      ) : (
        <p className="why-text">{why.text}</p>
      )}
      <p className="why-rests">
        {why.cites.map((seq) => (
          <Cited
            key={seq}
            seq={seq}
            onRemove={() =>
              ground(
                why.cites.filter((each) => each !== seq),
                why.assumption,
              )
            }
          />
        ))}
        {why.assumption ? <span className="why-mark">{t('why.assumption')}</span> : null}
        {isOpenLeaf ? (
          <span className="why-missing">
            <WarningShape /> {t('why.ungrounded')}
          </span>
        ) : null}
        {cutting.length > 0 ? (
          <span className="why-mark">{t('why.cut', { count: cutting.length })}</span>
        ) : null}
      </p>
      {named.length > 0 ? (
        <p className="why-named meta">
          {t('blame.named', { name: named.join(', ') })} {t('blame.hint')}
        </p>
      ) : null}
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          <WarningShape /> {refusal}
        </p>
      )}
      <WhyActs placed={placed} onDo={onDo} onAssume={() => ground(why.cites, !why.assumption)} />
      {doing?.act === 'ground' ? (
        <CitePicker
          label={t('cite.label')}
          chosen={why.cites}
          onClose={onDone}
          onPick={(seq) => {
            ground([...why.cites, seq], why.assumption);
            onDone();
          }}
        />
      ) : null}
      {doing?.act === 'add' ? (
        <AddAnswer key={doing.turn} under={why} isRoot={parent === null} onDone={onDone} />
      ) : null}
      {doing?.act === 'remove' ? <RemoveLine placed={placed} onDone={onDone} /> : null}
      {doing?.act === 'action' ? <ActionDialog why={why.why} onClose={onDone} /> : null}
    </div>
  );
}

interface WhyActsProps {
  placed: PlacedWhy;
  onDo: (act: WhyAct) => void;
  onAssume: () => void;
}

function WhyActs({ placed: { why }, onDo, onAssume }: WhyActsProps): ReactNode {
  const { t } = useTranslation('review');
  const { signedOffAt } = useReview();
  if (signedOffAt !== null) return null;
  const acts: [string, () => void][] = [
    [t('why.ask'), () => onDo('add')],
    [t('why.ground'), () => onDo('ground')],
    [t(why.assumption ? 'why.unassume' : 'why.assume'), onAssume],
    [t('why.edit'), () => onDo('edit')],
    [t('why.action'), () => onDo('action')],
    [t('why.remove'), () => onDo('remove')],
  ];
  return (
    <div className="why-acts">
      {acts.map(([label, run]) => (
        <Button key={label} size="compact-sm" variant="subtle" onClick={run}>
          {label}
        </Button>
      ))}
    </div>
  );
}

function EditWords({ why, onDone }: { why: Why; onDone: () => void }): ReactNode {
  const { t } = useTranslation('review');
  const send = useSend();
  const whyNot = useWhyNot()('why.revise');
  // What was read when the form opened: who changed it meanwhile is not overwritten.
  const [read] = useState({ text: why.text, known: why.seq });
  return (
    <WhyWords
      label={t('why.editLabel')}
      text={read.text}
      whyNot={whyNot}
      send={(text) => send('why.revise', { why: why.why, text, known: read.known })}
      onDone={onDone}
    />
  );
}

function AddAnswer({
  under,
  isRoot,
  onDone,
}: {
  under: Why;
  isRoot: boolean;
  onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('review');
  const send = useSend();
  const whyNot = useWhyNot()('why.add');
  return (
    <WhyWords
      label={t(isRoot ? 'why.askRoot' : 'why.ask')}
      whyNot={whyNot}
      send={(text) => send('why.add', { under: under.why, text })}
      onDone={onDone}
    />
  );
}

/** Removing takes what is below along; it asks once, in its place. */
function RemoveLine({ placed, onDone }: { placed: PlacedWhy; onDone: () => void }): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const { whys } = useReview();
  const send = useSend();
  const [refusal, give] = useGiving(onDone);
  const below = countBelow(whys, placed.why.why);
  return (
    <div className="why-remove">
      <span>{t('review:why.removeSure')}</span>
      <Button
        size="compact-sm"
        color="danger"
        onClick={() => give(() => send('why.remove', { why: placed.why.why }))}
      >
        {below === 0 ? t('review:why.remove') : t('review:why.removeAll', { count: below })}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onDone}>
        {t('common:action.cancel')}
      </Button>
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

function countBelow(whys: readonly Why[], id: string): number {
  return whys
    .filter(({ under }) => under === id)
    .reduce((count, { why }) => count + 1 + countBelow(whys, why), 0);
}
