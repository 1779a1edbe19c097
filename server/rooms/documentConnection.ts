import { closeCodes } from '#shared/contract/wire.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { acknowledgedFrame, deniedFrame, readFrame } from './documentFrames.ts';
import type { InboundMessage } from './documentFrames.ts';
import { DocumentOutlet } from './documentOutlet.ts';
import type { Clock, DocumentConnection, DocumentSocket } from './ports.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Answers with state (sync step 1, awareness query) that a socket gets at once and then per second. */
const STATE_BURST = 5;
const STATES_PER_SECOND = 1;
/** Frames of other kinds that a socket may send per second on top of its updates; echoes of carets are most of them. */
const OTHER_FRAMES_PER_SECOND = 500;
/** Gaps in updates, and in answers to our sync step 1, without anything sound between them, before it is hopeless. */
const MOST_GAPS = 10;
const MOST_GAP_ANSWERS = 3;
/** Edits of somebody without the right, before the socket is closed. */
const MOST_DENIALS = 5;
/** How long edits may still arrive that were made while there was a right. Milliseconds. */
const GRACE_MILLISECONDS = 2_000;
/** A client told again and again that it may not write hears it at most this often. Milliseconds. */
const DENIAL_MILLISECONDS = 1_000;

type PauseReason = 'flood' | 'doubt' | 'backlog';

/** What a connection hands on. All of it is synchronous, except for what a doubt holds back. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly limits: Limits;
  message(connection: SocketConnection, message: InboundMessage): void;
  gone(connection: SocketConnection): void;
  /** Says once that a socket is closed for what it sent. */
  warn(connection: SocketConnection, code: number, problem: string): void;
}

/** One document socket of one person: the state of its conversation, its rates and what it was told. */
export class SocketConnection implements DocumentConnection {
  readonly person: string;
  readonly outlet: DocumentOutlet;
  readonly received = new Acknowledgements();
  /** Something it sent was not taken, so it holds what the document does not. */
  outOfStep = false;
  /** A sync step 1 that came while the socket could take no state. */
  waitingVector: Uint8Array | null = null;
  readonly #socket: DocumentSocket;
  readonly #host: ConnectionHost;
  readonly #acknowledge: boolean;
  readonly #updates: TokenBucket;
  readonly #states: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #pauses = new Map<PauseReason, () => void>();
  /** Frames that arrived although reading is paused: a socket hands on what it had read already. */
  readonly #held: Uint8Array[] = [];
  #gaps = 0;
  #gapAnswers = 0;
  #denials = 0;
  #deniedAt = -Infinity;
  #couldWrite: boolean;
  /** Edits on their way when the right was lost are denied without being held against the sender. */
  #graceUntil = -Infinity;
  #open = true;

