/** A mail as a mail program would read it: headers by lower-case name, bodies by type. */
export interface ReadMail {
  headers: Map<string, string>;
  /** How often a header stands there. */
  count(name: string): number;
  subject: string;
  text: string;
  html: string;
}

/** Reads a raw message, without the library that wrote it. */
export function readMail(raw: string): ReadMail {
  const [fields, body] = parted(raw);
  const headers = new Map(fields.map(([name, value]) => [name, decodedWords(value)]));
  const bodies = new Map(leaves(headers.get('content-type') ?? 'text/plain', fields, body));
  return {
    headers,
    count: (name) => fields.filter(([field]) => field === name).length,
    subject: headers.get('subject') ?? '',
    text: bodies.get('text/plain') ?? '',
    html: bodies.get('text/html') ?? '',
  };
}

type Fields = [name: string, value: string][];

function parted(raw: string): [Fields, string] {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return [fields, raw.slice(end + 4)];
}

function leaves(type: string, fields: Fields, body: string): [string, string][] {
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1];
  if (boundary === undefined) {
    const encoding = fields.find(([name]) => name === 'content-transfer-encoding')?.[1] ?? '7bit';
    return [[type.split(';')[0] ?? '', decoded(body, encoding)]];
  }
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((part) => {
      const [inner, text] = parted(part.replace(/^\r\n/, ''));
      return leaves(inner.find(([name]) => name === 'content-type')?.[1] ?? '', inner, text);
    });
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  return quotedPrintable(body.replace(/=\r\n/g, ''));
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Encoded words (RFC 2047) of a header in plain text. */
function decodedWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, way: string, text: string) =>
      way.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    );
}
