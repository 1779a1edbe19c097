/** A fresh identifier in the form of the contract. Works without a secure context, as on a plain-HTTP intranet. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
