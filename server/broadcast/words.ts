import type { Locale } from '#shared/contract/wire.ts';

/** Words of messages to people outside, on every channel. None of them is one that only responders know. */
export interface MessageWords {
  /** Before the title of a drill. */
  drill: string;
  drillNote: string;
  nothingNew: string;
  corrects: (time: string) => string;
  correctsNumber: (number: number) => string;
  leads: (person: { name: string; time: string }) => string;
  /** The same where the name is not known any more. */
  leadsUnnamed: (time: string) => string;
  labels: { impact: string; known: string; ruledOut: string; doing: string };
  nextUpdate: (time: string) => string;
  /** Where and when it was sent; `update` is null for a notice of a handoff alone. */
  footer: (sent: { incident: number; update: number | null; time: string }) => string;
  /** Text of a link to the page. */
  readOnline: string;
  mail: { whyYou: string; whyOwner: string; unsubscribe: string };
}

const en: MessageWords = {
  drill: 'Drill',
  drillNote: 'This is a drill. Nothing is wrong.',
  nothingNew: 'Nothing new since our last update.',
  corrects: (time) => `This corrects our update of ${time}.`,
  correctsNumber: (number) => `This corrects our update ${number}.`,
  leads: ({ name, time }) => `${name} has led the repair since ${time}.`,
  leadsUnnamed: (time) => `Somebody else has led the repair since ${time}.`,
  labels: {
    impact: 'Impact',
    known: 'What we know',
    ruledOut: 'What we have ruled out',
    doing: 'What we are doing',
  },
  nextUpdate: (time) => `Next update by ${time}.`,
  footer: ({ incident, update, time }) =>
    update === null ? `INC-${incident} · ${time}` : `INC-${incident} · Update ${update} · ${time}`,
  readOnline: 'Read online',
  mail: {
    whyYou:
      'You get this because this address is on a list for incident updates. Answers to it are not read.',
    whyOwner: 'You get this because you are the owner of this action. Answers to it are not read.',
    unsubscribe: 'Unsubscribe',
  },
};

const ko: MessageWords = {
  drill: '훈련',
  drillNote: '훈련 공지입니다. 실제 장애가 아닙니다.',
  nothingNew: '지난 공지 이후 새로운 내용이 없습니다.',
  corrects: (time) => `${time} 공지를 정정합니다.`,
  correctsNumber: (number) => `${number}번째 공지를 정정합니다.`,
  leads: ({ name, time }) => `${time}부터 ${name}님이 복구를 이끌고 있습니다.`,
  leadsUnnamed: (time) => `${time}에 복구를 이끄는 사람이 바뀌었습니다.`,
  labels: {
    impact: '영향',
    known: '확인된 내용',
    ruledOut: '원인에서 배제한 것',
    doing: '조치 중인 내용',
  },
  nextUpdate: (time) => `다음 공지는 ${time}까지 드리겠습니다.`,
  footer: ({ incident, update, time }) =>
    update === null ? `INC-${incident} · ${time}` : `INC-${incident} · ${update}번째 공지 · ${time}`,
  readOnline: '웹에서 보기',
  mail: {
    whyYou: '이 주소는 장애 공지를 받는 주소로 등록되어 있습니다. 회신한 내용은 확인하지 않습니다.',
    whyOwner: '이 재발 방지 대책의 담당자에게 보내는 메일입니다. 회신한 내용은 확인하지 않습니다.',
    unsubscribe: '수신 거부',
  },
};

/** The words in a language. */
export const messageWords: Readonly<Record<Locale, MessageWords>> = { en, ko };

// Made once: they cost more than all the rest of a message, and one update may be ten thousand messages.
const dayParts = { weekday: 'short', day: 'numeric', year: 'numeric' } as const;
const englishDay = new Intl.DateTimeFormat('en-GB', { ...dayParts, month: 'short', timeZone: 'UTC' });
const koreanDay = { ...dayParts, month: 'numeric' } as const;
const koreanDayInUtc = new Intl.DateTimeFormat('ko-KR', { ...koreanDay, timeZone: 'UTC' });
const koreanDayInSeoul = new Intl.DateTimeFormat('ko-KR', { ...koreanDay, timeZone: 'Asia/Seoul' });
const clockInSeoul = new Intl.DateTimeFormat('en-GB', {
  ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Seoul' },
});

/**
 * A moment as a reader outside can use it, to the minute: English in UTC, Korean in Korean time with UTC beside it, and
 * the UTC date where it is another one.
 */
export function messageTime(iso: string, locale: Locale): string {
  const at = new Date(iso);
  const utc = `${at.toISOString().slice(11, 16)} UTC`;
  if (locale === 'en') {
    const { weekday, day, month, year } = partsOf(englishDay, at);
    return `${weekday} ${day} ${month} ${year}, ${utc}`;
  }
  const [here, there] = [partsOf(koreanDayInSeoul, at), partsOf(koreanDayInUtc, at)];
  const other = here['day'] === there['day'] ? '' : `${there['month']}. ${there['day']}. `;
  const date = `${here['year']}. ${here['month']}. ${here['day']}. (${here['weekday']})`;
  return `${date} ${clockInSeoul.format(at)} KST(${other}${utc})`;
}

function partsOf(form: Intl.DateTimeFormat, at: Date): Record<string, string> {
  return Object.fromEntries(form.formatToParts(at).map(({ type, value }) => [type, value]));
}
