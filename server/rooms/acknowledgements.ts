/**
 * Counts a socket's update messages that are durable. The count is cumulative: a message that was not taken holds it
 * back until the client has offered everything again in a sync step 2.
 */
export class Acknowledgements {
  /** Numbers of messages not yet durable, ascending. */
  #open: number[] = [];
  #count = 0;
  #told = 0;

  /** A further message arrived; the answer is its number. */
  arrived(): number {
    this.#count += 1;
    this.#open.push(this.#count);
    return this.#count;
  }

  /** The message is durable, or adds nothing to what is. */
  settled(number: number): void {
    this.#open = this.#open.filter((other) => other !== number);
  }

  /** A sync step 2 is durable: whatever was not taken before it is in it. */
  settledUpTo(number: number): void {
    this.#open = this.#open.filter((other) => other > number);
  }

  /** The count if it grew since it was last asked for, else null. */
  news(): number | null {
    const durable = (this.#open[0] ?? this.#count + 1) - 1;
    if (durable <= this.#told) return null;
    this.#told = durable;
    return durable;
  }
}
