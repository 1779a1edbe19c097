import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMomentFrame, writeMomentFrame } from '#shared/review/momentFrame.ts';
import type { MomentFrame } from '#shared/review/momentFrame.ts';

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 40 });
const time = fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true });
const frames: fc.Arbitrary<MomentFrame> = fc.record({
  docSeq: number,
  checkpoint: fc.option(fc.record({ docSeq: number, state: bytes })),
  segments: fc.array(fc.record({ docSeq: number, update: bytes }), { maxLength: 5 }),
  batches: fc.array(
    fc.record({
      ...{ docSeq: number, seqBefore: number },
      at: time.map((date) => date.toISOString()),
      updates: fc.array(fc.record({ author: fc.string({ unit: 'grapheme' }), update: bytes })),
    }),
    { maxLength: 5 },
  ),
});

describe('the bytes in which a document at a moment travels', () => {
  test('[A4] are read as what was written, to the last byte', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(readMomentFrame(writeMomentFrame(frame))).toEqual(frame);
      }),
    );
  });

  test('[A4] are refused when they end too early, go on too long, or are of another version', () => {
    fc.assert(
      fc.property(frames, fc.double({ min: 0, max: 1, noNaN: true }), (frame, part) => {
        const written = writeMomentFrame(frame);
        const cut = written.subarray(0, Math.floor(part * (written.length - 1)));
        expect(() => readMomentFrame(cut)).toThrow();
        expect(() => readMomentFrame(new Uint8Array([...written, 0]))).toThrow();
        expect(() => readMomentFrame(new Uint8Array([2, ...written.subarray(1)]))).toThrow();
      }),
    );
  });

  test('[A4] that claim more than they hold are refused before anything is made for it', () => {
    const claims = new Uint8Array([1, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(() => readMomentFrame(claims)).toThrow('ends too early');
  });

  test('[A4] whatever else they are, reading answers or throws, and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (given) => {
        try {
          readMomentFrame(given);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
