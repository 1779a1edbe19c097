import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { FanoutMetrics, RoomMetrics } from '../rooms/metrics.ts';

/** What the process counts, and the text in which it tells. */
export interface Metrics extends RoomMetrics {
  /** What instances tell each other. */
  readonly fanout: FanoutMetrics;
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
    waiting_openings: gauge('warroom_waiting_openings', 'Sockets that wait for their turn to be opened.'),
    waiting_joins: gauge('warroom_waiting_joins', 'Joins that wait for their turn.'),
  };
  const requests = new Histogram({
    name: 'warroom_http_request_seconds',
    help: 'HTTP requests by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });

  return {
    fanout: fanoutMetrics(registers),
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

function fanoutMetrics(registers: Registry[]): FanoutMetrics {
  const labelled = (name: string, help: string, label: string) =>
    new Counter({ name, help, labelNames: [label], registers });
  const state = new Gauge({
    name: 'warroom_fanout_state',
    help: 'How other instances are reached: 1 at the state that holds. Away: by asking the store.',
    labelNames: ['state'],
    registers,
  });
  const published = labelled('warroom_fanout_published_total', 'Messages to other instances.', 'kind');
  const publishedBytes = labelled('warroom_fanout_published_bytes_total', 'Bytes of them.', 'kind');
  const heard = labelled('warroom_fanout_heard_total', 'Messages of other instances.', 'kind');
  const heardBytes = labelled('warroom_fanout_heard_bytes_total', 'Bytes of them.', 'kind');
  const dropped = labelled('warroom_fanout_dropped_total', 'Messages that were not sent.', 'reason');
  const unreadable = labelled(
    'warroom_fanout_unreadable_total',
    'Messages that came in and were not believed.',
    'reason',
  );
  const reconnects = new Counter({
    name: 'warroom_fanout_reconnects_total',
    help: 'Times that other instances could be reached again.',
    registers,
  });
  const publishSeconds = new Histogram({
    name: 'warroom_fanout_publish_seconds',
    help: 'Time from sending a message to the answer that it was taken; nothing waits for it.',
    buckets: SECONDS,
    registers,
  });
  return {
    state(now) {
      for (const name of ['alone', 'connected', 'away']) state.set({ state: name }, name === now ? 1 : 0);
    },
    published({ kind, bytes }) {
      published.inc({ kind });
      publishedBytes.inc({ kind }, bytes);
    },
    heard({ kind, bytes }) {
      heard.inc({ kind });
      heardBytes.inc({ kind }, bytes);
    },
    dropped: (reason) => dropped.inc({ reason }),
    unreadable: (reason) => unreadable.inc({ reason }),
    reconnected: () => reconnects.inc(),
    answered: (milliseconds) => publishSeconds.observe(milliseconds / 1000),
  };
}
