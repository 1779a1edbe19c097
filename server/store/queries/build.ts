import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/**
 * What builds a query that both databases run; whoever asked for the query runs it. Only what is not on the commit
 * path is written this way.
 */
export type Build = Kysely<Tables>;

/**
 * A list as parameters of `in`, filled up to a power of two with its first value: few texts, which databases keep
 * prepared, serve lists of every length. Never empty, since SQL has no empty list.
 */
export function listOf(values: readonly string[]): string[] {
  const [first = ''] = values;
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)));
  return [...values, ...Array.from({ length: length - values.length }, () => first)];
}
