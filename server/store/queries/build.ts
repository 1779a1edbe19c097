import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/**
 * What builds a query that both databases run; whoever asked for the query runs it. Only what is not on the commit
 * path is written this way.
 */
export type Build = Kysely<Tables>;
