import type { ReaderState } from '#shared/contract/readerStates.ts';
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
  newUpdates: 'There is a new update.',
  show: 'Show',
  offline: 'No connection. What you see may be old.',
  ended: 'This link has ended.',
  endedHint: 'Ask whoever sent it to you for a new one.',
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
  newUpdates: '새 공지가 있습니다.',
  show: '보기',
  offline: '연결이 끊겼습니다. 최신 내용이 아닐 수 있습니다.',
  ended: '만료된 링크입니다.',
  endedHint: '링크를 보낸 사람에게 새 링크를 요청하세요.',
};

/** The words in a language. */
export const stakeholderWords: Readonly<Record<Locale, StakeholderWords>> = { en, ko };
