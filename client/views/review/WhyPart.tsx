import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { placedWhys } from '#shared/review/tree.ts';
import { ungroundedLeaves } from '#shared/incident/whys.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { useReview } from './ReviewContext.tsx';
import { WhyNode } from './WhyNode.tsx';
import { WhyWords } from './WhyWords.tsx';
import { treeMove } from './whyKeys.ts';
import type { WhyDoing } from './whyKeys.ts';

/** The why-tree: the effect on customers, and under each answer the answers to why that was. */
export function WhyPart(): ReactNode {
  const { t } = useTranslation('review');
  const review = useReview();
  const [doing, setDoing] = useState<WhyDoing | null>(null);
  const [stop, setStop] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const placed = placedWhys(review.whys);
  const open = ungroundedLeaves(review);
  const current = placed.some(({ why }) => why.why === stop) ? stop : (placed[0]?.why.why ?? null);

  function moveTo(why: string): void {
    setStop(why);
    tree.current?.querySelector<HTMLElement>(`[data-why="${CSS.escape(why)}"]`)?.focus();
  }

  if (placed.length === 0) return <RootForm />;
  return (
    <section className="review-body" aria-label={t('tab.why')} data-region="why">
      <div className="why-state" data-open={open.length > 0}>
        <output>{open.length === 0 ? t('why.allGrounded') : t('why.open', { count: open.length })}</output>
        {open.length > 0 ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              const at = open.findIndex(({ why }) => why === current);
              const next = open[(at + 1) % open.length];
              if (next) moveTo(next.why);
            }}
          >
            {t('why.next')}
          </Button>
        ) : null}
      </div>
      <p className="muted meta why-keys">{t('why.keys')}</p>
      {/* The keys of the tree are those of its items, which take the focus. */}
      <div className="why-tree" role="tree" aria-label={t('why.tree')} ref={tree}>
        {placed.map((each) => (
          <WhyNode
            key={each.why.why}
            placed={each}
            parent={placed.find(({ why }) => why.why === each.why.under)?.why ?? null}
            isStop={each.why.why === current}
            isOpenLeaf={open.includes(each.why)}
            doing={doing?.why === each.why.why ? doing : null}
            onFocus={() => setStop(each.why.why)}
            onDo={(act) => setDoing((before) => ({ why: each.why.why, act, turn: (before?.turn ?? 0) + 1 }))}
            onDone={() => {
              // An answer that comes late ends what it belongs to, not what was begun since.
              setDoing((present) => (present === doing ? null : present));
              moveTo(each.why.why);
            }}
            onMove={(key) => {
              const next = treeMove(placed, each.why.why, key);
              if (next !== null) moveTo(next);
            }}
          />
        ))}
      </div>
    </section>
  );
}

/** The root comes first: what it did to customers. */
function RootForm(): ReactNode {
  const { t } = useTranslation('review');
  const send = useSend();
  const whyNot = useWhyNot()('why.add');
  const [writing, setWriting] = useState(false);
  return (
    <section className="review-body" aria-label={t('tab.why')} data-region="why">
      <div className="review-offer">
        <p>{t('why.empty')}</p>
        {writing ? (
          <WhyWords
            label={t('why.rootLabel')}
            whyNot={whyNot}
            send={(text) => send('why.add', { under: null, text })}
            onDone={() => setWriting(false)}
          />
        ) : (
          <Button onClick={() => setWriting(true)}>{t('why.rootAdd')}</Button>
        )}
      </div>
    </section>
  );
}
