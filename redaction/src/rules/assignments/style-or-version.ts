import { alphabet, DIGIT, HEX, LOWER } from '../../alphabet.ts';
import type { View } from '../../view.ts';

const NUMBER = alphabet('0123456789.');
const RANGE = alphabet('^~<>=v ');
const QUOTE = alphabet('"\'`');
/** What may stand behind a number of a version: `-rc.1+build`. */
const BUILD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.+');
const ENDS = alphabet(' \t\r\n"\'`,;}]\\');

const LONGEST_COLOR = 8;
const LONGEST_NUMBER = 8;
const LONGEST_UNIT = 4;
const LONGEST_GROUP = 5;
const LONGEST_RANGE = 3;
const LONGEST_BUILD = 24;

/** `--token-color: #0055ff;`, `--token-gap: 12px;`: the value of a custom property of CSS that is a colour or a length. */
export function isStyle(view: View, at: number): boolean {
  let index = at;
  if (view.code(at) === HASH) {
    index++;
    while (index - at <= LONGEST_COLOR && view.isIn(HEX, index)) index++;
    const length = index - at - 1;
    return (length === 3 || length === 4 || length === 6 || length === LONGEST_COLOR) && isEnd(view, index);
  }
  while (index - at <= LONGEST_NUMBER && view.isIn(NUMBER, index)) index++;
  const unit = index;
  if (view.code(index) === PERCENT) index++;
  else while (index - unit <= LONGEST_UNIT && view.isIn(LOWER, index)) index++;
  return unit > at && unit - at <= LONGEST_NUMBER && index > unit && index - unit <= LONGEST_UNIT && isEnd(view, index);
}

/** `"cookie": "^0.6.0"`: a version of a package, or a range of them. */
export function isVersion(view: View, at: number): boolean {
  let index = at;
  if (view.isIn(QUOTE, index)) index++;
  for (const range = index; index - range < LONGEST_RANGE && view.isIn(RANGE, index); ) index++;
  for (let group = 0; group < 3; group++) {
    if (group > 0 && view.code(index++) !== DOT) return false;
    const from = index;
    while (index - from <= LONGEST_GROUP && view.isIn(DIGIT, index)) index++;
    if (index === from || index - from > LONGEST_GROUP) return false;
  }
  if (view.code(index) === DASH || view.code(index) === PLUS) {
    for (const build = index; index - build < LONGEST_BUILD && view.isIn(BUILD, index); ) index++;
  }
  return isEnd(view, index);
}

function isEnd(view: View, at: number): boolean {
  return at >= view.end || view.isIn(ENDS, at);
}

const HASH = 35;
const PERCENT = 37;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
