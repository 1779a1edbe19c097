import type { KnownEntry } from '#shared/contract/entries.ts';
import type { ActionStatus } from '#shared/contract/reviewWords.ts';
import type { ActionParts } from '#shared/contract/review.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { messageTime } from './words.ts';

/** The list that owners of actions are on: nobody is entered there. */
export const ACTION_OWNERS = 'action-owners';

/** What happened to an action, and the action as it is since. */
export interface NoticeAction extends ActionParts {
  change: 'added' | 'reworded' | 'changed' | 'set' | 'overdue';
  action: string;
  text: string;
  status: ActionStatus;
}

const changes = {
  'action.added': 'added',
  'action.reworded': 'reworded',
  'action.changed': 'changed',
  'action.set': 'set',
  'action.overdue': 'overdue',
} as const satisfies Partial<Record<KnownEntry['type'], NoticeAction['change']>>;
type ActionEntry = Extract<KnownEntry, { type: keyof typeof changes }>;

export function isActionEntry(entry: KnownEntry): entry is ActionEntry {
  return Object.hasOwn(changes, entry.type);
}

/** What an entry says of an action; null when its words were taken out of the log since. */
export function actionOf(entry: ActionEntry, state: IncidentState): NoticeAction | null {
  const found = state.review?.actions.find(({ action }) => action === entry.body.action);
  if (!found || found.text === '') return null;
  const { action, text, owner, dueAt, horizon, kind, effect, why, status } = found;
  return { change: changes[entry.type], action, text, owner, dueAt, horizon, kind, effect, why, status };
}

interface ActionWords {
  change: Readonly<Record<NoticeAction['change'], string>>;
  status: Readonly<Record<ActionStatus, string>>;
  owner: string;
  due: string;
  state: string;
}

const actionWords: Readonly<Record<Locale, ActionWords>> = {
  en: {
    change: {
      added: 'New action',
      reworded: 'Action reworded',
      changed: 'Action changed',
      set: 'Action',
      overdue: 'Action overdue',
    },
    status: { open: 'open', done: 'done', dropped: 'dropped' },
    owner: 'Owner',
    due: 'Due',
    state: 'Status',
  },
  ko: {
    change: {
      added: '새 재발 방지 대책',
      reworded: '재발 방지 대책 문장 수정',
      changed: '재발 방지 대책 변경',
      set: '재발 방지 대책',
      overdue: '재발 방지 대책 기한 지남',
    },
    status: { open: '진행 중', done: '완료', dropped: '하지 않기로 함' },
    owner: '담당',
    due: '기한',
    state: '상태',
  },
};

/** What is said of an action in a language: what happened in a few words, and its parts in the order of reading. */
export function actionMessage(
  action: NoticeAction,
  locale: Locale,
  nameOf: (person: string) => string | null,
): { headline: string; paragraphs: { label: string | null; text: string }[] } {
  const words = actionWords[locale];
  const owner = nameOf(action.owner);
  return {
    headline: words.change[action.change],
    paragraphs: [
      { label: null, text: action.text },
      ...(owner === null ? [] : [{ label: words.owner, text: owner }]),
      { label: words.due, text: messageTime(action.dueAt, locale) },
      { label: words.state, text: words.status[action.status] },
    ],
  };
}
