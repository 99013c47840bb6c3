import { codeAt } from '../intrinsics.ts';
import type { Id } from './format.ts';

export function digit(id: Id, at: number): number {
  return id[at] ?? 0;
}

/** The number that `count` digits from `at` on are; letters in between spoil it. */
export function number(id: Id, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) value = value * 10 + digit(id, index);
  return value;
}

/** Every digit times the weight at its place. */
export function weighted(id: Id, weights: readonly number[], at = 0): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += digit(id, at + index) * (weights[index] ?? 0);
  return sum;
}

/** ISO/IEC 7812-1 annex B: every second digit from the right counts double. */
export function isLuhn(id: Id, from: number, to: number): boolean {
  return luhnSum(id, from, to) % 10 === 0;
}

export function luhnSum(id: Id, from: number, to: number): number {
  let sum = 0;
  for (let index = to - 1; index >= from; index--) {
    const value = (to - 1 - index) % 2 === 0 ? digit(id, index) : digit(id, index) * 2;
    sum += value > 9 ? value - 9 : value;
  }
  return sum;
}

/** ISO/IEC 7064, MOD 11,10: the last digit is the check. */
export function isMod11And10(id: Id, from: number, to: number): boolean {
  let product = 10;
  for (let index = from; index < to - 1; index++) {
    const sum = (product + digit(id, index)) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (product + digit(id, to - 1)) % 10 === 1;
}

/** The remainder of a number of any length. */
export function remainder(id: Id, from: number, to: number, by: number): number {
  let rest = 0;
  for (let index = from; index < to; index++) rest = (rest * 10 + digit(id, index)) % by;
  return rest;
}

/** J. Verhoeff, "Error Detecting Decimal Codes" (1969): permutations of the digits by place, in the dihedral group D5. */
const STEP = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const PERMUTATIONS = 8;

export function isVerhoeff(id: Id, length: number): boolean {
  let sum = 0;
  for (let index = length - 1, place = 0; index >= 0; index--, place++) {
    let permuted = digit(id, index);
    for (let times = place % PERMUTATIONS; times > 0; times--) permuted = STEP[permuted] ?? 0;
    sum = dihedral(sum, permuted);
  }
  return sum === 0;
}

function dihedral(first: number, second: number): number {
  if (first < 5) return second < 5 ? (first + second) % 5 : 5 + ((first + second) % 5);
  return second < 5 ? 5 + ((first - second + 5) % 5) : (first - second + 5) % 5;
}

/** Two digits each. Whether the month has so many days is not looked at. */
export function isMonthAndDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** `YYMMDD` at `at`. */
export function isYearFirst(id: Id, at: number): boolean {
  return isMonthAndDay(number(id, at + 2, 2), number(id, at + 4, 2));
}

/** `DDMMYY` at `at`. */
export function isDayFirst(id: Id, at: number): boolean {
  return isMonthAndDay(number(id, at + 2, 2), number(id, at, 2));
}

/** The value in an `Id` of the letter or digit at a place of a table of check characters. */
export function characterOf(table: string, at: number): number {
  const code = codeAt(table, at);
  return code < 65 ? code - 48 : code - 55;
}

/** Whether the letter at `at` is one of these. */
export function isOneOf(letters: string, id: Id, at: number): boolean {
  for (let index = 0; index < letters.length; index++) if (characterOf(letters, index) === id[at]) return true;
  return false;
}

/** Nobody has a number of one digit repeated; many checks let it pass. */
export function isRepeated(id: Id, length: number): boolean {
  for (let index = 1; index < length; index++) if (id[index] !== id[0]) return false;
  return true;
}

export function digitsIn(id: Id, length: number): number {
  let digits = 0;
  for (let index = 0; index < length; index++) if (digit(id, index) < 10) digits++;
  return digits;
}
