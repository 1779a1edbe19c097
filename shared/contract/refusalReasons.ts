import { acceptanceWords } from './identifiers.ts';
import { reviewReasons } from './reviewReasons.ts';
import { settingsReasons } from './settingsReasons.ts';

/** Codes on the wire. Tests and programs may rely on them; the reason beside it says more. */
export type RefusalCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'stale_epoch'
  | 'already_pending'
  | 'not_pending'
  | 'not_the_named_person'
  | 'wrong_words'
  | 'brief_too_old'
  | 'expired'
  | 'closed'
  | 'wrong_status'
  | 'unchanged'
  | 'cycle'
  | 'unknown_role'
  | 'unknown_entry'
  | 'commander_present'
  | 'command_id_reused'
  | 'already_exists'
  | 'last_admin'
  | 'too_large'
  | 'unsupported'
  | 'rate_limited'
  | 'unavailable';

/** What a reason says, and which code stands for it. */
export interface Sentence {
  code: RefusalCode;
  /** What is wrong and what would make it possible. `{{name}}` is replaced from the refusal's details. */
  en: string;
  ko: string;
  /** True when the same request may succeed later without a change. */
  retryable?: true;
}

/**
 * Every reason for a "no", with its code and its sentence in both languages. Persons in details are ids; whoever
 * shows the sentence replaces them by names (`{{person}}` in Korean is always followed by 님).
 */
