import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/**
 * The cheapest WebSocket client that is still one: a load generator that is busier than the server measures itself.
 * Frames out are built once by the caller; frames in are slices of what was read, valid until the callback returns.
 */
export interface RawSocket {
  /** Writes bytes that `clientFrame` built. */
  send(framed: Buffer): void;
  /** Hears each message, and when it ended. */
  listen(message: (payload: Buffer) => void, ended: (why: string) => void): void;
  end(): void;
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A masked client frame; the mask is zero, which the protocol allows and costs nothing. */
export function clientFrame(
  payload: Uint8Array | string,
  opcode = typeof payload === 'string' ? TEXT : BINARY,
): Buffer {
  const body = Buffer.from(payload as string);
  const header =
    body.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | body.length])
      : body.length < 65_536
        ? Buffer.from([0x80 | opcode, 0x80 | 126, body.length >> 8, body.length & 0xff])
        : longHeader(opcode, body.length);
  return Buffer.concat([header, Buffer.alloc(4), body]);
}

function longHeader(opcode: number, length: number): Buffer {
  const header = Buffer.alloc(10);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** Opens a WebSocket to this machine. Throws with the answer's first line when the upgrade is refused. */
export function openRawSocket(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const hear = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', hear);
      const status = head.toString('latin1', 0, head.indexOf('\r\n'));
      if (!status.includes(' 101 ')) {
        socket.destroy();
        reject(new Error(status));
        return;
      }
      resolve(framed(socket, head.subarray(end + 4)));
    };
    socket.on('data', hear);
    socket.once('error', reject);
    // A peer that hangs up before its answer; after the answer this changes nothing.
    socket.once('close', () => reject(new Error('closed before an answer')));
  });
}

function framed(socket: Socket, first: Buffer): RawSocket {
  let rest = first;
  let hear: ((payload: Buffer) => void) | null = null;
  const read = (): void => {
    if (!hear) return;
    let offset = 0;
    for (let frame = frameAt(rest, offset); frame; frame = frameAt(rest, offset)) {
      offset = frame.end;
      if (frame.opcode === PING) socket.write(clientFrame(frame.payload, PONG));
      else if (frame.opcode === CLOSE) socket.end();
      else if (frame.opcode === TEXT || frame.opcode === BINARY) hear(frame.payload);
    }
    rest = rest.subarray(offset);
  };
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    read();
  });
  return {
    send: (bytes) => void socket.write(bytes),
    listen: (message, ended) => {
      hear = message;
      socket.once('close', () => ended('closed'));
      socket.on('error', (error) => ended(error.message));
      read();
    },
    end: () => socket.destroy(),
  };
}

/** The whole unfragmented frame at an offset, or null when it has not fully arrived. */
function frameAt(bytes: Buffer, offset: number): { opcode: number; payload: Buffer; end: number } | null {
  if (bytes.length < offset + 2) return null;
  const first = bytes[offset] ?? 0;
  const short = (bytes[offset + 1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = offset + 2 + extra;
  if (bytes.length < start) return null;
  const length =
    short === 126
      ? bytes.readUInt16BE(offset + 2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(offset + 2))
        : short;
  if (bytes.length < start + length) return null;
  if ((first & 0x80) === 0) throw new Error('A fragmented frame came; the servers measured here send none.');
  return { opcode: first & 0x0f, payload: bytes.subarray(start, start + length), end: start + length };
}
