import type { Compilable } from 'kysely';

/**
 * Work that asks for rows one query at a time and does not care how they are fetched: SQLite answers at once on its
 * thread, PostgreSQL over a connection. What it returns is the answer.
 */
export type Reading<T> = Generator<Compilable, T, unknown[]>;

/** All rows of a query; none for one that answers nothing. */
export function* all<T>(query: Compilable<T>): Reading<T[]> {
  return (yield query) as T[];
}

/** The first row of a query. */
export function* first<T>(query: Compilable<T>): Reading<T | undefined> {
  const [row] = yield* all(query);
  return row;
}

/** What a reading returns; what is none stands for itself. */
export type Answer<R> = R extends Generator<Compilable, infer T, unknown[]> ? T : R;
