import { api } from '../app/api.ts';

const KEY = 'warroom.storageEpoch';
const PATIENCE = 2_000;

/**
 * The epoch of the server's storage: another one means that its history may have been cut, so that a copy of this
 * browser must not be merged into it. `known` is what joining the room said; otherwise the server is asked, and without
 * a network the epoch of the last visit is taken.
 */
export async function storageEpochOf(incidentId: string, known: string | undefined): Promise<string> {
  const epoch = known ?? (await ask(incidentId));
  if (epoch === undefined) return remembered() ?? 'unknown';
  remember(epoch);
  return epoch;
}

async function ask(incidentId: string): Promise<string | undefined> {
  const answer = await api<{ storageEpoch?: unknown }>(`/api/incidents/${incidentId}`, {
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok) return undefined;
  return typeof answer.value.storageEpoch === 'string' ? answer.value.storageEpoch : undefined;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(epoch: string): void {
  try {
    localStorage.setItem(KEY, epoch);
  } catch {
    // Storage is switched off; then there is no copy either that it could protect.
  }
}
