/** An object of a source, of which nothing is believed but what is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** True of an object that is no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of an object; undefined where it has none. */
export function textIn(fields: unknown, name: string): string | undefined {
  const value = isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field of an object, own ones only. */
export function valueIn(fields: unknown, name: string): unknown {
  return isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A list of an object; an empty one where it has none. */
export function listIn(fields: unknown, name: string): readonly unknown[] {
  const value = valueIn(fields, name);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value of a JSON text; undefined when it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The values of JSON texts one after the other, as `cat *.json` leaves them: the files of an export, joined. Undefined
 * stands for one that cannot be read.
 */
export function readJsonTexts(text: string): unknown[] {
  const whole = readJson(text);
  if (whole !== undefined) return [whole];
  const values: unknown[] = [];
  let [begins, depth, inText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inText) {
      if (letter === '\\') at += 1;
      else if (letter === '"') inText = false;
    } else if (letter === '"') inText = true;
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') {
      depth -= 1;
      if (depth > 0) continue;
      values.push(readJson(text.slice(begins, at + 1)));
      [begins, depth] = [at + 1, 0];
    }
  }
  if (text.slice(begins).trim() !== '') values.push(undefined);
  return values;
}
