import * as decoding from 'lib0/decoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import type { Awareness } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import { closeCodes, documentMessages } from '#shared/contract/wire.ts';
import { backoff, meaningOfClose } from './backoff.ts';
import type { CloseMeaning } from './backoff.ts';
import { answerFrame, changeFrame, presenceFrame, questionFrame, whoIsHereFrame } from './lineFrames.ts';
import type { LineSocket, LineTools } from './lineTools.ts';
import { silenceWatch } from './silenceWatch.ts';
import { unsavedLedger } from './unsavedLedger.ts';
import type { UnsavedLedger } from './unsavedLedger.ts';

/**
 * The document's line to the server: the y-websocket wire with our acknowledgement (message type 100).
 *
 * Why not y-websocket's own provider: it drops what it cannot send without counting it, so that "saved" could not be
 * told from it; its dead-line watchdog is fixed at 30 s and its back-off has no jitter. The wire is the same, and stock
 * clients and ours meet in one document.
 */
export interface DocumentLine {
  readonly ledger: UnsavedLedger;
  /** Connected, and both sides have offered what they have. */
  settled(): boolean;
  /** The server said that this person may not write. */
  denied(): boolean;
  /** The server takes only what makes the document smaller; the rest waits here. */
  full(): boolean;
  /** Since when there has been no settled connection, in milliseconds since 1970; null while there is one. */
  awaySince(): number | null;
  /** The server said that it cannot keep anything now, and has acknowledged nothing since. */
  serverCannotKeep(): boolean;
  /**
   * Tries at once: the network came back, the person asked, or a right was given. Also resumes after a final close, and
   * replaces a socket that the server holds for a reader.
   */
  retry(): void;
  /** Asks the server for a sign of life now; without one the line is given up within seconds. */
  suspect(): void;
  /**
   * While on, what others write and where they are waits, and comes in at once when it ends: an input method that is
   * composing loses its place, and doubles what it composed, when the text around it is drawn anew.
   */
  hold(on: boolean): void;
  /** Ends it for good; the document and its text stay. */
  stop(): void;
}

export interface LineOptions {
  url: string;
  doc: Y.Doc;
  awareness: Awareness;
  tools: LineTools;
  ledger?: UnsavedLedger;
  /** Something that `settled`, `denied`, `awaySince` or the ledger answers may be different now. */
  onChange(): void;
  /** Others' changes, or where they are, come in next. */
  beforeOthers(): void;
  /** The server closed for good; no further try is made until `retry`. */
  onFinal(meaning: Exclude<CloseMeaning, { kind: 'again' }>): void;
  /** A socket was refused before it opened, where a browser hides the reason; the answer may end the tries. */
  onNeverOpened(): Promise<Exclude<CloseMeaning, { kind: 'again' }> | null>;
}

/** The server takes ten awareness states a second and drops the rest. */
const AWARENESS_EVERY = 125;
/** A server that has sent its state asks for ours at once; one that does not takes nothing from this person. */
const UNASKED_AFTER = 3_000;
const OPEN = 1;
/** A server answers an upgrade sooner; one that froze behind a proxy never does, and the next try may meet another. */
const OPENING_AT_MOST = 5_000;

