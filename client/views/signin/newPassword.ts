/** Characters that a new password needs when the server has not said otherwise. */
export const PASSWORD_LEAST = 10;

/** True when a new password has fewer characters than the server takes; counted as the server counts. */
export function isTooShort(password: string, least = PASSWORD_LEAST): boolean {
  return Array.from(password.normalize('NFC')).length < least;
}
