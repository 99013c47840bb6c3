import { codeAt, fromCode, Integers16, Integers32, lowerCase, multiply32, sliceText } from '../intrinsics.ts';
import { POLICY_NAME, ROLE, TERM_GROUPS } from './name-terms.ts';

interface Term {
  readonly text: string;
  readonly hash: number;
  role: number;
  kind: string | undefined;
}

/** Decides by a name whether its value is hidden. */
export interface NameMatcher {
  /** `inText`: the name is a label in running text, where the loose terms do not count. Linear, makes no objects. */
  kindOf(text: string, from: number, to: number, inText: boolean): string | undefined;
}

/** Prefix hashes are kept for this many units back: the longest term that can be found. A power of two. */
const REACH = 64;
/** A term spans at most this many words of a name. */
const WORDS = 6;
/** The prime of 32-bit FNV. Substrings are looked up by a rolling hash, and then compared, so a collision does no harm. */
const FACTOR = 0x01000193;

/** What names are looked up in. Nothing changes it once it is made. */
interface Table {
  readonly terms: readonly Term[];
  /** Open addressing: where in `terms` a hash is, or -1. */
  readonly slots: Int16Array;
  readonly slotMask: number;
  readonly stemLengths: readonly number[];
  readonly shortestStem: number;
  readonly longest: number;
  /** Names without a letter or digit, or longer than a term can be: compared as they are. */
  readonly literal: readonly string[];
  readonly exceptLiteral: readonly string[];
}

/**
 * Runs no built-in that the application may have replaced since this module was loaded, and no iterator: a policy with
 * names of its own comes while the application is running.
 */
function createTable(ownNames: readonly string[], exceptNames: readonly string[]): Table {
  const builtIn = builtInTerms();
  const size = tableSize(builtIn.length + ownNames.length + exceptNames.length);
  const slotMask = size - 1;
  const slots = new Integers16(size);
  for (let slot = 0; slot < size; slot++) slots[slot] = -1;
  const terms: Term[] = [];
  const stemLengths: number[] = [];
  let shortestStem = REACH;
  let longest = 0;
  for (let index = 0; index < builtIn.length; index++) {
    const term = builtIn[index];
    if (term !== undefined) add(term.text, term.role, term.kind);
  }
  const literal = addNames(ownNames, ROLE.firm, POLICY_NAME);
  const exceptLiteral = addNames(exceptNames, ROLE.spared, undefined);

  /** Gives those that are no terms. */
  function addNames(names: readonly string[], role: number, kind: string | undefined): string[] {
    const rest: string[] = [];
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name === undefined) continue;
      const normal = normalize(name);
      if (normal.length > 0 && normal.length < REACH && wordCount(name) <= WORDS) add(normal, role, kind);
      else rest[rest.length] = name;
    }
    return rest;
  }

  function add(text: string, role: number, kind: string | undefined): void {
    let hash = 0;
    for (let index = 0; index < text.length; index++) hash = (multiply32(hash, FACTOR) + codeAt(text, index)) | 0;
    const known = findTerm(terms, slots, slotMask, hash, text.length, text, text.length);
    if (known !== undefined) {
      known.role |= role;
      known.kind ??= kind;
      return;
    }
    let slot = slotOf(hash, slotMask);
    while (slots[slot] !== -1) slot = (slot + 1) & slotMask;
    slots[slot] = terms.length;
    terms[terms.length] = { text, hash, role, kind };
    if (text.length > longest) longest = text.length;
    if ((role & ROLE.stem) !== 0 && !isAmong(stemLengths, text.length)) {
      stemLengths[stemLengths.length] = text.length;
      if (text.length < shortestStem) shortestStem = text.length;
    }
  }

  return { terms, slots, slotMask, stemLengths, shortestStem, longest, literal, exceptLiteral };
}

function isAmong(numbers: readonly number[], wanted: number): boolean {
  for (let index = 0; index < numbers.length; index++) if (numbers[index] === wanted) return true;
  return false;
}

/** The low bits of a product depend on the low bits of its factors only: fold the high ones in. */
function slotOf(hash: number, slotMask: number): number {
  return (hash ^ (hash >>> 15)) & slotMask;
}

/** The term of this hash whose letters end before `to` in `text`. */
function findTerm(
  terms: readonly Term[],
  slots: Int16Array,
  slotMask: number,
  hash: number,
  length: number,
  text: string,
  to: number,
): Term | undefined {
  for (let slot = slotOf(hash, slotMask); ; slot = (slot + 1) & slotMask) {
    const place = slots[slot] ?? -1;
    if (place < 0) return undefined;
    const term = terms[place];
    if (term !== undefined && term.hash === hash && term.text.length === length && endsWith(text, to, term.text)) {
      return term;
    }
  }
}

