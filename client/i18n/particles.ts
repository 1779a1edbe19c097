/** Korean particles whose form follows the last sound of the word before them. */
export type Particle = 'eulreul' | 'iga' | 'eunneun' | 'gwawa' | 'euro';

/** What the last sound of a word is; `rieul` is closed for all particles except 으로. */
type Ending = 'open' | 'closed' | 'rieul' | 'unknown';

const FORMS: Readonly<Record<Particle, { closed: string; open: string; unknown: string }>> = {
  eulreul: { closed: '을', open: '를', unknown: '을(를)' },
  iga: { closed: '이', open: '가', unknown: '이(가)' },
  eunneun: { closed: '은', open: '는', unknown: '은(는)' },
  gwawa: { closed: '과', open: '와', unknown: '과(와)' },
  euro: { closed: '으로', open: '로', unknown: '(으)로' },
};

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;

/** `장애` + `eulreul` → `장애를`. A word whose last sound is not known gets both forms, as style guides have it. */
export function withParticle(word: string, particle: Particle): string {
  const forms = FORMS[particle];
  const ending = endingOf(word);
  if (ending === 'unknown') return word + forms.unknown;
  const closed = ending === 'closed' || (ending === 'rieul' && particle !== 'euro');
  return word + (closed ? forms.closed : forms.open);
}

function endingOf(word: string): Ending {
  const last = Array.from(word.trim().replace(/[)\]}’”"'.]+$/u, '')).at(-1) ?? '';
  const code = last.codePointAt(0) ?? 0;
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const final = (code - FIRST_SYLLABLE) % FINALS;
    if (final === 0) return 'open';
    return final === RIEUL ? 'rieul' : 'closed';
  }
  // Digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구.
  if (/[178]/.test(last)) return 'rieul';
  if (/[036]/.test(last)) return 'closed';
  if (/[2459]/.test(last)) return 'open';
  // Letters by their names: 엘 and 아르/알 end in ㄹ, 엠 and 엔 are closed.
  if (/[lr]/i.test(last)) return 'rieul';
  if (/[mn]/i.test(last)) return 'closed';
  if (/[a-z]/i.test(last)) return 'open';
  return 'unknown';
}
