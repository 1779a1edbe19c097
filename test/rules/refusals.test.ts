import { describe, expect, test } from 'vitest';
import { refusalReasons, refusalStatus, toWireError } from '#shared/contract/refusals.ts';
import type { RefusalReason } from '#shared/contract/refusals.ts';

const reasons = Object.keys(refusalReasons) as RefusalReason[];

/** Words by which a sentence tells somebody what to do. */
const ASKS_EN =
  /\b(ask|change|check|choose|confirm|correct|give|hand over|look|open|read|remove|reopen|reply|resolve|send|shorten|sign in|try|unpin|wait|withdraw|write|assign|enter|set|use|make|keep)\b/i;
const ASKS_KO = /(세요|십시오|주세요)/;

function places(sentence: string): string[] {
  return [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted();
}

describe.each(reasons)('the refusal %s', (reason) => {
  const { code, en, ko } = refusalReasons[reason];

  test('[X6] has a code with a status', () => {
    expect(refusalStatus[code]).toBeGreaterThanOrEqual(400);
  });

  test('[X6] says in both languages what to do, with the same places to fill', () => {
    expect(new Set(places(ko))).toEqual(new Set(places(en)));
    expect(en).toMatch(ASKS_EN);
    expect(ko).toMatch(ASKS_KO);
    expect(ko).toMatch(/\p{Script=Hangul}/u);
    expect(en).toMatch(/[.!?”]$/);
  });

  test('[X6] leaves no place open and puts 님 after a person', () => {
    const details = Object.fromEntries(places(en).map((place) => [place, 'Kim']));
    expect(toWireError({ reason, details }, 'en').message).not.toContain('{{');
    expect(toWireError({ reason, details }, 'ko').message).not.toContain('{{');
    expect(ko).not.toMatch(/\{\{person\}\}(?!님)/);
  });
});

test('[X6] over the wire a refusal keeps its reason and its details', () => {
  expect(toWireError({ reason: 'commander_only', details: { person: 'ada-commander' } })).toEqual({
    code: 'forbidden',
    message: 'Only the commander can do this. Ask ada-commander.',
    details: { person: 'ada-commander', reason: 'commander_only' },
  });
  expect(toWireError({ reason: 'not_saved' })).toMatchObject({ code: 'unavailable', retryable: true });
});
