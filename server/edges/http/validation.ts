import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Checks by the schema alone: nothing is removed, defaulted or converted, except that whole numbers and truth values in
 * a query string, which are text there, become what the schema says if they are written plainly.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const kinds = new Map(
    Object.entries((schema as { properties?: Record<string, { type?: string }> }).properties ?? {}).map(
      ([name, property]) => [name, property.type],
    ),
  );
  return (value: unknown) => {
    const read = httpPart === 'querystring' ? readQuery(value, kinds) : value;
    if (validator.Check(read)) return { value: read };
    return {
      error: validator.Errors(read).map(({ instancePath, message }) => ({ instancePath, message })) as never,
    };
  };
};

function readQuery(value: unknown, kinds: ReadonlyMap<string, string | undefined>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => [name, readText(text, kinds.get(name))]),
  );
}

function readText(text: unknown, kind: string | undefined): unknown {
  if (typeof text !== 'string') return text;
  if (kind === 'integer' && /^\d{1,16}$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
