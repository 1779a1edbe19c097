import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { RoomMetrics } from '../rooms/metrics.ts';

/** What the process counts, and the text in which it tells. */
export interface Metrics extends RoomMetrics {
  /** One HTTP request was answered. `route` is the pattern, never the address: addresses hold secrets. */
  answered(request: { method: string; route: string; status: number; milliseconds: number }): void;
  /** True from a commit that failed to the next one that did not. */
  isSavingFailing(): boolean;
  readonly contentType: string;
  text(): Promise<string>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200];

/** Own registry each, so that two servers in one process count apart. Includes loop lag, memory and processor time. */
export function createMetrics(): Metrics {
  let savingFails = false;
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });

  const commitSeconds = histogram('warroom_commit_seconds', 'Time from taking an inbox to durable.', SECONDS);
  const batchSize = histogram('warroom_commit_batch_size', 'Entries and document edits per commit.', COUNTS);
  const commitsFailed = counter('warroom_commits_failed_total', 'Commits that the store did not take.');
  const frameEdits = histogram('warroom_document_frame_edits', 'Document edits per broadcast frame.', COUNTS);
  const framesSent = counter('warroom_document_frames_sent_total', 'Document frames times sockets.');
  const gaps = counter('warroom_gap_repairs_total', 'Missing entries or batches read again from the store.');
  const refusals = new Counter({
    name: 'warroom_refusals_total',
    help: 'Refusals by code.',
    labelNames: ['code'],
    registers,
  });
  const gauges = {
    rooms: gauge('warroom_rooms', 'Rooms open in memory.'),
    room_sockets: gauge('warroom_room_sockets', 'Sockets of rooms.'),
    document_sockets: gauge('warroom_document_sockets', 'Sockets of documents.'),
    lagging_sockets: gauge('warroom_lagging_sockets', 'Sockets that read slower than they are sent to.'),
  };
  const requests = new Histogram({
    name: 'warroom_http_request_seconds',
    help: 'HTTP requests by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });

  return {
    committed({ milliseconds, entries, updates }) {
      commitSeconds.observe(milliseconds / 1000);
      batchSize.observe(entries + updates);
      savingFails = false;
    },
    commitFailed() {
      commitsFailed.inc();
      savingFails = true;
    },
    isSavingFailing: () => savingFails,
    frame({ updates, sockets }) {
      frameEdits.observe(updates);
      framesSent.inc(sockets);
    },
    gauge: (name, value) => gauges[name].set(value),
    gapRepaired: () => gaps.inc(),
    refused: (code) => refusals.inc({ code }),
    answered: ({ method, route, status, milliseconds }) =>
      requests.observe({ method, route, status }, milliseconds / 1000),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
