/** HTML that was put together from escaped parts. */
export interface Html {
  html: string;
}

/** Fills text into HTML; only what came out of here itself is taken as it is. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const text = parts.map((part, index) => part + (index < values.length ? written(values[index]) : ''));
  return { html: text.join('') };
}

function written(value: string | number | Html | Html[] | undefined): string {
  if (Array.isArray(value)) return value.map(written).join('');
  return typeof value === 'object' ? value.html : escape(String(value ?? ''));
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES.get(letter) ?? letter);
}

/** The same for XML, which has no control characters at all. */
export function escapeXml(text: string): string {
  return escape(text.replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));
}
