import type { Locale } from '#shared/contract/wire.ts';

/** Words of what readers outside can do: ask, subscribe, and end that again. */
export interface ReaderWords {
  ask: string;
  askHint: string;
  question: string;
  name: string;
  send: string;
  asked: string;
  questions: string;
  mine: string;
  somebody: string;
  noAnswerYet: string;
  answerToYou: string;
  answerToAll: string;
  textWithdrawn: string;
  subscribe: string;
  byMail: string;
  byWebhook: string;
  mailAddress: string;
  webhookAddress: string;
  byFeed: string;
  subscribeButton: string;
  /** The same whether or not the address was known. */
  subscribed: string;
  problems: {
    /** Nothing was written. */
    blank: string;
    tooLong: string;
    tooMany: (seconds: number) => string;
    over: string;
    address: string;
    unavailable: string;
  };
  confirm: { title: string; hint: (address: string) => string; button: string; done: string };
  unsubscribe: { title: string; hint: (address: string) => string; button: string; done: string };
  /** The message with which a subscription is confirmed. */
  confirmMessage: (page: { name: string; url: string }) => { subject: string; text: string };
}

const en: ReaderWords = {
  ask: 'Ask Communications',
  askHint: 'Questions go to Communications, not to those repairing.',
  question: 'Your question',
  name: 'Your name (may stay empty)',
  send: 'Send',
  asked: 'Your question was sent. The answer will appear here.',
  questions: 'Questions and answers',
  mine: 'You asked',
  somebody: 'Somebody asked',
  noAnswerYet: 'Not answered yet.',
  answerToYou: 'Answer to you alone',
  answerToAll: 'Answer',
  textWithdrawn: 'This text was withdrawn.',
  subscribe: 'Subscribe',
  byMail: 'By e-mail',
  byWebhook: 'By webhook',
  mailAddress: 'E-mail address',
  webhookAddress: 'Address of the webhook',
  byFeed: 'Feeds',
  subscribeButton: 'Subscribe',
  subscribed: 'If this address is not subscribed yet, a message with a link to confirm is on its way.',
  problems: {
    blank: 'Write something first.',
    tooLong: 'This is too long. Shorten it and send it again.',
    tooMany: (seconds) => `Too many at once. Try again in ${seconds} s.`,
    over: 'This is over; no questions are taken any more.',
    address: 'Nothing can be sent to this address. Check it and try again.',
    unavailable: 'This cannot be taken right now. Try again in a moment.',
  },
  confirm: {
    title: 'Confirm your subscription',
    hint: (address) => `Updates will be sent to ${address}.`,
    button: 'Confirm',
    done: 'Confirmed. You get the next update.',
  },
  unsubscribe: {
    title: 'End your subscription',
    hint: (address) => `No more updates will be sent to ${address}.`,
    button: 'Unsubscribe',
    done: 'Done. Nothing more is sent to this address.',
  },
  confirmMessage: ({ name, url }) => ({
    subject: `Confirm: updates of ${name}`,
    text: `Somebody asked for updates of ${name} to be sent to this address.\n\nIf it was you, confirm here:\n${url}\n\nIf it was not, do nothing: nothing more is sent.`,
  }),
};

const ko: ReaderWords = {
  ask: '담당자에게 질문하기',
  askHint: '질문은 의사소통 담당에게만 전달됩니다. 복구 중인 대응자에게는 가지 않습니다.',
  question: '질문',
  name: '이름 (비워 두어도 됩니다)',
  send: '보내기',
  asked: '질문을 보냈습니다. 답변은 여기에 표시됩니다.',
  questions: '질문과 답변',
  mine: '내 질문',
  somebody: '다른 분의 질문',
  noAnswerYet: '아직 답변이 없습니다.',
  answerToYou: '나에게만 보이는 답변',
  answerToAll: '답변',
  textWithdrawn: '이 글의 내용은 삭제되었습니다.',
  subscribe: '공지 받기',
  byMail: '이메일',
  byWebhook: '웹훅',
  mailAddress: '이메일 주소',
  webhookAddress: '웹훅 주소',
  byFeed: '피드',
  subscribeButton: '신청',
  subscribed: '아직 등록되지 않은 주소라면 확인 링크가 담긴 메시지를 보냈습니다.',
  problems: {
    blank: '내용을 입력하세요.',
    tooLong: '너무 깁니다. 줄여서 다시 보내세요.',
    tooMany: (seconds) => `요청이 너무 많습니다. ${seconds}초 뒤에 다시 시도하세요.`,
    over: '종료된 건이라 질문을 받지 않습니다.',
    address: '이 주소로는 보낼 수 없습니다. 주소를 확인하고 다시 시도하세요.',
    unavailable: '지금은 처리할 수 없습니다. 잠시 뒤에 다시 시도하세요.',
  },
  confirm: {
    title: '공지 받기 확인',
    hint: (address) => `앞으로 공지를 받을 주소: ${address}`,
    button: '확인',
    done: '확인했습니다. 다음 공지부터 보내 드립니다.',
  },
  unsubscribe: {
    title: '수신 거부',
    hint: (address) => `더 이상 공지를 보내지 않을 주소: ${address}`,
    button: '수신 거부',
    done: '처리했습니다. 이 주소로 더 이상 공지를 보내지 않습니다.',
  },
  confirmMessage: ({ name, url }) => ({
    subject: `확인 요청: ${name} 공지 받기`,
    text: `이 주소로 ‘${name}’ 공지를 보내 달라는 요청이 있었습니다.\n\n직접 신청하셨다면 아래 주소에서 확인해 주세요.\n${url}\n\n신청하지 않으셨다면 그대로 두세요. 더 이상 메시지를 보내지 않습니다.`,
  }),
};

/** The words in a language. */
export const readerWords: Readonly<Record<Locale, ReaderWords>> = { en, ko };
