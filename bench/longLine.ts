import { clientFrame, openRawSocket } from './rawSocket.ts';
import type { RawSocket } from './rawSocket.ts';

/** A socket that comes back by itself whenever it is lost, as those of a browser tab do. */
export interface LongLine {
  /** Sends a frame; what is sent while there is no socket is lost. */
  send(payload: Uint8Array | string): void;
  isOpen(): boolean;
  /** Hangs up and opens anew after a wait. */
  again(): void;
  stop(): void;
}

export interface LongLineParts {
  port(): number;
  path: string;
  headers: Record<string, string>;
  /** Milliseconds to wait before try `attempt` (0 is the first after a loss). */
  wait(attempt: number): number;
  /** The socket is open: send what comes first. */
  welcome(line: LongLine): void;
  hear(payload: Buffer): void;
  lost(): void;
  /** A try failed: the status line, or the socket's error. */
  failed(why: string): void;
}

/** Opens the line and keeps it open until it is stopped. `settled` is to be called once it is fully in: the next loss waits from the start. */
export function openLongLine(parts: LongLineParts): LongLine & { settled(): void } {
  let socket: RawSocket | null = null;
  let timer: NodeJS.Timeout | null = null;
  let attempt = 0;
  let stopped = false;

  function later(): void {
    if (stopped) return;
    timer = setTimeout(open, parts.wait(attempt));
    attempt += 1;
  }

  function open(): void {
    openRawSocket(parts.port(), parts.path, parts.headers).then(
      (opened) => {
        if (stopped) return opened.end();
        socket = opened;
        opened.listen(parts.hear, () => {
          if (socket !== opened) return;
          socket = null;
          parts.lost();
          later();
        });
        return parts.welcome(line);
      },
      (error: unknown) => {
        parts.failed(error instanceof Error ? error.message : String(error));
        later();
      },
    );
  }

  const line = {
    send: (payload: Uint8Array | string) => socket?.send(clientFrame(payload)),
    isOpen: () => socket !== null,
    again: () => socket?.end(),
    settled: () => void (attempt = 0),
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      socket?.end();
    },
  };
  open();
  return line;
}
