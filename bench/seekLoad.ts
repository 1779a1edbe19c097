import * as Y from 'yjs';
import { documentRoots } from '#shared/document.ts';
import { readMomentFrame } from '#shared/review/momentFrame.ts';
import type { MomentFrame } from '#shared/review/momentFrame.ts';
import { seeded } from '../test/support/seeded.ts';
import { Histogram } from './histogram.ts';
import type { Quantiles } from './histogram.ts';

/** What many seeks to random moments took and cost. Milliseconds and bytes. */
export interface Seeks {
  /** From asking to the state, the last entries and the document being there to show. */
  ready: Quantiles;
  /** Until the last byte of the slower of the two answers, over the loopback: what the server needed, and a little more. */
  answered: Quantiles;
  /** Bytes of the document's pieces. */
  documentBytes: Quantiles;
  faults: string[];
}

export interface Past {
  url: string;
  token: string;
  incidentId: string;
  seq: number;
  docSeq: number;
}

/** Seeks one after the other, as one person scrubs; the first tenth warms up and is not counted. */
export async function seekMany(past: Past, count: number): Promise<Seeks> {
  const chance = seeded(count);
  const [ready, answered, bytes] = [new Histogram(), new Histogram(), new Histogram()];
  const faults: string[] = [];
  for (let n = -Math.ceil(count / 10); n < count; n += 1) {
    const seq = 1 + chance.below(past.seq);
    const docSeq = 1 + chance.below(past.docSeq);
    const began = performance.now();
    const [state, document] = await Promise.all([
      get(past, `replay?seq=${seq}`),
      get(past, `replay/document?docSeq=${docSeq}`),
    ]);
    const came = performance.now();
    const shown = JSON.parse(new TextDecoder().decode(state)) as { state: { seq: number } };
    const doc = open(readMomentFrame(document));
    const length = doc.getText(documentRoots.scratch).toJSON().length;
    const done = performance.now();
    if (shown.state.seq !== seq) faults.push(`the state of ${seq} is of ${shown.state.seq}`);
    if (length === 0 && docSeq > 2_000) faults.push(`the document of ${docSeq} is empty`);
    if (n < 0) continue;
    ready.add(done - began);
    answered.add(came - began);
    // The histogram counts tenths up to 10,000: kibibytes fit.
    bytes.add(document.length / 1024);
  }
  return { ready: ready.summary(), answered: answered.summary(), documentBytes: bytes.summary(), faults };
}

/** How long one second of play at a speed takes to apply at most: what a screen's frames wait for. Milliseconds. */
export async function playFast(past: Past, speed: number): Promise<{ longest: number; seconds: number }> {
  const doc = open(readMomentFrame(await get(past, 'replay/document?docSeq=1')));
  let [after, longest, spent, played] = [1, 0, 0, 0];
  const frameMilliseconds = (1_000 / 60) * speed;
  let [due, began] = [0, 0];
  for (let pages = 0; pages < 30; pages += 1) {
    const { batches } = readMomentFrame(await get(past, `replay/batches?after=${after}`));
    if (batches.length === 0) break;
    for (const batch of batches) {
      const at = Date.parse(batch.at);
      if (due === 0) [due, began] = [at + frameMilliseconds, at];
      const started = performance.now();
      doc.transact(() => {
        for (const { update } of batch.updates) Y.applyUpdate(doc, update);
      });
      spent += performance.now() - started;
      if (at < due) continue;
      longest = Math.max(longest, spent);
      [spent, due] = [0, at + frameMilliseconds];
      played = at - began;
    }
    after = batches.at(-1)?.docSeq ?? after;
  }
  return { longest, seconds: played / speed / 1_000 };
}

/** The document of a moment, as the replay opens it. */
function open({ checkpoint, segments, batches }: MomentFrame): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    if (checkpoint) Y.applyUpdate(doc, checkpoint.state);
    for (const { update } of segments) Y.applyUpdate(doc, update);
    for (const { updates } of batches) for (const { update } of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

async function get({ url, token, incidentId }: Past, what: string): Promise<Uint8Array> {
  const answer = await fetch(`${url}/api/incidents/${incidentId}/${what}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`${what} was answered with ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
