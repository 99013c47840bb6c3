import { alphabet, HEX } from '../alphabet.ts';
import { least } from '../intrinsics.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/** Parameters of a terminal's colour, `1;38;5;196`: characters that are read. */
const LONGEST_COLOUR = 16;

/** Behind a backslash: `\n`, `\u0022`, `\x22`, `\033` and their kin. */
const WRITTEN = alphabet('befnrtvux0');

/**
 * Hides nothing. Notes where a word begins whose letters join those of an escape before it: behind `\n`, `\u0022` and
 * `\x1b`, behind `%20`, also encoded twice, and behind the colour that a terminal is told. Asked last.
 */
export const escapes: Rule = {
  kind: 'nothing',
  what: 'Where a word begins behind the letters of an escape',
  source: 'RFC 8259 section 7, ECMA-262 section 12.9.4, RFC 3986 section 2.1, ECMA-48 section 8.3.117 (SGR)',
  anchors: ['\\', '%', '\u001b['],
  match(view, at) {
    const to = escapeEnd(view, at);
    if (to > at) view.fresh = to;
    return undefined;
  },
};

function escapeEnd(view: View, at: number): number {
  const code = view.code(at);
  if (code === PERCENT) return percentEnd(view, at);
  let to = at + 1;
  if (code === BACKSLASH) {
    if (!view.isIn(WRITTEN, to)) return -1;
    const letter = view.code(to);
    const digits = letter === LETTER_U ? 4 : letter === LETTER_X || letter === ZERO ? 2 : 0;
    to++;
    for (const end = to + digits; to < end; to++) if (!view.isIn(HEX, to)) return -1;
  }
  if (view.code(to) !== BRACKET) return to;
  let index = to + 1;
  const limit = least(view.end, index + LONGEST_COLOUR);
  while (index < limit && isParameter(view.code(index))) index++;
  return index < limit && view.code(index) === LETTER_M ? index + 1 : to;
}

function percentEnd(view: View, at: number): number {
  if (!view.isIn(HEX, at + 1) || !view.isIn(HEX, at + 2)) return -1;
  const isPercent = view.startsWith('25', at + 1);
  // Twice: only punctuation, or the first digits of a number would be lost.
  const first = view.code(at + 3);
  const isTwice =
    isPercent && view.isIn(HEX, at + 4) && (first === TWO || (first === THREE && view.code(at + 4) > NINE));
  return isTwice ? at + 5 : at + 3;
}

function isParameter(code: number): boolean {
  return (code >= ZERO && code <= NINE) || code === SEMICOLON;
}

const PERCENT = 37;
const ZERO = 48;
const TWO = 50;
const THREE = 51;
const NINE = 57;
const SEMICOLON = 59;
const BRACKET = 91;
const BACKSLASH = 92;
const LETTER_M = 109;
const LETTER_U = 117;
const LETTER_X = 120;
