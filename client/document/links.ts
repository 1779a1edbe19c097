/** Addresses that a link of the document may lead to; everything else stays text. */
export const LINK_PROTOCOLS = ['http:', 'https:', 'mailto:'] as const;

/** May a link lead there? Relative addresses may not: they would mean another page in another window. */
export function isLinkAllowed(address: string): boolean {
  try {
    return (LINK_PROTOCOLS as readonly string[]).includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
