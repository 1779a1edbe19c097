/** Reasons for a "no" about settings and the addresses that updates go to; part of `refusalReasons`. */
export const settingsReasons = {
  setting_changed: {
    code: 'already_exists',
    en: 'Somebody changed this meanwhile. Read it again, then make your change.',
    ko: '그 사이 다른 사람이 바꾸었습니다. 다시 확인한 뒤 바꾸세요.',
  },
  channel_missing: {
    code: 'invalid',
    en: 'This server cannot send over {{channel}}. Set it up first, or choose another channel.',
    ko: '이 서버에서는 다음 채널로 보낼 수 없습니다: {{channel}}. 먼저 설정하거나 다른 채널을 고르세요.',
  },
  bad_address: {
    code: 'invalid',
    en: 'Nothing can be sent to this address over {{channel}}. Check it.',
    ko: '이 주소로는 보낼 수 없습니다(채널: {{channel}}). 주소를 확인하세요.',
  },
  address_taken: {
    code: 'already_exists',
    en: 'This audience has the address already. Enter another one.',
    ko: '이 공지 대상에 이미 있는 주소입니다. 다른 주소를 입력하세요.',
  },
} as const;
