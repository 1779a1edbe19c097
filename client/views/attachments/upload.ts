import { api } from '../../app/api.ts';
import type { Answer } from '../../app/api.ts';

/** Where a file of an incident is; the name is what it is saved as. */
export function attachmentAddress(incidentId: string, hash: string, name: string): string {
  return `/api/incidents/${incidentId}/attachments/${hash}?name=${encodeURIComponent(name)}`;
}

/** Sends a file, which then stands in the log. */
export function uploadFile(incidentId: string, file: File): Promise<Answer<{ seq: number }>> {
  const name = file.name === '' ? 'file' : file.name.slice(0, 400);
  return api(`/api/incidents/${incidentId}/attachments`, { method: 'POST', query: { name }, file });
}
