import { sql } from 'kysely';
import type { ColumnDataType, CreateTableBuilder, Expression } from 'kysely';

/** The databases a migration may run on. */
export type Dialect = 'sqlite' | 'postgres';

/** Column types and table endings under the name each dialect has for them. */
export interface ColumnTypes {
  /** Compared by its bytes in both databases. */
  text: ColumnDataType | Expression<unknown>;
  /** A whole number up to 2^53. */
  integer: ColumnDataType;
  /** 0 or 1. */
  flag: ColumnDataType;
  bytes: ColumnDataType | Expression<unknown>;
  /** Ends a table: strict typing where the database would otherwise take anything. */
  strict<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
  /** The same for a table whose rows live in its primary key, which saves small rows an index. */
  strictInKey<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
}

/** What a migration needs to know of the database it runs on. */
export function types(dialect: Dialect): ColumnTypes {
  switch (dialect) {
    case 'sqlite':
      return {
        text: 'text',
        integer: 'integer',
        flag: 'integer',
        bytes: 'blob',
        strict: (table) => table.modifyEnd(sql`strict`),
        strictInKey: (table) => table.modifyEnd(sql`strict, without rowid`),
      };
    case 'postgres':
      return {
        text: sql`text collate "C"`,
        integer: 'bigint',
        flag: 'smallint',
        bytes: 'bytea',
        strict: (table) => table,
        strictInKey: (table) => table,
      };
    default:
      return dialect satisfies never;
  }
}

/** A check that a column has one of these values. */
export function oneOf(column: string, values: readonly string[]) {
  return sql`${sql.ref(column)} in (${sql.join(values.map((value) => sql.lit(value)))})`;
}

/** A column of 0 and 1. */
export function flag<C extends { check(expression: ReturnType<typeof oneOf>): C }>(
  column: C,
  name: string,
): C {
  return column.check(sql`${sql.ref(name)} in (0, 1)`);
}
