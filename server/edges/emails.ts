/** Longest address that mail servers must take. */
const LONGEST = 254;
/** One mailbox and one domain: no display name, list, comment, quote, control or blank can hide in it. */
const FORM = /^[^\s@<>(),;:"[\]\\\p{C}]{1,64}@[^\s@<>(),;:"[\]\\\p{C}.]+(?:\.[^\s@<>(),;:"[\]\\\p{C}.]+)*$/u;

/** True for one plain e-mail address; whether anybody reads it is another question. */
export function isEmail(text: string): boolean {
  return text.length <= LONGEST && FORM.test(text);
}

/** The form under which addresses are compared: NFC, lower case. */
export function comparableEmail(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
