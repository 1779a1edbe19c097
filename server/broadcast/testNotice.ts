import type { Locale } from '#shared/contract/wire.ts';
import type { Notice } from './notice.ts';

/** What a test message says, in the language that it is sent in. */
const words: Readonly<Record<Locale, { title: string; text: string }>> = {
  en: {
    title: 'Test message',
    text: 'This is a test message. Updates about incidents will look like this one.',
  },
  ko: {
    title: '시험 메시지',
    text: '시험 메시지입니다. 장애 공지는 이와 같은 모습으로 전달됩니다.',
  },
};

/**
 * A notice of no incident, as a drill, by which somebody sees whether a channel reaches an address. `at`: milliseconds
 * since 1970. It tells what readers are told, since no entry stands behind it.
 */
export function testNotice(id: string, locale: Locale, at: number): Notice {
  const time = new Date(at).toISOString();
  const { title, text } = words[locale];
  return {
    ...{ thread: id, number: 0, title, drill: true, declaredAt: time, resolvedAt: null, at: time },
    update: { number: 1, state: 'monitoring', text, locale, corrects: null },
    handoff: null,
    inside: null,
  };
}
