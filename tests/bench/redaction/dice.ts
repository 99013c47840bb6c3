/** Chance from a seed: the same seed gives the same data on every machine. */
export interface Dice {
  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number;
  /** Whether something of this probability (0 to 1) happens. */
  chance(share: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** `length` characters of an alphabet. */
  text(alphabet: string, length: number): string;
}

export const HEX = '0123456789abcdef';
export const DIGITS = '0123456789';
export const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Mulberry32, a generator of 32 bits in the public domain: enough for data that only has to be varied. */
export function createDice(seed: number): Dice {
  let state = seed;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    chance: (share) => next() < share,
    pick: ([first, ...others]) => others[below(others.length + 1) - 1] ?? first,
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
  };
}
