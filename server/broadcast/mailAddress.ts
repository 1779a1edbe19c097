import { domainToASCII } from 'node:url';

/** Longest address that mail servers must take, and the longest part before the `@`. Bytes. */
const LONGEST = 254;
const LONGEST_MAILBOX = 64;

/**
 * What may stand before the `@`: words with single dots between them. Quotes, comments, groups, routes (`%`, `!`), encoded
 * words (`?`) and what a mail program could take for an option are valid to somebody, and have misled parsers: nothing is
 * sent there.
 */
const MAILBOX = /^(?!-)[\p{L}\p{M}\p{N}#$&'*+/=^_{}~-]+(?:\.[\p{L}\p{M}\p{N}#$&'*+/=^_{}~-]+)*$/u;
/** Checked before Unicode is turned to ASCII, which would cut off what is not part of a host. */
const HOST_LETTERS = /^[\p{L}\p{M}\p{N}.-]+$/u;
const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** A domain whose last label is a number is an address of a machine. */
const NUMBER_AT_END = /(?:^|\.)\d+$/;

/** Somebody who sends or gets mail. */
export interface Mailbox {
  name: string | null;
  address: string;
}

/**
 * Exactly one plain address in the form in which it is kept (NFC, domain in lower case), or null: no display name, list,
 * group, comment, quoted part, line end or literal host address gets through. Whether anybody reads it is another question.
 */
export function mailAddressOf(text: string): string | null {
  if (text.length > 2 * LONGEST) return null;
  const [mailbox = '', domain = '', ...rest] = text.trim().normalize('NFC').split('@');
  if (rest.length > 0 || !MAILBOX.test(mailbox) || Buffer.byteLength(mailbox) > LONGEST_MAILBOX) return null;
  // Unicode domains are written as people do; what is checked is what goes over the wire.
  const ascii = HOST_LETTERS.test(domain) ? domainToASCII(domain) : '';
  if (!DOMAIN.test(ascii) || NUMBER_AT_END.test(ascii)) return null;
  const address = `${mailbox}@${domain.toLowerCase()}`;
  return Buffer.byteLength(address) <= LONGEST && ascii.length + mailbox.length < LONGEST ? address : null;
}

/** The sender as an operator writes it: `a@b.org` or `Name <a@b.org>`; null for anything else. */
export function senderOf(text: string): Mailbox | null {
  const named = /^([^<>"@,;:\\\p{C}]{1,80})<([^<>]+)>$/u.exec(text.trim());
  const address = mailAddressOf(named?.[2] ?? text);
  return address === null ? null : { name: named?.[1]?.trim() || null, address };
}

/** A name fit for a header: one line without controls or marks that reorder text, at most 80 characters; null for none. */
export function headerName(name: string | null): string | null {
  const plain = (name ?? '').replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return plain.slice(0, 80).replace(/[\uD800-\uDBFF]$/, '') || null;
}