/** `exceptNames`: whole names that hide nothing, unless they are `ownNames`. */
export function createNameMatcher(ownNames: readonly string[], exceptNames: readonly string[] = []): NameMatcher {
  const table = ownNames.length + exceptNames.length === 0 ? builtInTable() : createTable(ownNames, exceptNames);
  const { terms, slots, slotMask, stemLengths, shortestStem, longest, literal, exceptLiteral } = table;

  function find(hash: number, length: number, text: string, to: number): Term | undefined {
    return findTerm(terms, slots, slotMask, hash, length, text, to);
  }

  // Scratch of one call. JavaScript runs one call at a time, and nothing in it calls out.
  const hashes = new Integers32(REACH);
  const starts = new Integers32(WORDS);

  function kindOf(text: string, from: number, to: number, inText: boolean): string | undefined {
    let hash = 0;
    /** Letters and digits so far; the separators do not count. */
    let length = 0;
    let words = 0;
    let wordStart = 0;
    let found: string | undefined;
    let firm: string | undefined;
    let foundEnd = 0;
    let headNeutral = false;
    let tailNeutral = false;
    let harmless = false;
    let whole: Term | undefined;
    hashes[0] = 0;
    let before = SEPARATOR;
    let code = from < to ? codeAt(text, from) : 0;
    let type = typeOf(code);
    let nextCode = from + 1 < to ? codeAt(text, from + 1) : 0;
    let next = typeOf(nextCode);
    for (let index = from; index < to; index++) {
      const afterCode = index + 2 < to ? codeAt(text, index + 2) : 0;
      const after = typeOf(afterCode);
      if (type !== SEPARATOR) {
        if (
          before === SEPARATOR ||
          (before !== type && startsWord(before, type, next)) ||
          isAcronymEnd(type, before, next)
        ) {
          wordStart = length;
          starts[words % WORDS] = length;
          words++;
        }
        hash = (multiply32(hash, FACTOR) + (code < 128 ? (lower[code] ?? 0) : lowerCode(code))) | 0;
        length++;
        hashes[length & (REACH - 1)] = hash;
        if (next === SEPARATOR || (type !== next && startsWord(type, next, after)) || isAcronymEnd(next, type, after)) {
          tailNeutral = false;
          harmless = false;
          whole = undefined;
          for (let back = 1; back <= WORDS && back <= words; back++) {
            const start = starts[(words - back) % WORDS] ?? 0;
            const size = length - start;
            if (size > longest) break;
            const term = find(hashOf(start, length), size, text, index + 1);
            if (term === undefined) continue;
            const role = term.role;
            if ((role & ROLE.firm) !== 0) firm = term.kind;
            if ((role & ROLE.word) !== 0 || ((role & ROLE.last) !== 0 && start > 0 && isEnd(text, index + 1, to))) {
              found = term.kind;
              foundEnd = length;
            }
            if (start === 0) whole = term;
            if ((role & ROLE.harmless) !== 0) harmless = true;
            if (back === 1) {
              if ((role & ROLE.tail) !== 0) tailNeutral = true;
              if ((role & ROLE.head) !== 0 && words === 1) headNeutral = true;
            }
          }
          if (length - wordStart > shortestStem && foundEnd !== length && !harmless) {
            for (let stem = 0; stem < stemLengths.length; stem++) {
              const size = stemLengths[stem] ?? 0;
              if (length - size <= wordStart) continue;
              const term = find(hashOf(length - size, length), size, text, index + 1);
              if (term === undefined || (term.role & ROLE.stem) === 0) continue;
              found = term.kind;
              foundEnd = length;
            }
          }
        }
      }
      before = type;
      code = nextCode;
      type = next;
      nextCode = afterCode;
      next = after;
    }
    if (firm !== undefined) return firm;
    if (literal.length > 0 && isAmongNames(literal, text, from, to)) return POLICY_NAME;
    if (whole !== undefined && (whole.role & ROLE.spared) !== 0) return undefined;
    if (exceptLiteral.length > 0 && isAmongNames(exceptLiteral, text, from, to)) return undefined;
    if (whole !== undefined && (whole.role & (inText ? ROLE.whole : ROLE.whole | ROLE.loose)) !== 0) return whole.kind;
    if (found !== undefined && !harmless && !headNeutral && (foundEnd === length || !tailNeutral)) return found;
    return undefined;
  }

  function hashOf(start: number, end: number): number {
    const prefix = hashes[start & (REACH - 1)] ?? 0;
    return ((hashes[end & (REACH - 1)] ?? 0) - multiply32(prefix, POWERS[end - start] ?? 0)) | 0;
  }

  return { kindOf };
}

