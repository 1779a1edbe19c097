import type { Seeded } from '../support/seeded.ts';

/** Numbers that decoders trip over, as varints: 2^31, 2^40, 2^53 - 1, one past it, and one that never ends. */
const VARINTS = [
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x20],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/** Bytes near the ones given: flipped, cut, grown, spliced, with absurd numbers; now and then unchanged. */
export function mutateBytes(random: Seeded, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let left = 1 + random.below(3); left > 0; left -= 1) result = mutateOnce(random, result, other);
  return result;
}

function mutateOnce(
  random: Seeded,
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  switch (random.below(8)) {
    case 0:
      return flip(bytes, at, 1 << random.below(8));
    case 1:
      return bytes.slice(0, at);
    case 2:
      return splice(bytes, at, 0, random.bytes(1 + random.below(8)));
    case 3:
      return splice(bytes, at, 1, Uint8Array.from(random.pick(VARINTS)));
    case 4:
      return splice(bytes, at, random.below(4), other.slice(random.below(other.length + 1)));
    case 5:
      return splice(bytes, at, random.below(8), new Uint8Array(0));
    case 6:
      return splice(bytes, at, 0, bytes.slice(at, at + random.below(16)));
    default:
      return bytes;
  }
}

function flip(bytes: Uint8Array<ArrayBuffer>, at: number, mask: number): Uint8Array<ArrayBuffer> {
  const result = Uint8Array.from(bytes);
  if (at < result.length) result[at] = (result[at] ?? 0) ^ mask;
  return result;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array<ArrayBuffer> {
  const [before, after] = [bytes.slice(0, at), bytes.slice(at + remove)];
  const result = new Uint8Array(before.length + insert.length + after.length);
  result.set(before);
  result.set(insert, before.length);
  result.set(after, before.length + insert.length);
  return result;
}

/** Values nobody should send: of other types, at the edges, and named like what objects inherit. */
const WEIRD: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => 0.5,
  () => '',
  () => '__proto__',
  () => 'constructor',
  () => '\u0000',
  () => '\ud83d',
  () => '\u202Eevil\u202C',
  () => '../../etc/passwd',
  () => 'x'.repeat(9_000),
  () => '장'.repeat(300),
  () => [],
  () => [[[[[[[[]]]]]]]],
  () => ({}),
  () => JSON.parse('{"__proto__":{"admin":true}}') as unknown,
  () => ({ constructor: { prototype: { admin: true } } }),
  () => ({ toString: 'no', hasOwnProperty: 1, length: -1 }),
  () => ({ _placeholder: true, num: 99 }),
  () => nested(200),
];

/** A value near the one given: somewhere in it a field is replaced, removed or added. */
export function mutateJson(random: Seeded, value: unknown): unknown {
  if (random.chance(0.08)) return random.pick(WEIRD)();
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...(value as unknown[]), random.pick(WEIRD)()];
    const at = random.below(value.length);
    return value.map((item: unknown, index) => (index === at ? mutateJson(random, item) : item));
  }
  if (typeof value === 'object' && value !== null) return mutateObject(random, Object.entries(value));
  return random.chance(0.85) ? random.pick(WEIRD)() : value;
}

function mutateObject(random: Seeded, fields: [string, unknown][]): unknown {
  if (fields.length === 0 || random.chance(0.15)) {
    const name = random.pick(['admin', '__proto__', 'constructor', 'epoch', 'incidentId', 'x']);
    return JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(random.pick(WEIRD)() ?? null)}}`) as unknown;
  }
  const at = random.below(fields.length);
  if (random.chance(0.2)) return Object.fromEntries(fields.filter((_, index) => index !== at));
  return Object.fromEntries(
    fields.map(([name, field], index) => [name, index === at ? mutateJson(random, field) : field]),
  );
}

/** Text near the one given. */
export function mutateText(random: Seeded, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${String.fromCharCode(random.below(128))}${text.slice(at + 1)}`;
    case 2:
      return `${text.slice(0, at)}${random.pick(['"', '{', '[', '\\', '-', '99999999999999999999', '\u0000', ','])}${text.slice(at)}`;
    case 3:
      return text.slice(0, at) + text.slice(random.below(text.length + 1));
    default:
      return text;
  }
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = { deeper: value };
  return value;
}
