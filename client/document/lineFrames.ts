import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import type { Awareness } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import type * as Y from 'yjs';
import { defaultLimits } from '#shared/contract/limits.ts';
import { documentMessages } from '#shared/contract/wire.ts';

type Frame = Uint8Array<ArrayBuffer>;

function frame(write: (encoder: encoding.Encoder) => void): Frame {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** Asks the server for everything that this document lacks. */
export function questionFrame(doc: Y.Doc): Frame {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.sync);
    syncProtocol.writeSyncStep1(encoder, doc);
  });
}

/** Answers the server's question with everything that its state vector lacks. */
export function answerFrame(doc: Y.Doc, serverState: Uint8Array): Frame {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.sync);
    syncProtocol.writeSyncStep2(encoder, doc, serverState);
  });
}

/** One change. A large paste only fits into the form of an answer, whose limit is higher. */
export function changeFrame(update: Uint8Array): Frame {
  return frame((encoder) => {
    const isLarge = update.byteLength > defaultLimits.documentUpdateBytes;
    encoding.writeVarUint(encoder, documentMessages.sync);
    encoding.writeVarUint(
      encoder,
      isLarge ? syncProtocol.messageYjsSyncStep2 : syncProtocol.messageYjsUpdate,
    );
    encoding.writeVarUint8Array(encoder, update);
  });
}

/** What one client says of itself. */
export function presenceFrame(awareness: Awareness, client: number): Frame {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, documentMessages.awareness);
    encoding.writeVarUint8Array(encoder, awarenessProtocol.encodeAwarenessUpdate(awareness, [client]));
  });
}

/** Asks who is here; any answer is a sign of life. */
export const whoIsHereFrame = frame((encoder) =>
  encoding.writeVarUint(encoder, documentMessages.queryAwareness),
);
