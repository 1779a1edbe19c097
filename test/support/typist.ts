import type { LiveDocumentHandle } from '../../server/rooms/ports.ts';
import { createSimulatedEditor } from './simulatedEditor.ts';
import type { SimulatedEditor } from './simulatedEditor.ts';

/** Somebody who writes in the scratch pad of a live document, and waits until what they wrote is saved. */
export interface Typist extends SimulatedEditor {
  /** Exchanges frames until everything this client wrote is durable. */
  saved(): Promise<void>;
}

/** Connects a client of its own and brings it up to date. */
export async function createTypist(
  handle: LiveDocumentHandle,
  person: string,
  clientId: number,
): Promise<Typist> {
  const editor = createSimulatedEditor(person, clientId);
  const exchange = (): void => {
    while (editor.deliver('up') || editor.deliver('down'));
  };
  editor.connect(handle);
  exchange();
  return {
    ...editor,
    async saved() {
      exchange();
      while (editor.unsaved() > 0) {
        // The commit runs in a thread; its answer comes in a later turn of the loop.
        await new Promise((resolve) => setImmediate(resolve));
        exchange();
      }
    },
  };
}
