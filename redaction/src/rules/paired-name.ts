import { alphabet } from '../alphabet.ts';
import type { View } from '../view.ts';

/** What may stand between the name and the word `value`: quotes, a comma, a line break and its indent. */
const LONGEST_GAP = 64;
const LONGEST_NAME = 96;

const GAP = alphabet(' \t\r\n,;"\'\\');
const AROUND = alphabet(' "\'\\');
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.');

/**
 * `{ "name": "DB_PASSWORD", "value": "..." }`, `<add key="Password" value="..."/>`: the key from `from` to `to` is the
 * word `value`, and the name that tells stands before it. The kind of that name.
 */
export function pairedKind(view: View, from: number, to: number): string | undefined {
  if (to - from !== 5 || (view.code(from) | 32) !== LETTER_V || !view.startsWith('alue', from + 1)) return undefined;
  let end = from;
  while (from - end < LONGEST_GAP && view.isIn(GAP, end - 1)) end--;
  if (end === from) return undefined;
  const start = view.runStart(NAME, end, LONGEST_NAME);
  if (start === end) return undefined;
  let before = start;
  while (start - before < 6 && view.isIn(AROUND, before - 1)) before--;
  const operator = view.code(before - 1);
  if (operator !== COLON && operator !== EQUALS) return undefined;
  before--;
  const label = before;
  while (label - before < 6 && view.isIn(AROUND, before - 1)) before--;
  return isLabel(view, before) ? view.nameKind(start, end) : undefined;
}

function isLabel(view: View, end: number): boolean {
  const isName = view.startsWith('name', end - 4) || view.startsWith('Name', end - 4);
  if (isName) return !view.isIn(NAME, end - 5);
  return (view.startsWith('key', end - 3) || view.startsWith('Key', end - 3)) && !view.isIn(NAME, end - 4);
}

const COLON = 58;
const EQUALS = 61;
const LETTER_V = 118;
