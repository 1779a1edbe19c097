import type { ReaderState } from '#shared/contract/readerStates.ts';
import type { ServiceImpact } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';

/** Words of the stakeholder page. None of them is one that only responders know. */
export interface StakeholderWords {
  language: string;
  noState: string;
  /** What a state is called here, where an update carries its name and not words of its own. */
  states: Readonly<Record<ReaderState, string>>;
  ongoing: string;
  resolved: string;
  since: string;
  nextUpdateBy: string;
  /** How far off that is; the script fills `{h}` and `{m}` anew as time passes. */
  inMinutes: string;
  inHours: string;
  late: (minutes: number) => string;
  latest: string;
  earlier: string;
  nothingYet: string;
  withdrawn: string;
  lasting: (duration: { hours: number; minutes: number }) => string;
  asOf: string;
  otherLanguage: string;
  newUpdates: string;
  show: string;
  offline: string;
  ended: string;
  endedHint: string;
  parts: { impact: string; known: string; ruledOut: string; doing: string };
  nothingNew: string;
  /** Before and after the time of the update that is corrected, which is a link. */
  corrects: readonly [string, string];
  correctedBy: string;
  affected: string;
  impacts: Readonly<Record<ServiceImpact, string>>;
  /** What can be done with a page that reloads while something is being written on it. */
  reloads: string;
  /** The list of what somebody who is signed in hears of. */
  allIncidents: string;
  nothingForYou: string;
  signInFirst: string;
  signIn: string;
  stopReloading: string;
}

const en: StakeholderWords = {
  language: 'English',
  noState: 'We are looking into it.',
  states: {
    investigating: 'Being investigated',
    identified: 'Cause known',
    mitigating: 'Being repaired',
    monitoring: 'Repaired, being watched',
    resolved: 'Back to normal',
  },
  ongoing: 'Ongoing',
  resolved: 'Back to normal since',
  since: 'Since',
  nextUpdateBy: 'Next update by',
  inMinutes: 'in {m} min',
  inHours: 'in {h} h {m} min',
  late: (minutes) => `The next update is ${minutes} min late. Those who write it have been reminded.`,
  latest: 'Latest',
  earlier: 'Earlier updates',
  nothingYet: 'No update has been published yet.',
  withdrawn: 'The text of this update was withdrawn.',
  lasting: ({ hours, minutes }) => (hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`),
  asOf: 'As of',
  otherLanguage: '한국어',
  newUpdates: 'There is something new.',
  show: 'Show',
  offline: 'No connection. What you see may be old.',
  ended: 'This link has ended.',
  endedHint: 'Ask whoever sent it to you for a new one.',
  parts: {
    impact: 'Impact',
    known: 'What we know',
    ruledOut: 'What we have ruled out',
    doing: 'What we are doing',
  },
  nothingNew: 'Nothing new since our last update.',
  corrects: ['This corrects our update of ', '.'],
  correctedBy: 'Corrected by the update of',
  affected: 'Affected services',
  impacts: {
    operational: 'Works',
    degraded_performance: 'Slow or unreliable',
    partial_outage: 'Partly down',
    major_outage: 'Down',
  },
  allIncidents: 'Updates for you',
  nothingForYou: 'No update went to an audience with your address yet.',
  signInFirst: 'Sign in to read this page.',
  signIn: 'Sign in',
  reloads: 'This page reloads every minute.',
  stopReloading: 'Stop that while you write',
};

const ko: StakeholderWords = {
  language: '한국어',
  noState: '원인을 조사하고 있습니다.',
  states: {
    investigating: '원인 조사 중',
    identified: '원인 파악',
    mitigating: '복구 중',
    monitoring: '복구 후 경과 관찰',
    resolved: '정상',
  },
  ongoing: '진행 중',
  resolved: '복구 완료',
  since: '시작',
  nextUpdateBy: '다음 공지',
  inMinutes: '{m}분 뒤',
  inHours: '{h}시간 {m}분 뒤',
  late: (minutes) => `다음 공지가 ${minutes}분 늦어지고 있습니다. 담당자에게 알렸습니다.`,
  latest: '최근 공지',
  earlier: '이전 공지',
  nothingYet: '아직 공지가 없습니다.',
  withdrawn: '이 공지의 내용은 삭제되었습니다.',
  lasting: ({ hours, minutes }) => (hours > 0 ? `${hours}시간 ${minutes}분` : `${minutes}분`),
  asOf: '기준 시각',
  otherLanguage: 'English',
  newUpdates: '새로운 내용이 있습니다.',
  show: '보기',
  offline: '연결이 끊겼습니다. 최신 내용이 아닐 수 있습니다.',
  ended: '만료된 링크입니다.',
  endedHint: '링크를 보낸 사람에게 새 링크를 요청하세요.',
  parts: {
    impact: '영향',
    known: '확인된 내용',
    ruledOut: '원인에서 배제한 것',
    doing: '조치 중인 내용',
  },
  nothingNew: '지난 공지 이후 새로운 내용이 없습니다.',
  corrects: ['', ' 공지를 정정합니다.'],
  correctedBy: '정정 공지:',
  affected: '영향을 받는 서비스',
  impacts: {
    operational: '정상',
    degraded_performance: '느리거나 불안정',
    partial_outage: '일부 중단',
    major_outage: '중단',
  },
  allIncidents: '나에게 온 공지',
  nothingForYou: '내 주소가 등록된 대상에게 보낸 공지가 아직 없습니다.',
  signInFirst: '로그인하면 볼 수 있습니다.',
  signIn: '로그인',
  reloads: '이 페이지는 1분마다 새로 고쳐집니다.',
  stopReloading: '글을 쓰는 동안 새로 고침 멈추기',
};

/** The words in a language. */
export const stakeholderWords: Readonly<Record<Locale, StakeholderWords>> = { en, ko };
