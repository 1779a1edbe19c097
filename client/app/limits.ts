import { readPageLimits } from '#shared/contract/limits.ts';
import type { PageLimits } from '#shared/contract/limits.ts';

/** The limits of the server that gave out this page. */
export function pageLimits(): PageLimits {
  const told = document.querySelector('meta[name="warroom-limits"]')?.getAttribute('content');
  return readPageLimits(told ?? '');
}
