import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { anchorKeeper, parseAnchors, readAnchors } from '../../server/store/anchors.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the anchors file', () => {
  const head = { seq: 7, hash: 'a'.repeat(64), docSeq: 2, docHash: 'b'.repeat(64) };
  const seqs = (folder: string) =>
    parseAnchors(readAnchors(folder)).anchors.map((anchor) => [anchor.incidentId, anchor.seq]);

  test('[S35] gets the head of a changed log at once, then at most once per interval, and the last at the end', () => {
    vi.useFakeTimers();
    try {
      const folder = mkdtempSync(join(tmpdir(), 'warroom-anchors-'));
      folders.push(folder);
      let seq = 0;
      const keeper = anchorKeeper({
        folder,
        storageEpoch: 'e',
        every: 30_000,
        now: () => Date.now(),
        head: (id) => (id === 'gone' ? null : { ...head, seq: (seq += 1) }),
      });
      keeper.changed(['one', 'two', 'gone']);
      vi.advanceTimersByTime(0);
      expect(seqs(folder)).toEqual([
        ['one', 1],
        ['two', 2],
      ]);
      for (let second = 0; second < 29; second += 1) {
        keeper.changed(['one']);
        vi.advanceTimersByTime(1_000);
      }
      expect(seqs(folder)).toHaveLength(2);
      vi.advanceTimersByTime(1_000);
      expect(seqs(folder).slice(2)).toEqual([['one', 3]]);
      keeper.changed(['two']);
      vi.advanceTimersByTime(0);
      expect(seqs(folder).slice(3)).toEqual([['two', 4]]);
      keeper.changed(['one']);
      keeper.close();
      expect(seqs(folder).slice(4)).toEqual([['one', 5]]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
