/** Hands out the rows of a shared table; the one that has been free for longest comes first. */
export class Rows {
  readonly #free: number[];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, row) => row);
  }

  take(): number | undefined {
    return this.#free.shift();
  }

  give(row: number): void {
    this.#free.push(row);
  }
}
