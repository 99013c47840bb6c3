import type { IdFormat } from '../identifiers/format.ts';
import { Bytes, codeAt, multiply32, Words } from '../intrinsics.ts';

/** A longer name is judged anew each time. UTF-16 code units; a power of two. */
export const LONGEST_SEEN = 32;
/** A power of two: 16 KiB of names. */
const PLACES = 256;
/** The prime of 32-bit FNV. */
const FACTOR = 0x01000193;

/**
 * What names in texts were judged to be: logs and JSON repeat them. Each has one place, where it takes that of the name
 * before. Names are kept unit by unit, because a part of a text would keep all of it alive. It never changes an answer.
 */
export interface SeenNames {
  readonly kinds: (string | undefined)[];
  readonly told: (readonly IdFormat[] | undefined)[];
  placeOf(text: string, from: number, to: number): number;
  isAt(place: number, text: string, from: number, to: number): boolean;
  put(
    place: number,
    text: string,
    from: number,
    to: number,
    kind: string | undefined,
    told: readonly IdFormat[] | undefined,
  ): void;
}

export function createSeenNames(): SeenNames {
  const lengths = new Bytes(PLACES);
  const units = new Words(PLACES * LONGEST_SEEN);
  const kinds: (string | undefined)[] = [];
  const told: (readonly IdFormat[] | undefined)[] = [];
  for (let place = 0; place < PLACES; place++) {
    kinds[place] = undefined;
    told[place] = undefined;
  }
  return {
    kinds,
    told,
    placeOf(text, from, to) {
      let hash = to - from;
      for (let index = from; index < to; index++) hash = (multiply32(hash, FACTOR) + codeAt(text, index)) | 0;
      return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (PLACES - 1);
    },
    isAt(place, text, from, to) {
      if (lengths[place] !== to - from) return false;
      const at = place * LONGEST_SEEN - from;
      for (let index = from; index < to; index++) if (units[at + index] !== codeAt(text, index)) return false;
      return true;
    },
    put(place, text, from, to, kind, tells) {
      lengths[place] = to - from;
      const at = place * LONGEST_SEEN - from;
      for (let index = from; index < to; index++) units[at + index] = codeAt(text, index);
      kinds[place] = kind;
      told[place] = tells;
    },
  };
}