const SEPARATOR = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;

const types = new Uint8Array(128);
const lower = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const isUpper = code >= 65 && code <= 90;
  const isDigit = code >= 48 && code <= 57;
  types[code] = isUpper ? UPPER : isDigit ? DIGIT : code >= 97 && code <= 122 ? LOWER : SEPARATOR;
  lower[code] = isUpper ? code + 32 : code;
}

/** Beyond ASCII everything is taken for a small letter. */
function typeOf(code: number): number {
  return code < 128 ? (types[code] ?? SEPARATOR) : LOWER;
}

/** `apiKey` before K, `key2` before 2, `2fa` before f, `APIKey` before K. */
function startsWord(before: number, type: number, after: number): boolean {
  if (type === DIGIT || before === DIGIT) return type !== before;
  return type === UPPER && (before === LOWER || after === LOWER);
}

/** `APIKey` before K: the capital of the next word ends a run of capitals. */
function isAcronymEnd(type: number, before: number, after: number): boolean {
  return type === UPPER && before === UPPER && after === LOWER;
}

function lowerCode(code: number): number {
  if (code < 128) return lower[code] ?? code;
  return codeAt(lowerCase(fromCode(code)), 0);
}

/** Whether the letters and digits of `text` before `to` end with those of a term. */
function endsWith(text: string, to: number, term: string): boolean {
  let index = to - 1;
  for (let left = term.length - 1; left >= 0; left--) {
    while (index >= 0 && typeOf(codeAt(text, index)) === SEPARATOR) index--;
    if (index < 0 || lowerCode(codeAt(text, index)) !== codeAt(term, left)) return false;
    index--;
  }
  return true;
}

function isAmongNames(names: readonly string[], text: string, from: number, to: number): boolean {
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (name !== undefined && name.length === to - from && endsExactly(text, to, name)) return true;
  }
  return false;
}

/** No letter or digit follows. */
function isEnd(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (typeOf(codeAt(text, index)) !== SEPARATOR) return false;
  return true;
}

function endsExactly(text: string, to: number, part: string): boolean {
  for (let back = 1; back <= part.length; back++) {
    if (codeAt(text, to - back) !== codeAt(part, part.length - back)) return false;
  }
  return true;
}

function normalize(name: string): string {
  let normal = '';
  for (let index = 0; index < name.length; index++) {
    const code = codeAt(name, index);
    if (typeOf(code) !== SEPARATOR) normal += fromCode(lowerCode(code));
  }
  return normal;
}

function wordCount(name: string): number {
  let words = 0;
  let before = SEPARATOR;
  for (let index = 0; index < name.length; index++) {
    const type = typeOf(codeAt(name, index));
    const after = index + 1 < name.length ? typeOf(codeAt(name, index + 1)) : SEPARATOR;
    if (type !== SEPARATOR && (before === SEPARATOR || startsWord(before, type, after))) words++;
    before = type;
  }
  return words;
}

/** A power of two, at most a quarter full: nearly every word of a name is no term. */
function tableSize(terms: number): number {
  let size = 256;
  while (size < terms * 4) size *= 2;
  return size;
}

/** Powers of the factor of the rolling hash. */
const POWERS = new Int32Array(REACH + 1);
POWERS[0] = 1;
for (let length = 1; length <= REACH; length++) POWERS[length] = multiply32(POWERS[length - 1] ?? 0, FACTOR);

interface BuiltInTerm {
  readonly text: string;
  readonly role: number;
  readonly kind: string | undefined;
}

/** The terms one by one, as they are written: separated by white space. */
function splitTerms(): BuiltInTerm[] {
  const split: BuiltInTerm[] = [];
  for (let at = 0; at < TERM_GROUPS.length; at++) {
    const group = TERM_GROUPS[at];
    if (group === undefined) continue;
    const { terms, role, kind } = group;
    let from = 0;
    for (let index = 0; index <= terms.length; index++) {
      if (index < terms.length && codeAt(terms, index) > 32) continue;
      if (index > from) split[split.length] = { text: sliceText(terms, from, index), role, kind };
      from = index + 1;
    }
  }
  return split;
}

let splitOnce: readonly BuiltInTerm[] | undefined;
let tableOnce: Table | undefined;

/** Made when it is first needed, and then the same for every redactor without names of its own. */
function builtInTerms(): readonly BuiltInTerm[] {
  splitOnce ??= splitTerms();
  return splitOnce;
}

function builtInTable(): Table {
  tableOnce ??= createTable([], []);
  return tableOnce;
}
