import type { Clock } from './ports.ts';

/** How often the true size of a document near its limit is measured. Milliseconds. */
const MEASURE_MILLISECONDS = 5_000;

interface SizeParts {
  clock: Clock;
  /** Encoded bytes. */
  limit: number;
  /** At least as large as the document is; cheap. */
  estimate(): number;
  /** The true size; costs an encoding of the document. */
  measure(): number;
}

/** Tells when a document is past its limit, measuring it only when the cheap estimate says that it may be. */
export class DocumentSize {
  readonly #parts: SizeParts;
  #measured: { bytes: number; estimate: number; at: number } | null = null;

  constructor(parts: SizeParts) {
    this.#parts = parts;
  }

  /** True when the document with so many bytes more would be past the limit. */
  isFull(bytes: number): boolean {
    const { clock, limit, estimate, measure } = this.#parts;
    const estimated = estimate();
    if (estimated + bytes <= limit) return false;
    const now = clock.elapsed();
    if (!this.#measured || now - this.#measured.at >= MEASURE_MILLISECONDS) {
      this.#measured = { bytes: measure(), estimate: estimated, at: now };
    }
    // What was written since the measurement counts in full until the next one.
    const grown = Math.max(0, estimated - this.#measured.estimate);
    return this.#measured.bytes + grown + bytes > limit;
  }
}
