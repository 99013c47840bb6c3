import { leadingZeros } from './intrinsics.ts';

/** The smallest power of two that is at least `length`; 0 for nothing. */
export function lengthClass(length: number): number {
  return length <= 1 ? length : 2 ** (32 - leadingZeros(length - 1));
}
