import { documentUrl, openRaw, syncFrame } from '../support/clientDocuments.ts';
import type { RawDocument } from '../support/clientDocuments.ts';
import { frameCorpus } from '../support/poison.ts';
import { count } from './attack.ts';
import type { Attack, AttackResult } from './attack.ts';
import { mutateBytes } from './mutate.ts';

/** Sync step 1 with an empty vector: any live connection answers it. */
const PROBE = syncFrame(0, Uint8Array.of(0));

/** Throws mutated frames at a document; each is answered, ignored or answered with a close, and the next one tries again. */
export async function attackDocuments(attack: Attack, frames: number): Promise<AttackResult> {
  const { url, account, incidentId, random, victim } = attack;
  const result: AttackResult = { sent: 0, answers: new Map(), faults: [] };
  let raw: RawDocument | null = null;
  let corpus: Uint8Array[] = [];
  while (result.sent < frames) {
    if (!raw) {
      raw = await openRaw(documentUrl(url, incidentId), { authorization: `Bearer ${account.token}` });
      corpus = frameCorpus(1 + random.below(2 ** 32 - 1), victim);
    }
    const open: RawDocument = raw;
    const frame = mutateBytes(random, random.pick(corpus), random.pick(corpus));
    open.frames.length = 0;
    open.send(frame);
    result.sent += 1;
    const step = random.chance(0.3)
      ? await settle(open)
      : open.socket.readyState === 1
        ? 'sent'
        : await settle(open);
    count(result.answers, step);
    if (step === 'no answer')
      result.faults.push(`no answer after ${Buffer.from(frame).toString('hex').slice(0, 400)}`);
    if (step === 'sent' || step === 'alive') continue;
    open.end();
    raw = null;
  }
  if (raw) {
    count(result.answers, await settle(raw));
    raw.end();
  }
  return result;
}

/** Whether the connection lives, or how it was closed. */
async function settle(raw: RawDocument): Promise<string> {
  try {
    raw.send(PROBE);
    const answer = raw
      .frame((frame) => frame.kind === 'sync' && frame.type === 1, 10_000)
      .then(() => 'alive');
    return await Promise.race([answer, raw.closed.then(({ code }) => `closed ${code}`)]);
  } catch {
    return raw.socket.readyState >= 2 ? `closed ${(await raw.closed).code}` : 'no answer';
  }
}
