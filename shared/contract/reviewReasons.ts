/** Reasons for a "no" about reviews and records from outside; part of `refusalReasons`. */
export const reviewReasons = {
  unknown_why: {
    code: 'unknown_entry',
    en: 'This answer is not in the why-tree any more. Look at the tree again.',
    ko: '이 답변은 더 이상 원인 분석에 없습니다. 원인 분석을 다시 확인하세요.',
  },
  why_root_exists: {
    code: 'already_exists',
    en: 'The why-tree has its root already. Change that, or add an answer below it.',
    ko: '원인 분석의 뿌리가 이미 있습니다. 그것을 고치거나 그 아래에 답변을 추가하세요.',
  },
  reworded_meanwhile: {
    code: 'already_exists',
    en: 'Somebody changed these words meanwhile. Read them again, then make your change.',
    ko: '그 사이 다른 사람이 문장을 바꾸었습니다. 다시 읽은 뒤 바꾸세요.',
  },
  why_missing: {
    code: 'wrong_status',
    en: 'The review has no why-tree yet. Write down the effect on customers and why it came about, then sign.',
    ko: '아직 원인 분석이 없습니다. 고객에게 미친 영향과 그 원인을 적은 뒤 서명하세요.',
  },
  why_without_evidence: {
    code: 'wrong_status',
    en: 'Answers of the why-tree without evidence: {{n}}. Give each an entry that shows it, or make it an assumption.',
    ko: '근거가 없는 원인 분석 답변: {{n}}개. 각각 근거 기록을 연결하거나 추정으로 표시하세요.',
  },
  signed_off: {
    code: 'closed',
    en: 'This review is signed off. Reopen the review to change it.',
    ko: '서명이 끝난 사후 검토입니다. 바꾸려면 검토를 다시 여세요.',
  },
  not_signed_off: {
    code: 'wrong_status',
    en: 'This review is not signed off, so it can be changed. Make your change.',
    ko: '아직 서명이 끝나지 않은 사후 검토입니다. 그대로 수정하세요.',
  },
  signed_already: {
    code: 'unchanged',
    en: 'You have signed this review. Ask somebody else to sign it too.',
    ko: '이미 서명하셨습니다. 다른 사람에게 서명을 요청하세요.',
  },
  link_to_itself: {
    code: 'invalid',
    en: 'This is the same incident. Choose another one.',
    ko: '같은 장애입니다. 다른 장애를 고르세요.',
  },
  resolve_before_signing: {
    code: 'wrong_status',
    en: 'The incident still goes on. Resolve it first, then sign its review.',
    ko: '아직 진행 중인 장애입니다. 먼저 복구로 바꾼 뒤 검토에 서명하세요.',
  },
  unknown_attachment: {
    code: 'unknown_entry',
    en: 'This file was not uploaded here. Choose it again, so that it is.',
    ko: '업로드되지 않은 파일입니다. 먼저 업로드하세요.',
  },
  attachments_full: {
    code: 'too_large',
    en: 'The files of this incident take {{n}} MB, and no more than {{max}} MB fit. Keep the file elsewhere and post a link.',
    ko: '이 장애의 파일이 이미 {{n}}MB이며 최대 {{max}}MB까지 가능합니다. 파일을 다른 곳에 두고 링크를 올리세요.',
  },
  empty_file: {
    code: 'invalid',
    en: 'The file is empty. Choose another one.',
    ko: '빈 파일입니다. 다른 파일을 고르세요.',
  },
  unknown_range: {
    code: 'unknown_entry',
    en: 'The history of this document has no such text. Look at what was deleted again.',
    ko: '문서 기록에 없는 텍스트입니다. 삭제된 내용을 다시 확인하세요.',
  },
  still_shown: {
    code: 'wrong_status',
    en: 'This text is still in the document. Remove it there first, then erase it from the history.',
    ko: '문서에 아직 남아 있는 텍스트입니다. 먼저 문서에서 삭제한 뒤 기록에서 지우세요.',
  },
  nothing_to_erase: {
    code: 'unchanged',
    en: 'There is no text to erase any more: it was erased already, or it held none. Look at what was deleted again.',
    ko: '지울 텍스트가 없습니다. 이미 지웠거나 텍스트가 아닙니다. 삭제된 내용을 다시 확인하세요.',
  },
  not_oneself: {
    code: 'forbidden',
    en: 'This is your own account. Ask another administrator.',
    ko: '본인 계정입니다. 다른 관리자에게 요청하세요.',
  },
  other_address: {
    code: 'invalid',
    en: 'This is not the address of that person. Enter it as it stands in the list.',
    ko: '그 사람의 주소가 아닙니다. 목록에 있는 그대로 입력하세요.',
  },
  bundle_unreadable: {
    code: 'invalid',
    en: 'This file is no bundle that can be taken: {{problem}}. Nothing was imported; choose another file.',
    ko: '가져올 수 없는 번들입니다: {{problem}}. 아무것도 가져오지 않았습니다. 다른 파일을 고르세요.',
  },
  bundle_withholds: {
    code: 'invalid',
    en: 'This bundle leaves out what its maker could not read. Have it made by who holds Communications or commands the incident.',
    ko: '만든 사람이 볼 수 없던 내용이 빠진 번들입니다. 소통 담당자나 장애 제어자가 만든 번들을 사용하세요.',
  },
  bundle_known: {
    code: 'already_exists',
    en: 'This incident is here already. Open it on the board.',
    ko: '이미 있는 장애입니다. 목록에서 여세요.',
  },
  unknown_incident: {
    code: 'not_found',
    en: 'There is no such incident, or it is not open to you. Choose one from the list.',
    ko: '그런 장애가 없거나 볼 권한이 없습니다. 목록에서 고르세요.',
  },
  unknown_action: {
    code: 'unknown_entry',
    en: 'This incident has no such action. Look at its list of actions again.',
    ko: '이 장애에 없는 재발 방지 대책입니다. 목록을 다시 확인하세요.',
  },
  unknown_import: {
    code: 'unknown_entry',
    en: 'Nothing of this import is in the log. Look at the list of imports again.',
    ko: '기록에 없는 가져오기입니다. 가져오기 목록을 다시 확인하세요.',
  },
  import_withdrawn: {
    code: 'closed',
    en: 'This import was withdrawn. Make a new one.',
    ko: '취소된 가져오기입니다. 새로 가져오세요.',
  },
  too_many_of_these: {
    code: 'too_large',
    en: 'There are {{max}} of these, and no more fit. Remove what is not needed.',
    ko: '최대 {{max}}개까지 가능합니다. 필요 없는 항목을 제거하세요.',
  },
} as const;
