import { describe, expect, test } from 'vitest';
import { headerName, mailAddressOf, senderOf } from '../../server/broadcast/mailAddress.ts';

describe('addresses', () => {
  test.each([
    ['ada@example.org', 'ada@example.org'],
    ['  Ada.Lovelace+incidents@Example.ORG\n', 'Ada.Lovelace+incidents@example.org'],
    ['root@mailhost', 'root@mailhost'],
    ["o'brien_1@sub.example.co.kr", "o'brien_1@sub.example.co.kr"],
    ['홍길동@예시.한국', '홍길동@예시.한국'],
    ['홍길동@예시.한국'.normalize('NFD'), '홍길동@예시.한국'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ])('[M4] %j is one', (text, address) => {
    expect(mailAddressOf(text)).toBe(address);
  });

  test.each([
    ['a line end and another header', 'a@b.org\r\nBcc: x@evil.org'],
    ['a line end in the mailbox', 'a\r\nRCPT TO:<x@evil.org>@b.org'],
    ['a list', 'a@b.org, d@evil.org'],
    ['a list with a display name', '"a" <b@c.org>, d@evil.org'],
    ['a display name', 'Ada <a@b.org>'],
    ['a group', 'team: a@b.org, c@d.org;'],
    ['an empty group', 'undisclosed-recipients:;'],
    ['a quoted mailbox', '"a b"@c.org'],
    ['a quoted mailbox that holds an address', '"x@evil.org"@b.org'],
    ['a quoted mailbox and a comment', '"a"(comment)@b.org'],
    ['a comment', 'a(x@evil.org)@b.org'],
    ['a comment after it', 'a@b.org (x@evil.org)'],
    ['two at signs', 'a@b@c.org'],
    ['a route', '@evil.org:a@b.org'],
    ['a percent route', 'a%evil.org@b.org'],
    ['a bang route', 'evil!a@b.org'],
    ['a host literal', 'a@[127.0.0.1]'],
    ['a number for a host', 'a@127.0.0.1'],
    ['a number in another form', 'a@0x7f000001'],
    ['a percent-coded host', 'a@%65vil.org'],
    ['a slash', 'a@b.org/evil.org'],
    ['a port', 'a@b.org:25'],
    ['an option of a mail program', '-oQ/tmp@b.org'],
    ['a pipe', '|sh@b.org'],
    ['dots beside each other', 'a..b@c.org'],
    ['a dot at the start', '.a@c.org'],
    ['an empty label', 'a@b..org'],
    ['a hyphen at the end of a label', 'a@b-.org'],
    ['no mailbox', '@b.org'],
    ['no host', 'a@'],
    ['nothing', ''],
    ['NUL', 'a\0@b.org'],
    ['a zero-width space', 'a\u200b@b.org'],
    ['text that is turned round', 'a\u202egro.b@c.org'],
    ['half a surrogate pair', 'a\ud83d@b.org'],
    ['an encoded word', '=?utf-8?Q?x=40evil.org=3e?=@b.org'],
    ['a mailbox too long', `${'a'.repeat(65)}@b.org`],
    ['a mailbox too long in bytes', `${'가'.repeat(22)}@b.org`],
    ['100 kB', `a@${'b.'.repeat(50_000)}org`],
    ['100 kB of mailbox', `${'a'.repeat(100_000)}@b.org`],
  ])('[M4] %s is none', (_what, text) => {
    expect(mailAddressOf(text)).toBeNull();
  });

  test('[M4] a sender is an address or a name with one, and nothing that could be read as more', () => {
    expect(senderOf('a@b.org')).toEqual({ name: null, address: 'a@b.org' });
    expect(senderOf('Example 상황 <a@b.org>')).toEqual({ name: 'Example 상황', address: 'a@b.org' });
    for (const wrong of [
      'A <a@b.org>, C <c@d.org>',
      'A\r\nBcc: c@d.org <a@b.org>',
      'A <a@b.org> x',
      'A <>',
    ]) {
      expect(senderOf(wrong)).toBeNull();
    }
  });

  test('[M4] a name in a header is one line without marks that reorder it', () => {
    expect(headerName('Ada\r\nBcc: x@evil.org')).toBe('Ada Bcc: x@evil.org');
    expect(headerName('\u202eadA\u0007  B')).toBe('adA B');
    expect(headerName(' \r\n')).toBeNull();
    expect(headerName('가'.repeat(200))).toHaveLength(80);
  });
});