export const refusalReasons = {
  ...settingsReasons,
  ...reviewReasons,
  invalid: {
    code: 'invalid',
    en: 'This request is not well formed: {{problem}}. Correct it and send it again.',
    ko: '요청 형식이 올바르지 않습니다: {{problem}}. 고쳐서 다시 보내세요.',
  },
  unauthenticated: { code: 'unauthenticated', en: 'Sign in first.', ko: '먼저 로그인하세요.' },
  wrong_credentials: {
    code: 'unauthenticated',
    en: 'E-mail or password is not right. Try again, or ask an administrator for a new link.',
    ko: '이메일 또는 비밀번호가 올바르지 않습니다. 다시 입력하거나 관리자에게 새 링크를 요청하세요.',
  },
  session_ended: {
    code: 'unauthenticated',
    en: 'Session ended. Sign in; your text is kept.',
    ko: '로그인이 만료되었습니다. 다시 로그인하세요. 작성한 글은 남아 있습니다.',
  },
  not_found: {
    code: 'not_found',
    en: 'Not found, or not open to you. Check the address, or ask to be let in.',
    ko: '찾을 수 없거나 볼 권한이 없습니다. 주소를 확인하거나 참여를 요청하세요.',
  },
  forbidden: {
    code: 'forbidden',
    en: 'You may see this, but not do it. Ask an administrator for the right.',
    ko: '볼 수는 있지만 실행할 권한이 없습니다. 관리자에게 권한을 요청하세요.',
  },
  admin_only: {
    code: 'forbidden',
    en: 'Only an administrator can do this. Ask one.',
    ko: '관리자만 할 수 있습니다. 관리자에게 요청하세요.',
  },
  foreign_origin: {
    code: 'forbidden',
    en: 'This request comes from another site. Open warroom at its own address.',
    ko: '다른 사이트에서 온 요청입니다. warroom 주소에서 다시 시도하세요.',
  },
  commander_only: {
    code: 'forbidden',
    en: 'Only the commander can do this. Ask {{person}}.',
    ko: '장애 제어자만 할 수 있습니다. {{person}}님에게 요청하세요.',
  },
  comms_only: {
    code: 'forbidden',
    en: 'Only Communications or the commander sends updates. Ask {{person}}.',
    ko: '현황 공지는 의사소통 담당이나 장애 제어자만 보낼 수 있습니다. {{person}}님에게 요청하세요.',
  },
  holder_only: {
    code: 'forbidden',
    en: 'Only the holder of this role, or a role above it, can do this. Ask {{person}}.',
    ko: '이 역할의 담당자나 상위 담당자만 할 수 있습니다. {{person}}님에게 요청하세요.',
  },
  delegate_holder_only: {
    code: 'forbidden',
    en: 'Only the holder of a role can delegate a part of it. Ask {{person}}.',
    ko: '역할의 일부는 그 담당자만 위임할 수 있습니다. {{person}}님에게 요청하세요.',
  },
  author_only: {
    code: 'forbidden',
    en: 'Only its author can correct a message. Reply to it instead.',
    ko: '글쓴이만 정정할 수 있습니다. 대신 답글을 남기세요.',
  },
  deputy_or_admin_only: {
    code: 'forbidden',
    en: 'Only the next commander or an administrator can take command by force. Ask the commander to hand over.',
    ko: '다음 제어자나 관리자만 제어권을 강제로 인수할 수 있습니다. 장애 제어자에게 인계를 요청하세요.',
  },
  commander_present: {
    code: 'commander_present',
    en: 'The commander is connected. Ask {{person}} to hand over; by force only after 60 seconds without connection.',
    ko: '장애 제어자가 접속해 있습니다. {{person}}님에게 인계를 요청하세요. 강제 인수는 연결이 60초 동안 끊긴 뒤에만 할 수 있습니다.',
  },
  not_the_named_person: {
    code: 'not_the_named_person',
    en: 'Only the named person can answer this offer. Ask {{person}}.',
    ko: '지명된 사람만 이 인계 요청에 답할 수 있습니다. {{person}}님에게 요청하세요.',
  },
  stale_epoch: {
    code: 'stale_epoch',
    en: 'Command passed to {{person}}. Nothing was changed. Look at the present state and, if it is yours to do, do it again.',
    ko: '제어권이 {{person}}님에게 넘어갔습니다. 아무것도 바뀌지 않았습니다. 현재 상태를 확인한 뒤 필요하면 다시 실행하세요.',
  },
  epoch_missing: {
    code: 'invalid',
    en: 'Commander-only commands need the command epoch under which you give them. Send it along.',
    ko: '장애 제어자 명령에는 현재 제어권 번호(epoch)가 필요합니다. 함께 보내세요.',
  },
  already_pending: {
    code: 'already_pending',
    en: 'An offer to {{person}} is open. Withdraw it first.',
    ko: '{{person}}님에게 보낸 인계 요청이 있습니다. 먼저 철회하세요.',
  },
  not_pending: {
    code: 'not_pending',
    en: 'This offer is no longer open. Ask the commander to offer again.',
    ko: '이 인계 요청은 이미 끝났습니다. 장애 제어자에게 다시 보내 달라고 하세요.',
  },
  offer_expired: {
    code: 'expired',
    en: 'This offer has expired. Ask the commander to offer again.',
    ko: '인계 요청이 만료되었습니다. 장애 제어자에게 다시 보내 달라고 하세요.',
  },
  wrong_words: {
    code: 'wrong_words',
    en: `Command passes by these words. Write: “${acceptanceWords.en}”.`,
    ko: `제어권을 인수하려면 ‘${acceptanceWords.ko}’라고 입력하세요.`,
  },
  brief_too_old: {
    code: 'brief_too_old',
    en: '{{count}} entries are newer than the brief you read. Read them, then accept.',
    ko: '읽은 브리핑 이후 새 기록이 {{count}}건 있습니다. 확인한 뒤 인수하세요.',
  },
  briefed_ahead: {
    code: 'invalid',
    en: 'The log ends at #{{head}}, so #{{seq}} was not read. Read the log again, then accept.',
    ko: '기록은 #{{head}}까지 있으므로 #{{seq}}은(는) 읽을 수 없습니다. 기록을 다시 확인한 뒤 인수하세요.',
  },
  closed: {
    code: 'closed',
    en: 'This incident is closed. Reopen it first.',
    ko: '종료된 장애입니다. 먼저 재개하세요.',
  },
  not_resolved: {
    code: 'wrong_status',
    en: 'The incident is still open. Change its status instead; only a resolved or closed one is reopened.',
    ko: '아직 진행 중인 장애입니다. 대신 상태를 바꾸세요. 복구 완료 또는 종료된 장애만 재개할 수 있습니다.',
  },
  reopen_first: {
    code: 'wrong_status',
    en: 'A resolved incident goes back only by reopening. Reopen it with a reason.',
    ko: '복구 완료된 장애는 재개해야 되돌릴 수 있습니다. 사유를 적고 재개하세요.',
  },
  resolve_first: {
    code: 'wrong_status',
    en: 'An incident is closed from resolved. Resolve it first.',
    ko: '복구 완료 상태에서만 종료할 수 있습니다. 먼저 복구 완료로 바꾸세요.',
  },
  unchanged: {
    code: 'unchanged',
    en: 'It is like that already; nothing was changed. Look at the present state.',
    ko: '이미 같은 상태라 바뀐 것이 없습니다. 현재 상태를 확인하세요.',
  },
  delegation_cycle: {
    code: 'cycle',
    en: '{{person}} is already above this role; a role cannot report to itself. Choose somebody else.',
    ko: '{{person}}님은 이미 이 역할의 상위 담당자입니다. 다른 사람을 지정하세요.',
  },
  unknown_role: {
    code: 'unknown_role',
    en: 'There is no such role in this incident. Choose one from the role tree.',
    ko: '이 장애에 없는 역할입니다. 역할 목록에서 고르세요.',
  },
  not_delegated: {
    code: 'unchanged',
    en: 'Nobody was given this role, so there is nothing to release. Assign it instead.',
    ko: '담당자가 지정되지 않은 역할이라 반납할 것이 없습니다. 대신 담당자를 지정하세요.',
  },
  too_many_roles: {
    code: 'too_large',
    en: 'This incident has {{max}} roles already. Assign one that nobody holds instead.',
    ko: '이 장애에는 역할이 이미 {{max}}개 있습니다. 담당자가 없는 역할을 지정하세요.',
  },
  too_many_pins: {
    code: 'too_large',
    en: '{{max}} entries are pinned already. Unpin one first.',
    ko: '이미 {{max}}건이 고정되어 있습니다. 먼저 하나를 해제하세요.',
  },
  unknown_person: {
    code: 'invalid',
    en: 'There is no such person. Choose one from the list.',
    ko: '없는 사람입니다. 목록에서 고르세요.',
  },
  person_cannot_enter: {
    code: 'invalid',
    en: '{{person}} cannot enter this incident. Give access first, or choose somebody else.',
    ko: '{{person}}님은 이 장애에 들어올 수 없습니다. 먼저 권한을 주거나 다른 사람을 고르세요.',
  },
  already_commander: {
    code: 'invalid',
    en: '{{person}} is the commander already. Choose somebody else.',
    ko: '{{person}}님이 이미 장애 제어자입니다. 다른 사람을 고르세요.',
  },
  not_private: {
    code: 'invalid',
    en: 'Only private incidents have members. Choose any responder; this one is open to all of them.',
    ko: '비공개 장애에만 참여자가 있습니다. 모든 대응자에게 열린 장애이니 누구든 고르세요.',
  },
  commander_is_member: {
    code: 'invalid',
    en: 'The commander cannot be removed. Hand over command first.',
    ko: '장애 제어자는 제외할 수 없습니다. 먼저 제어권을 인계하세요.',
  },
  not_a_member: {
    code: 'unchanged',
    en: '{{person}} is not a member; nothing was changed. Choose one from the members.',
    ko: '{{person}}님은 참여자가 아니어서 바뀐 것이 없습니다. 참여자 목록에서 고르세요.',
  },
  unknown_entry: {
    code: 'unknown_entry',
    en: 'Entry #{{seq}} is not one this can be done with. Choose another.',
    ko: '기록 #{{seq}}에는 할 수 없는 작업입니다. 다른 기록을 고르세요.',
  },
  nothing_to_redact: {
    code: 'invalid',
    en: 'Entry #{{seq}} has no free text that could be hidden. Choose another.',
    ko: '기록 #{{seq}}에는 가릴 내용이 없습니다. 다른 기록을 고르세요.',
  },
  redacted_entry: {
    code: 'invalid',
    en: 'Entry #{{seq}} was redacted. Write a new message instead.',
    ko: '기록 #{{seq}}은(는) 가려졌습니다. 새 메시지를 작성하세요.',
  },
  no_such_time: {
    code: 'invalid',
    en: 'There is no such time: {{time}}. Give one that exists, in UTC.',
    ko: '존재하지 않는 시각입니다: {{time}}. 올바른 시각을 UTC로 입력하세요.',
  },
  wrong_confirmation: {
    code: 'stale_epoch',
    en: 'Command has changed since. Confirm the present commander, {{person}}.',
    ko: '그 사이 제어권이 바뀌었습니다. 현재 장애 제어자 {{person}}님을 확인해 주세요.',
  },
  not_due: {
    code: 'invalid',
    en: 'This deadline is not due. Wait for its time.',
    ko: '아직 기한이 되지 않았습니다. 때가 되기를 기다리세요.',
  },
  blank: { code: 'invalid', en: 'Write something; blank text cannot be read.', ko: '내용을 입력하세요.' },
  next_update_past: {
    code: 'invalid',
    en: 'The time of the next update has passed. Choose one to come.',
    ko: '다음 공지 시각이 이미 지났습니다. 현재보다 뒤의 시각을 고르세요.',
  },
  next_update_missing: {
    code: 'invalid',
    en: 'When there is nothing new, give the time of the next update.',
    ko: '새로운 내용이 없으면 다음 공지 시각을 정하세요.',
  },
  no_update_yet: {
    code: 'invalid',
    en: 'There is no such update yet. Send one first.',
    ko: '해당 공지가 아직 없습니다. 먼저 공지를 보내세요.',
  },
  unknown_audience: {
    code: 'invalid',
    en: 'There is no such audience. Choose one from the list.',
    ko: '없는 공지 대상입니다. 목록에서 고르세요.',
  },
  unknown_service: {
    code: 'invalid',
    en: 'There is no such service. Choose one from the list.',
    ko: '없는 서비스입니다. 목록에서 고르세요.',
  },
  audience_not_attached: {
    code: 'invalid',
    en: 'The incident does not have all of these audiences. Choose among those attached to it.',
    ko: '이 장애에 연결되지 않은 공지 대상이 있습니다. 연결된 대상에서 고르세요.',
  },
  private_stays_private: {
    code: 'forbidden',
    en: 'A private incident is never shown on the public page. Choose another audience.',
    ko: '비공개 장애는 공개 페이지에 올릴 수 없습니다. 다른 공지 대상을 고르세요.',
  },
  malformed_text: {
    code: 'invalid',
    en: 'The text has characters that cannot be stored (NUL or half a surrogate pair). Remove them.',
    ko: '저장할 수 없는 문자가 있습니다(NUL 또는 깨진 문자). 지운 뒤 다시 시도하세요.',
  },
  command_id_reused: {
    code: 'command_id_reused',
    en: 'This command id was used for something else. Send it with a new id.',
    ko: '이미 다른 명령에 쓰인 식별자입니다. 새 식별자로 다시 보내세요.',
  },
  too_large: {
    code: 'too_large',
    en: 'Too long: {{n}} of {{max}}. Shorten it or split it.',
    ko: '너무 깁니다(최대 {{max}}, 현재 {{n}}). 줄이거나 나누어 보내세요.',
  },
  wrong_password: {
    code: 'forbidden',
    en: 'The present password is not right. Try again.',
    ko: '현재 비밀번호가 올바르지 않습니다. 다시 입력하세요.',
  },
  weak_password: {
    code: 'invalid',
    en: 'This password is too short. Choose one of at least {{min}} characters.',
    ko: '비밀번호가 너무 짧습니다. {{min}}자 이상으로 정하세요.',
  },
  bad_email: {
    code: 'invalid',
    en: 'Give one e-mail address, such as name@example.org.',
    ko: '이메일 주소를 하나만 입력하세요. 예: name@example.org',
  },
  email_taken: {
    code: 'already_exists',
    en: 'Somebody has this e-mail already. Choose another, or change that person.',
    ko: '이미 등록된 이메일입니다. 다른 이메일을 쓰거나 그 사람의 정보를 수정하세요.',
  },
  last_admin: {
    code: 'last_admin',
    en: 'This is the last administrator. Make somebody else one first.',
    ko: '마지막 관리자입니다. 먼저 다른 사람을 관리자로 지정하세요.',
  },
  reading_only: {
    code: 'forbidden',
    en: 'This page is for reading only. Sign in to do more.',
    ko: '읽기 전용 페이지입니다. 더 하려면 로그인하세요.',
  },
  unsupported: {
    code: 'unsupported',
    en: 'Send JSON (application/json), not compressed.',
    ko: '압축하지 않은 JSON(application/json)으로 보내세요.',
  },
  rate_limited: {
    code: 'rate_limited',
    en: 'Too many at once. Try again in {{seconds}} s.',
    ko: '요청이 너무 많습니다. {{seconds}}초 뒤에 다시 시도하세요.',
    retryable: true,
  },
  room_full: {
    code: 'rate_limited',
    en: 'The room is full for now. Try again in {{seconds}} s.',
    ko: '상황실 정원이 찼습니다. {{seconds}}초 뒤에 다시 시도하세요.',
    retryable: true,
  },
  not_saved: {
    code: 'unavailable',
    en: 'Not saved: the store did not take it. Send it again; that is safe.',
    ko: '저장되지 않았습니다. 다시 보내세요. 여러 번 보내도 안전합니다.',
    retryable: true,
  },
  overloaded: {
    code: 'unavailable',
    en: 'Too many people are coming in at once. Try again in a moment.',
    ko: '한꺼번에 많은 사람이 들어오고 있습니다. 잠시 뒤 다시 시도하세요.',
    retryable: true,
  },
  draining: {
    code: 'unavailable',
    en: 'The server is restarting. Try again in a moment.',
    ko: '서버를 다시 시작하고 있습니다. 잠시 뒤 다시 시도하세요.',
    retryable: true,
  },
} as const satisfies Record<string, Sentence>;

export type RefusalReason = keyof typeof refusalReasons;
