import { ALNUM, alphabet, DIGIT } from '../../alphabet.ts';
import { codeAt } from '../../intrinsics.ts';
import type { View } from '../../view.ts';

/** Quotes, colon, white space between a name and its value. */
const LONGEST_GAP = 8;
/** UTF-16 code units of the word before; a longer one is looked at by its end. */
const LONGEST_WORD = 32;

const GAP = alphabet(' \t"\'`:=\\([>');
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.');
const PACKAGE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_./@');

/** Last words of names and labels whose value counts releases, parts of a document, or arcs of an object identifier. */
const WORDS: readonly string[] = [
  'version',
  'versions',
  'ver',
  'release',
  'build',
  'revision',
  'firmware',
  'oid',
  'section',
  'chapter',
  'clause',
  'paragraph',
];

/**
 * Whether four numbers with dots are told to be a version by what is around them: `Chrome/120.0.0.0`, `^1.2.3.4`,
 * `pkg-1.2.3.4`, `1.2.3.4-beta`, `version: 1.2.3.4`, `"@acme/pkg": "1.2.3.4"`.
 */
export function isVersion(view: View, from: number, to: number): boolean {
  const next = view.code(to);
  if ((next === DASH || next === PLUS) && view.isIn(ALNUM, to + 1) && !view.isIn(DIGIT, to + 1)) return true;
  // `2.5.4.3=name`, RFC 4514.
  if (next === EQUALS && view.code(from + 1) === DOT && view.code(from) <= TWO) return true;
  const before = view.code(from - 1);
  if (before === SLASH) return isProduct(view, from - 1);
  if (before === DASH) return view.isIn(ALNUM, from - 2) && !view.isIn(DIGIT, from - 2);
  if (before === CARET || before === TILDE || before === SECTION) return true;
  if (before === EQUALS && (view.code(from - 2) === GREATER || view.code(from - 2) === LESS)) return true;
  return isLabelled(view, from);
}

/** RFC 9110 section 10.1.5: a name of a product, and no part of a path, host (`localhost/127.0.0.1`) or scheme. */
function isProduct(view: View, slash: number): boolean {
  const from = view.runStart(NAME, slash, LONGEST_WORD);
  if (from === slash || view.code(from - 1) === SLASH || view.code(from - 1) === COLON) return false;
  if (slash - from === 9 && view.startsWith('localhost', from)) return false;
  for (let index = from; index < slash; index++) if (view.code(index) === DOT) return false;
  return !view.isIn(DIGIT, from);
}

function isLabelled(view: View, from: number): boolean {
  let end = from;
  while (from - end < LONGEST_GAP && view.isIn(GAP, end - 1)) end--;
  if (end === from || !view.isIn(ALNUM, end - 1)) return false;
  for (let index = 0; index < WORDS.length; index++) if (endsWith(view, end, WORDS[index] ?? '')) return true;
  const start = view.runStart(PACKAGE, end, LONGEST_WORD);
  if (view.code(start) !== AT) return false;
  for (let index = start; index < end; index++) if (view.code(index) === SLASH) return true;
  return false;
}

/** The word stands there for itself or begins with a capital: not in `server`. */
function endsWith(view: View, end: number, word: string): boolean {
  const start = end - word.length;
  for (let index = word.length - 1; index >= 0; index--) {
    if ((view.code(start + index) | 32) !== codeAt(word, index)) return false;
  }
  return view.code(start) < 97 ? !isCapital(view.code(start - 1)) : !view.isIn(ALNUM, start - 1);
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

const PLUS = 43;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const TWO = 50;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const AT = 64;
const CARET = 94;
const TILDE = 126;
const SECTION = 0xa7;
