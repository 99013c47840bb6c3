const SECOND_MS = 1000;
/** One more than a minute has: the first of them is counted until it is over. */
const SLOTS = 61;

/** How much was taken in the last minute. Exact to the second, to the careful side: never more than `most` in any 60 s. */
export class Minute {
  readonly most: number;
  readonly #slots = new Float64Array(SLOTS);
  #second = 0;
  #taken = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** `at`: milliseconds, monotonic, as everywhere here. */
  left(at: number): number {
    this.#moveTo(at);
    return Math.max(0, this.most - this.#taken);
  }

  take(amount: number, at: number): void {
    this.#moveTo(at);
    const slot = this.#second % SLOTS;
    this.#slots[slot] = (this.#slots[slot] ?? 0) + amount;
    this.#taken += amount;
  }

  /** Milliseconds until some of it comes back. */
  backInMs(at: number): number {
    this.#moveTo(at);
    for (let age = SLOTS - 1; age >= 0; age--) {
      const second = this.#second - age;
      if (second >= 0 && (this.#slots[second % SLOTS] ?? 0) > 0) return (second + SLOTS) * SECOND_MS - at;
    }
    return 0;
  }

  #moveTo(at: number): void {
    const second = Math.floor(at / SECOND_MS);
    // What is older than all slots leaves nothing.
    this.#second = Math.max(this.#second, second - SLOTS);
    while (this.#second < second) {
      this.#second += 1;
      const slot = this.#second % SLOTS;
      this.#taken -= this.#slots[slot] ?? 0;
      this.#slots[slot] = 0;
    }
  }
}
