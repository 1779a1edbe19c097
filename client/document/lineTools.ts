/** The half of a WebSocket that the document line needs; tests give one that lives in memory. */
export interface LineSocket {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(frame: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** Time, chance and sockets, passed in so that tests can drive them. */
export interface LineTools {
  open(url: string): LineSocket;
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `work` once after `milliseconds`; the answer cancels it. */
  after(milliseconds: number, work: () => void): () => void;
  /** Even over [0, 1). */
  random(): number;
}

/** The tools of a browser tab. */
export function browserLineTools(): LineTools {
  return {
    open: (url) => new WebSocket(url) as LineSocket,
    now: () => Date.now(),
    after(milliseconds, work) {
      const timer = setTimeout(work, milliseconds);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}
