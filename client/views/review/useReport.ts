import i18next from 'i18next';
import { useMemo, useState } from 'react';
import type * as Y from 'yjs';
import { milestones } from '#shared/contract/reviewWords.ts';
import { withoutNames } from '#shared/review/blameless.ts';
import { blocksIn } from '#shared/review/blocks.ts';
import type { Block } from '#shared/review/blocks.ts';
import { delaysOf, happenedAt, milestonesOf } from '#shared/review/delays.ts';
import { draftSections, keyEntries } from '#shared/review/draft.ts';
import { pageHtml } from '#shared/review/html.ts';
import { pageMarkdown } from '#shared/review/markdown.ts';
import { actionList, reportBlocks, withTexts, withoutPrompts } from '#shared/review/report.ts';
import type { Report } from '#shared/review/report.ts';
import { useNameOf, usePeopleList } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatDate, formatElapsed, formatTime, formatZone } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';
import { inOrder } from '../actions/inOrder.ts';
import { useEntrySentence, useReview, useReviewLog } from './ReviewContext.tsx';
import { reviewAddress } from './ReviewTabs.tsx';
import { useContentVersion } from './useContentVersion.ts';
import { useRoleNames } from './useRoleNames.ts';

/** How a review is handed on. */
export interface ReportWishes {
  roles: boolean;
  timeline: boolean;
}

/** A review in the forms in which it leaves the house. */
export interface MadeReport {
  title: string;
  html: string;
  markdown: string;
  checklist: string;
}

/** The review as one page, made anew when any of it changes. */
export function useReport(content: Y.XmlFragment | null, wishes: ReportWishes): MadeReport {
  const { t } = useTranslation(['review', 'common']);
  const state = useIncident();
  const { locale } = useTimeStyle();
  const version = useContentVersion(content);
  const [madeAt] = useState(() => new Date().toISOString());
  const report = useReportParts(wishes.timeline, madeAt);
  const hide = useHidingNames(wishes.roles);
  return useMemo(() => {
    // The text's identity does not tell when it changed.
    void version;
    const prose = content ? withoutPrompts(blocksIn(content), prompts()) : [];
    const blocks = reportBlocks(
      { ...report, prose },
      {
        headings: {
          why: t('review:tab.why'),
          times: t('review:tab.times'),
          actions: t('review:tab.actions'),
          timeline: t('review:export.timelineHeading'),
          signatures: t('review:export.signatures'),
        },
        delayHead: [t('review:times.delay'), t('review:times.took')],
        momentHead: [t('review:times.milestone'), t('review:times.when'), t('review:export.entry')],
      },
    );
    const said: Block[] = hide ? withTexts(blocks, hide) : blocks;
    const title = hide ? hide(report.title) : report.title;
    const words = {
      assumption: t('review:why.assumption'),
      hrefOf: (seq: number) => `${window.location.origin}${reviewAddress(state.number)}?at=${seq}`,
    };
    const actions: Block[] = [actionList(report.actions)];
    return {
      title,
      html: pageHtml(said, { ...words, lang: locale, title }),
      markdown: pageMarkdown(said, words),
      checklist: pageMarkdown(hide ? withTexts(actions, hide) : actions, words),
    };
  }, [content, version, report, hide, t, state.number, locale]);
}

/** The draft's prompts in every language: who wrote in one may be read in another. */
function prompts(): ReadonlySet<string> {
  return new Set(
    ['en', 'ko'].flatMap((language) => {
      const t = i18next.getFixedT(language, 'review');
      return draftSections.map((section) => t(`draft.prompt.${section}`));
    }),
  );
}

function useReportParts(withTimeline: boolean, madeAt: string): Omit<Report, 'prose'> {
  const { t } = useTranslation(['review', 'common']);
  const state = useIncident();
  const review = useReview();
  const { entries, head } = useReviewLog();
  const sentence = useEntrySentence();
  const nameOf = useNameOf();
  const style = useTimeStyle();
  return useMemo(() => {
    const when = (at: string): string => `${formatDate(at, style)} ${formatTime(at, style)}`;
    const shown = milestonesOf(entries, review);
    const number = t('common:incident.number', { number: state.number });
    return {
      title: `${t('review:page.title', { number })}: ${state.title}`,
      facts: [
        ...(state.drill ? [t('review:export.drill')] : []),
        t('review:export.summary', {
          severity: state.severity,
          status: t(`common:status.${state.status}`),
          time: `${when(state.declaredAt)} ${formatZone(state.declaredAt, style)}`,
        }),
      ].join(' · '),
      noProse: t('review:export.unwritten'),
      whys: review.whys,
      noWhys: t('review:export.rootless'),
      delays: delaysOf(shown).map(({ delay, milliseconds }) => ({
        name: t(`review:delay.${delay}`),
        took: formatElapsed(milliseconds, style.locale),
      })),
      moments: shown
        .toSorted((a, b) => milestones.indexOf(a.milestone) - milestones.indexOf(b.milestone))
        .map(({ milestone, at, seq }) => ({ name: t(`review:milestone.${milestone}`), when: when(at), seq })),
      actions: inOrder(review.actions).map((action) => ({
        text: action.text,
        done: action.status === 'done',
        about: [
          ...(action.status === 'dropped' ? [t('review:actionStatus.dropped')] : []),
          nameOf(action.owner),
          t('review:action.dueOn', { date: formatDate(action.dueAt, style) }),
          t(`review:horizon.${action.horizon}`),
          t(`review:actionKind.${action.kind}`),
          t(`review:effect.${action.effect}`),
        ].join(', '),
      })),
      noActions: t('review:export.noActions'),
      timeline: withTimeline
        ? keyEntries({ entries, review }).map((entry) => ({
            when: formatTime(happenedAt(entry), style),
            text: sentence(entry),
            seq: entry.seq,
          }))
        : [],
      signatures: review.signatures.map(({ person, at }) =>
        t('review:export.signedBy', { name: nameOf(person), time: when(at) }),
      ),
      notSigned: review.signedOffAt === null ? t('review:export.notSigned') : null,
      made: t('review:export.made', { time: when(madeAt), seq: head }),
    };
  }, [t, state, review, entries, head, sentence, nameOf, style, withTimeline, madeAt]);
}

/** Puts roles in the place of names, those from outside included; null where names stay. */
function useHidingNames(hides: boolean): ((text: string) => string) | null {
  const { entries } = useReviewLog();
  const { people } = usePeopleList();
  const call = useRoleNames();
  return useMemo(() => {
    if (!hides) return null;
    const outside = entries.flatMap(({ body }) => {
      const told = Array.isArray(body['told']) ? (body['told'] as { who?: unknown }[]) : [];
      return [body['who'], ...told.map(({ who }) => who)].filter((who) => typeof who === 'string');
    });
    const names = [...people.map(({ name }) => name), ...new Set(outside)];
    return (text) => withoutNames(text, names, call);
  }, [hides, entries, people, call]);
}
