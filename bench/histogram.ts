const STEP = 0.1;
const LAST = 100_000;

/** Quantiles of a distribution of times. Milliseconds. */
export interface Quantiles {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** Counts times in steps of 0.1 ms up to 10 s, so that millions of them cost nothing to keep. */
export class Histogram {
  readonly #counts = new Uint32Array(LAST + 1);
  #count = 0;
  #max = 0;

  add(milliseconds: number): void {
    const step = Math.min(LAST, Math.max(0, Math.floor(milliseconds / STEP)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count += 1;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  /** The upper edge of the step below which this share lies. */
  quantile(share: number): number {
    const wanted = Math.ceil(this.#count * share);
    let seen = 0;
    for (let step = 0; step <= LAST; step += 1) {
      seen += this.#counts[step] ?? 0;
      if (seen >= wanted && seen > 0) return Math.round((step + 1) * STEP * 10) / 10;
    }
    return Number.NaN;
  }

  summary(): Quantiles {
    return {
      count: this.#count,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      max: Math.round(this.#max * 10) / 10,
    };
  }
}