/** Opens the line and keeps it open. Every change of the document that did not come over it goes out over it. */
export function openLine(options: LineOptions): DocumentLine {
  const { doc, awareness, tools } = options;
  const ledger = options.ledger ?? unsavedLedger();
  const origin = { line: options.url };
  let socket: LineSocket | null = null;
  let opened = false;
  let answered = false;
  let synced = false;
  let denied = false;
  let full = false;
  let cannotKeep = false;
  let stopped = false;
  let attempt = 0;
  let awaySince: number | null = tools.now();
  let held = false;
  let waiting: Uint8Array[] = [];
  let cancelRetry = (): void => undefined;
  let cancelUnasked = (): void => undefined;
  let cancelOpening = (): void => undefined;
  let cancelAwareness: (() => void) | null = null;
  const watch = silenceWatch(tools, {
    ask: () => send(whoIsHereFrame),
    insist: () => send(questionFrame(doc)),
    giveUp: openAnew,
  });

  function openAnew(): void {
    drop();
    tryAgain(false);
  }

  function settled(): boolean {
    // People who may only read are not asked what they have, so there is nothing to answer.
    return synced && (answered || denied);
  }

  function send(frame: Uint8Array<ArrayBuffer>): void {
    if (socket !== null && opened && socket.readyState === OPEN) socket.send(frame);
  }

  function sendOwnAwareness(): void {
    cancelAwareness = null;
    send(presenceFrame(awareness, doc.clientID));
  }

  function onUpdate(update: Uint8Array, from: unknown): void {
    if (from === origin) return;
    // Before the server has said what it has, a change could come in ahead of what it builds on; the answer to the
    // server's question will carry it.
    if (!opened || !answered) ledger.changed(tools.now());
    else {
      send(changeFrame(update));
      ledger.sent(tools.now(), 1);
    }
    options.onChange();
  }

  function onAwareness(changes: { added: number[]; updated: number[]; removed: number[] }): void {
    const ids = [...changes.added, ...changes.updated, ...changes.removed];
    // Only our own: relaying what others say is the server's work.
    if (!ids.includes(doc.clientID)) return;
    cancelAwareness ??= tools.after(AWARENESS_EVERY, sendOwnAwareness);
  }

  function readSync(decoder: decoding.Decoder): void {
    switch (decoding.readVarUint(decoder)) {
      case syncProtocol.messageYjsSyncStep1:
        send(answerFrame(doc, decoding.readVarUint8Array(decoder)));
        ledger.sent(tools.now(), 0);
        answered = true;
        break;
      case syncProtocol.messageYjsSyncStep2:
        syncProtocol.readSyncStep2(decoder, doc, origin);
        synced = true;
        attempt = 0;
        cancelUnasked();
        if (!answered) cancelUnasked = tools.after(UNASKED_AFTER, unasked);
        break;
      case syncProtocol.messageYjsUpdate:
        syncProtocol.readUpdate(decoder, doc, origin);
        return;
      default:
        return;
    }
    if (settled()) arrivedBack();
    options.onChange();
  }

  function arrivedBack(): void {
    awaySince = null;
    if (ledger.count() === 0) cannotKeep = false;
  }

  /** The protocol has one word for "no"; the sentence with it says whether a right or room is missing. */
  function readDenial(decoder: decoding.Decoder): void {
    decoding.readVarUint(decoder);
    if (/\bfull\b/.test(decoding.readVarString(decoder))) full = true;
    else denied = true;
  }

  function unasked(): void {
    if (answered) return;
    denied = true;
    arrivedBack();
    options.onChange();
  }

  function heard(frame: Uint8Array): void {
    watch.heard();
    const type = frame[0];
    const isOthers = type === documentMessages.sync || type === documentMessages.awareness;
    // What the server asks of us is answered also while others' changes wait.
    const isQuestion = type === documentMessages.sync && frame[1] === syncProtocol.messageYjsSyncStep1;
    if (held && isOthers && !isQuestion) {
      waiting.push(frame);
      return;
    }
    if (isOthers) options.beforeOthers();
    receive(frame);
  }

  function release(): void {
    const frames = waiting;
    waiting = [];
    options.beforeOthers();
    // One transaction, told as a change from elsewhere: the editor draws it once.
    Y.transact(doc, () => frames.forEach(receive), origin, false);
  }

  function receive(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    switch (decoding.readVarUint(decoder)) {
      case documentMessages.sync:
        return readSync(decoder);
      case documentMessages.awareness:
        return awarenessProtocol.applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), origin);
      case documentMessages.auth:
        readDenial(decoder);
        if (settled()) arrivedBack();
        return options.onChange();
      case documentMessages.queryAwareness:
        return sendOwnAwareness();
      case documentMessages.acknowledged:
        if (!ledger.acknowledged(decoding.readVarUint(decoder))) return;
        cannotKeep = false;
        if (ledger.count() === 0) full = false;
        return options.onChange();
      default:
        // A message of a newer server; what it says to newer clients is not for us.
        return;
    }
  }

  function forgetOthers(): void {
    const others = [...awareness.getStates().keys()].filter((id) => id !== doc.clientID);
    awarenessProtocol.removeAwarenessStates(awareness, others, origin);
  }

  function drop(): void {
    if (socket === null) return;
    const gone = socket;
    socket = null;
    gone.onopen = gone.onmessage = gone.onclose = null;
    gone.onerror = () => undefined;
    gone.close();
    opened = answered = synced = false;
    awaySince ??= tools.now();
    watch.stop();
    cancelOpening();
    cancelUnasked();
    cancelAwareness?.();
    cancelAwareness = null;
    // The next socket brings it again.
    waiting = [];
    ledger.lineLost();
    forgetOthers();
    options.onChange();
  }

  function tryAgain(slowly: boolean): void {
    if (stopped) return;
    cancelRetry();
    cancelRetry = tools.after(backoff(attempt, slowly, tools.random()), connect);
    attempt += 1;
  }

  function closed(code: number, everOpened: boolean): void {
    if (code === closeCodes.notSaved || code === closeCodes.storeAway) cannotKeep = true;
    drop();
    const meaning = meaningOfClose(code);
    if (meaning.kind !== 'again') return options.onFinal(meaning);
    tryAgain(meaning.slowly);
    if (everOpened) return;
    options.onNeverOpened().then(
      (verdict) => {
        if (verdict === null || stopped || opened) return;
        cancelRetry();
        drop();
        options.onFinal(verdict);
      },
      // Nobody could say why; the next try is already set.
      () => undefined,
    );
  }

  function welcome(): void {
    opened = true;
    denied = full = false;
    cancelOpening();
    watch.heard();
    send(questionFrame(doc));
    // A state that others saw leave with the last socket only comes back with a higher clock.
    awareness.setLocalState(awareness.getLocalState() ?? {});
    cancelAwareness?.();
    sendOwnAwareness();
    options.onChange();
  }

  function connect(): void {
    if (stopped || socket !== null) return;
    cancelRetry();
    const next = tools.open(options.url);
    let everOpened = false;
    socket = next;
    next.binaryType = 'arraybuffer';
    next.onopen = () => {
      everOpened = true;
      welcome();
    };
    next.onmessage = ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      try {
        heard(new Uint8Array(data));
      } catch (error) {
        console.error('A document message could not be read; the line is opened anew.', error);
        drop();
        tryAgain(true);
      }
    };
    next.onclose = ({ code }) => closed(code, everOpened);
    next.onerror = () => undefined;
    cancelOpening = tools.after(OPENING_AT_MOST, openAnew);
    watch.start();
    options.onChange();
  }

  doc.on('update', onUpdate);
  awareness.on('update', onAwareness);
  connect();

  return {
    ledger,
    settled,
    denied: () => denied,
    full: () => full,
    awaySince: () => awaySince,
    serverCannotKeep: () => cannotKeep,
    retry() {
      attempt = 0;
      if (socket !== null && opened && !answered) drop();
      connect();
    },
    hold(on) {
      held = on;
      if (!on && waiting.length > 0) release();
    },
    suspect() {
      if (socket === null) return connect();
      watch.doubt();
    },
    stop() {
      stopped = true;
      cancelRetry();
      doc.off('update', onUpdate);
      awareness.off('update', onAwareness);
      drop();
    },
  };
}
