import { expect, test } from 'vitest';
import { createMetrics } from '../../server/edges/metrics.ts';

test('[E39] what instances tell each other is counted by kind, and how it goes by reason', async () => {
  const metrics = createMetrics();
  const { fanout } = metrics;
  fanout.state('away');
  fanout.state('connected');
  fanout.published({ kind: 'batch', bytes: 300 });
  fanout.published({ kind: 'batch', bytes: 200 });
  fanout.heard({ kind: 'head', bytes: 150 });
  fanout.dropped('backlog');
  fanout.unreadable('forged');
  fanout.reconnected();
  fanout.answered(3);
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('warroom_fanout'));
  expect(lines).toEqual(
    expect.arrayContaining([
      'warroom_fanout_state{state="alone"} 0',
      'warroom_fanout_state{state="connected"} 1',
      'warroom_fanout_state{state="away"} 0',
      'warroom_fanout_published_total{kind="batch"} 2',
      'warroom_fanout_published_bytes_total{kind="batch"} 500',
      'warroom_fanout_heard_total{kind="head"} 1',
      'warroom_fanout_heard_bytes_total{kind="head"} 150',
      'warroom_fanout_dropped_total{reason="backlog"} 1',
      'warroom_fanout_unreadable_total{reason="forged"} 1',
      'warroom_fanout_reconnects_total 1',
      'warroom_fanout_publish_seconds_bucket{le="0.0025"} 0',
      'warroom_fanout_publish_seconds_bucket{le="0.005"} 1',
    ]),
  );
});