  constructor(
    socket: DocumentSocket,
    options: { person: string; acknowledge: boolean; mayWrite: boolean },
    host: ConnectionHost,
  ) {
    const now = host.clock.elapsed();
    const { documentUpdatesPerSecond } = host.limits;
    this.person = options.person;
    this.#couldWrite = options.mayWrite;
    this.outlet = new DocumentOutlet(socket, host.clock);
    this.#socket = socket;
    this.#host = host;
    this.#acknowledge = options.acknowledge;
    this.#updates = new TokenBucket(documentUpdatesPerSecond, documentUpdatesPerSecond, now);
    this.#states = new TokenBucket(STATES_PER_SECOND, STATE_BURST, now);
    const frames = documentUpdatesPerSecond + OTHER_FRAMES_PER_SECOND;
    this.#frames = new TokenBucket(frames, frames, now);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  receive(frame: Uint8Array): void {
    if (!this.#open) return;
    if (this.#pauses.size > 0) this.#held.push(frame);
    else this.#take(frame);
  }

  #take(frame: Uint8Array): void {
    if (frame.length > this.#host.limits.documentFrameBytes) {
      return this.refuse(closeCodes.tooLarge, 'frame too large');
    }
    try {
      // A Buffer's own slice shares memory with the network; from here on bytes are plain arrays.
      const message = readFrame(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
      this.#limit(message);
      this.#host.message(this, message);
    } catch (error) {
      this.refuse(closeCodes.malformed, error instanceof Error ? error.message : 'malformed');
    }
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const cancel of this.#pauses.values()) cancel();
    this.#host.gone(this);
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.closed();
    this.#socket.close(code, reason);
  }

  /** Closes because of what the client sent, and says so once. */
  refuse(code: number, problem: string): void {
    if (!this.#open) return;
    this.#host.warn(this, code, problem);
    this.close(code, problem);
  }

  /** Tells how much is durable, if that changed and the client asked for it. */
  acknowledge(): void {
    if (!this.#acknowledge || !this.#open || this.outlet.isLagging) return;
    const count = this.received.news();
    if (count !== null) this.outlet.send(acknowledgedFrame(count));
  }

  /** The client builds on something that is not here; false when it went on for too long. */
  missed(answer: boolean): boolean {
    this.outOfStep = true;
    this.#gaps += 1;
    if (answer) this.#gapAnswers += 1;
    return this.#gaps < MOST_GAPS && this.#gapAnswers < MOST_GAP_ANSWERS;
  }

  /** The client's edits fit again. */
  fits(): void {
    this.outOfStep = false;
    this.#gaps = 0;
    this.#gapAnswers = 0;
  }

  /** Answers an edit that is not taken, in the protocol's own words; the socket stays. */
  deny(reason: string): void {
    const now = this.#host.clock.elapsed();
    this.outOfStep = true;
    if (now - this.#deniedAt < DENIAL_MILLISECONDS) return;
    this.#deniedAt = now;
    this.outlet.lossy(deniedFrame(reason));
  }

  /** Whether its person could write when that was last looked at. */
  get couldWrite(): boolean {
    return this.#couldWrite;
  }

  setRight(mayWrite: boolean): void {
    if (this.#couldWrite && !mayWrite) this.#graceUntil = this.#host.clock.elapsed() + GRACE_MILLISECONDS;
    this.#couldWrite = mayWrite;
  }

  /** Answers an edit of somebody without the right; whoever goes on is closed. */
  denyRight(reason: string): void {
    this.setRight(false);
    if (this.#host.clock.elapsed() < this.#graceUntil) return this.deny(reason);
    this.#denials += 1;
    if (this.#denials > MOST_DENIALS) return this.refuse(closeCodes.forbidden, reason);
    this.outOfStep = true;
    this.outlet.lossy(deniedFrame(reason));
  }

  /** Frames wait, unread, until a doubt about one of them is settled. */
  hold(): void {
    this.#pause('doubt', () => {});
  }

  release(): void {
    this.#resume('doubt');
  }

  /** Stops reading while the document's queue is long. */
  waitForQueue(): void {
    this.#pause('backlog', () => {});
  }

  queueIsShort(): void {
    this.#resume('backlog');
  }

  /** Floods are paused, not refused: reading stops for as long as the sender was too fast. */
  #limit(message: InboundMessage): void {
    const now = this.#host.clock.elapsed();
    const wait = Math.max(this.#frames.charge(now), this.#bucketOf(message)?.charge(now) ?? 0);
    if (wait > 0)
      this.#pause(
        'flood',
        this.#host.clock.after(wait, () => this.#resume('flood')),
      );
  }

  #bucketOf(message: InboundMessage): TokenBucket | null {
    switch (message.kind) {
      case 'update':
        return this.#updates;
      case 'step1':
      case 'queryAwareness':
        return this.#states;
      case 'awareness':
        return null;
      default:
        return message satisfies never;
    }
  }

  #pause(reason: PauseReason, cancel: () => void): void {
    this.#pauses.get(reason)?.();
    this.#pauses.set(reason, cancel);
    this.#socket.pause();
  }

  #resume(reason: PauseReason): void {
    if (!this.#pauses.delete(reason)) return;
    // In order, and only as far as nothing in them is a reason to pause again.
    while (this.#open && this.#pauses.size === 0) {
      const frame = this.#held.shift();
      if (!frame) return this.#socket.resume();
      this.#take(frame);
    }
  }
}
