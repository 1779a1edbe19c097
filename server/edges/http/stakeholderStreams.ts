import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { StakeholderView } from '../../broadcast/publishedUpdates.ts';
import type { Room } from '../../rooms/ports.ts';
import type { HttpParts } from './parts.ts';

/** Who watches an incident from outside. */
export interface Watcher {
  room: Room;
  /** The link they came by; null for who is signed in. */
  linkId: string | null;
  /** False once they may not watch any more. */
  isAlive(): Promise<boolean>;
  view(): Promise<StakeholderView>;
}

/** Live streams of what was published. */
export interface StakeholderStreams {
  /** Turns a request into a stream; answers the refusal when there are too many of this incident. */
  open(request: FastifyRequest, reply: FastifyReply, by: Watcher): Refusal | null;
  /** Ends all streams. */
  close(): void;
}

/** Keeps proxies from closing a silent stream, and finds links that ended elsewhere or by time. Milliseconds. */
const HEARTBEAT_MILLISECONDS = 5_000;
/** Entries after which the view may be another. */
const SHOWN: ReadonlySet<string> = new Set([
  'update.sent',
  'update.overdue',
  'service.set',
  'question.asked',
  'question.answered',
  'entry.redacted',
  'incident.renamed',
  'incident.reopened',
  'status.set',
]);

/** Server-sent events per reader. A reader slower than the updates misses intermediate views, never the last. */
export function createStakeholderStreams(
  parts: Pick<HttpParts, 'links' | 'clock' | 'limits'>,
): StakeholderStreams {
  const { links, clock, limits } = parts;
  const streams = new Set<{ linkId: string | null; incidentId: string; end(event: string | null): void }>();

  links.onRevoked((linkId) => {
    for (const stream of streams) if (stream.linkId === linkId) stream.end('end');
  });

  function open(
    request: FastifyRequest,
    reply: FastifyReply,
    { room, linkId, isAlive, view: read }: Watcher,
  ): Refusal | null {
    const ofIncident = [...streams].filter(({ incidentId }) => incidentId === room.incidentId).length;
    if (ofIncident >= limits.socketsPerRoom) return refuse('room_full', { seconds: 10 });
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>);

    let sent = '';
    let isSending = false;
    let isStale = false;

    /** Sends the view if it changed; while one is on its way, remembers to look again. */
    async function sendView(): Promise<void> {
      isStale = true;
      if (isSending) return;
      isSending = true;
      try {
        while (isStale && streams.has(stream)) {
          isStale = false;
          const view = JSON.stringify(await read());
          if (view !== sent && streams.has(stream)) raw.write(`event: view\ndata: ${view}\n\n`);
          sent = view;
        }
      } finally {
        isSending = false;
      }
    }

    async function beat(): Promise<void> {
      if (!(await isAlive())) return stream.end('end');
      raw.write(':\n\n');
      // Time alone makes an update overdue.
      await sendView();
      cancel = clock.after(HEARTBEAT_MILLISECONDS, run(beat));
    }

    const run = (work: () => Promise<void>) => () => {
      if (!streams.has(stream)) return;
      work().catch((error: unknown) => {
        request.log.error({ err: error }, 'a stakeholder stream failed');
        stream.end(null);
      });
    };

    const release = room.hold();
    const unsubscribe = room.subscribe({
      entries(entries) {
        if (entries.some((entry) => SHOWN.has(entry.type))) run(sendView)();
      },
      presence() {},
      progress() {},
    });
    let cancel = clock.after(HEARTBEAT_MILLISECONDS, () => run(beat)());
    const stream = {
      linkId,
      incidentId: room.incidentId,
      end(event: string | null) {
        if (!streams.delete(stream)) return;
        cancel();
        unsubscribe();
        release();
        if (event !== null) raw.write(`event: ${event}\ndata:\n\n`);
        raw.end();
      },
    };
    streams.add(stream);
    raw.on('close', () => stream.end(null));
    raw.on('error', () => stream.end(null));
    run(sendView)();
    return null;
  }

  return {
    open,
    close() {
      for (const stream of streams) stream.end(null);
    },
  };
}
