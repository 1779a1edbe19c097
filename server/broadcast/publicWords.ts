import type { Locale } from '#shared/contract/wire.ts';
import type { overallOf } from './statusJson.ts';

/** Words of the public page beside those that it shares with the page of one incident. */
export interface PublicWords {
  overall: Readonly<Record<ReturnType<typeof overallOf>, string>>;
  now: string;
  services: string;
  uptime: (percent: string, days: number) => string;
  uptimeNote: string;
  recent: string;
  noneRecent: string;
  history: string;
  noHistory: string;
  back: string;
  allUpdates: string;
  notFound: string;
}

const en: PublicWords = {
  overall: {
    none: 'Everything works',
    minor: 'Some things do not work as usual',
    major: 'Parts are down',
    critical: 'Down',
  },
  now: 'Now',
  services: 'Services',
  uptime: (percent, days) => `${percent} % over ${days} days`,
  uptimeNote: 'Down and partly down count as time lost; slow does not.',
  recent: 'Last 14 days',
  noneRecent: 'Nothing to report.',
  history: 'History',
  noHistory: 'Nothing was ever reported here.',
  back: 'Present state',
  allUpdates: 'All updates',
  notFound: 'There is nothing here.',
};

const ko: PublicWords = {
  overall: {
    none: '모든 서비스가 정상입니다',
    minor: '일부 서비스가 원활하지 않습니다',
    major: '일부 서비스가 중단되었습니다',
    critical: '서비스가 중단되었습니다',
  },
  now: '현재 상황',
  services: '서비스',
  uptime: (percent, days) => `최근 ${days}일 ${percent}%`,
  uptimeNote: '중단과 일부 중단만 시간에서 뺍니다. 느린 시간은 빼지 않습니다.',
  recent: '최근 14일',
  noneRecent: '알릴 내용이 없습니다.',
  history: '지난 기록',
  noHistory: '지난 기록이 없습니다.',
  back: '현재 상태',
  allUpdates: '공지 모두 보기',
  notFound: '찾을 수 없습니다.',
};

/** The words in a language. */
export const publicWords: Readonly<Record<Locale, PublicWords>> = { en, ko };
