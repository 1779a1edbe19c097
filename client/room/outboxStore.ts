import { indexedOutboxStore } from '../connection/outboxStore.ts';

/** The commands of this browser that wait, one store for the whole page. */
export const outboxStore = indexedOutboxStore();
