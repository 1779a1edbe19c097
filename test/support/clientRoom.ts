import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { Entry } from '#shared/contract/entries.ts';
import type {
  ClientToServer,
  CommandAnswer,
  Head,
  JoinAnswer,
  ServerToClient,
} from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { Account } from './client.ts';
import { newId } from './client.ts';
import { delay } from './serverProcess.ts';

export type WireSocket = Socket<ServerToClient, ClientToServer>;

/** A bare Socket.IO socket as a program opens it: token, no Origin, WebSocket only. */
export function openSocket(
  url: string,
  token: unknown,
  options: { reconnection?: boolean } = {},
): WireSocket {
  return io(url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { token, protocol: 1 },
    reconnection: options.reconnection ?? true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 400,
  });
}

/** Waits until the socket is connected; throws with the code of a refused handshake. */
export function connected(socket: WireSocket): Promise<void> {
  if (socket.connected) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

/** What became of a command that was given until its outcome was known. */
export type Outcome =
  | { kind: 'acknowledged'; commandId: string; seq: number; attempts: number }
  | { kind: 'refused'; commandId: string; code: string; message: string; attempts: number }
  | { kind: 'unknown'; commandId: string; attempts: number };

/**
 * A person in an incident over Socket.IO who survives restarts of the server: reconnects, resumes by `after`, and
 * gives a command of unknown outcome again with the same id.
 */
export class RoomClient {
  readonly account: Account;
  readonly incidentId: string;
  readonly socket: WireSocket;
  /** Every entry seen, in order, each once. A gap or a changed entry is kept in `faults`. */
  readonly entries: Entry[] = [];
  readonly faults: string[] = [];
  state: IncidentState | null = null;
  head: Head | null = null;
  reconnects = 0;
  readonly #from: number;
  #joined: Promise<void>;
  #isJoined = false;
  #answered = false;
  /** Live entries that came while pages of a join were being fetched. */
  #early: Entry[] = [];
  #settleJoined: () => void = () => {};
  #waiting = new Set<() => void>();
  #closed = false;

  /** `from`: where to start; entries before it are not fetched. */
  constructor(url: string, account: Account, incidentId: string, from = 0) {
    this.account = account;
    this.incidentId = incidentId;
    this.#from = from;
    this.#joined = this.#expectJoin();
    this.socket = openSocket(url, account.token);
    this.socket.on('connect', () => void this.#join());
    this.socket.on('connect_error', (error) => this.#refused(error));
    this.socket.on('disconnect', () => {
      this.reconnects += 1;
      this.#answered = false;
      this.#early = [];
      // Who waits for a join that a further disconnect interrupted goes on waiting for the next one.
      if (this.#isJoined) this.#joined = this.#expectJoin();
      this.#isJoined = false;
    });
    this.socket.on('entries', (message) => {
      if (message.incidentId === this.incidentId) this.#hear(message.entries, message.head);
    });
  }

  /** Done when the room has been joined on the present connection. */
  joined(): Promise<void> {
    return this.#joined;
  }

  /** Gives a command until its outcome is known, or the time or the attempts are over (default: 30 s, any number). */
  async command(
    type: string,
    body: unknown,
    options: { epoch?: number; commandId?: string; within?: number; attempts?: number } = {},
  ): Promise<Outcome> {
    const commandId = options.commandId ?? newId();
    const deadline = performance.now() + (options.within ?? 30_000);
    const message = {
      commandId,
      incidentId: this.incidentId,
      type,
      body,
      ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
    };
    const most = options.attempts ?? Infinity;
    let attempts = 0;
    while (attempts < most && performance.now() < deadline && !this.#closed) {
      await Promise.race([this.#joined, delay(Math.max(1, deadline - performance.now()))]);
      attempts += 1;
      const answer = await this.#once(message);
      if (answer?.ok) return { kind: 'acknowledged', commandId, seq: answer.seq, attempts };
      if (answer && answer.error.retryable !== true) {
        return {
          kind: 'refused',
          commandId,
          code: answer.error.code,
          message: answer.error.message,
          attempts,
        };
      }
      await delay(20);
    }
    return { kind: 'unknown', commandId, attempts };
  }

  /** The same, and anything but an acknowledgement is an error. Answers the entry's seq. */
  async succeed(
    type: string,
    body: unknown,
    options: { epoch?: number; commandId?: string } = {},
  ): Promise<number> {
    const outcome = await this.command(type, body, options);
    if (outcome.kind !== 'acknowledged') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
    return outcome.seq;
  }

  /** Waits for an entry that has been seen or is to come. */
  async entry(matches: (entry: Entry) => boolean, within = 20_000): Promise<Entry> {
    const deadline = performance.now() + within;
    for (;;) {
      const found = this.entries.find(matches);
      if (found) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`No such entry came within ${within} ms to ${this.account.name}.`);
      await Promise.race([new Promise<void>((resolve) => this.#waiting.add(resolve)), delay(left)]);
    }
  }

  close(): void {
    this.#closed = true;
    this.socket.disconnect();
  }

  /** One attempt. Null: the outcome is unknown. */
  async #once(message: Parameters<ClientToServer['command']>[0]): Promise<CommandAnswer | null> {
    if (!this.socket.connected) return null;
    try {
      return await this.socket.timeout(10_000).emitWithAck('command', message);
    } catch {
      return null;
    }
  }

  /** Socket.IO takes a refused handshake for final: where the server asks to come back, that is for the program to do. */
  #refused(error: Error): void {
    if (this.socket.active) return;
    const refusal = (error as { data?: { code?: string; retryable?: boolean } }).data;
    if (refusal?.retryable !== true) this.faults.push(`handshake: ${refusal?.code ?? error.message}`);
    else setTimeout(() => this.#closed || this.socket.connect(), 200);
  }

  async #join(): Promise<void> {
    for (;;) {
      const after = this.entries.at(-1)?.seq ?? this.#from;
      const answer = await this.#askToJoin(after);
      if (!answer) return;
      if (!answer.ok) {
        if (answer.error.retryable !== true) {
          this.faults.push(`join: ${answer.error.code} ${answer.error.message}`);
          return;
        }
        await delay(50);
        if (!this.socket.connected) return;
        continue;
      }
      this.state = answer.state;
      this.#take(answer.entries, answer.head);
      if (!answer.more) break;
    }
    this.#isJoined = true;
    if (this.head) this.#take(this.#early.splice(0), this.head);
    this.#settleJoined();
  }

  /** Null when the connection went before the answer. */
  #askToJoin(after: number): Promise<JoinAnswer | null> {
    return new Promise((resolve) => {
      this.socket.timeout(30_000).emit('join', { incidentId: this.incidentId, after }, (error, answer) => {
        // Noted at once: what comes in the same read of the line is heard before a promise continues.
        if (!error) this.#answered = true;
        else if (this.socket.connected) this.faults.push('a join was not answered');
        resolve(error ? null : answer);
      });
    });
  }

  #expectJoin(): Promise<void> {
    return new Promise((resolve) => {
      this.#settleJoined = resolve;
    });
  }

  #hear(entries: readonly Entry[], head: Head): void {
    if (!this.#answered) this.faults.push(`entry ${entries[0]?.seq} came before the join was answered`);
    if (this.#isJoined) this.#take(entries, head);
    else this.#early.push(...entries);
  }

  #take(entries: readonly Entry[], head: Head): void {
    for (const entry of entries) {
      const last = this.entries.at(-1)?.seq ?? this.#from;
      if (entry.seq <= last) {
        const known = this.entries[entry.seq - (this.entries[0]?.seq ?? 0)];
        if (known && known.hash !== entry.hash) this.faults.push(`entry ${entry.seq} changed`);
      } else if (entry.seq === last + 1) {
        this.entries.push(entry);
      } else {
        this.faults.push(`gap: entry ${entry.seq} came after ${last}`);
        break;
      }
    }
    this.head = head;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
