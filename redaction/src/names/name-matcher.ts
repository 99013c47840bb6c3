import type { IdFormat } from '../identifiers/format.ts';
import { eachTelling } from '../identifiers/formats.ts';
import { Bytes, codeAt, fromCode, Integers16, Integers32, multiply32, own, sliceText } from '../intrinsics.ts';
import { folded, isWideCapital, isWideLetter } from './fold.ts';
import { POLICY_NAME, ROLE, TERM_GROUPS } from './name-terms.ts';
import { createSeenNames, LONGEST_SEEN } from './seen-names.ts';

interface Term {
  readonly text: string;
  readonly hash: number;
  readonly role: number;
  readonly kind: string | undefined;
  /** What a value under it is likely to be. */
  readonly formats: readonly IdFormat[] | undefined;
}

/** Decides by a name whether its value is hidden. */
export interface NameMatcher {
  /** `inText`: the name is a label in running text, where the loose terms do not count. Linear, makes no objects. */
  kindOf(text: string, from: number, to: number, inText: boolean): string | undefined;
  /** The kind by which all of this, words with signs between them, is one name that hides a value. */
  phraseKind(text: string, from: number, to: number): string | undefined;
  /** Some name of the organization is of several words. */
  readonly hasPhrases: boolean;
  /** 1 for each two digits, ten times the first and the second, that stand in a row in some name that is looked for. */
  readonly digitPairs: Uint8Array;
  /** Of the name that was asked last: the formats of which a value under it is hidden where it is valid for one of them. */
  told(): readonly IdFormat[] | undefined;
  /** What the words of running text before a number tell of it, unless what follows them says otherwise: `phone count`. */
  toldIn(text: string, from: number, to: number): readonly IdFormat[] | undefined;
}

/** Prefix hashes are kept for this many units back: the longest term that can be found. A power of two. */
const REACH = 64;
/** More terms than are built in. */
const MOST_BUILT_IN = 2000;
/** A term spans at most this many words of a name. */
const WORDS = 6;
/** The prime of 32-bit FNV. Substrings are looked up by a rolling hash, and then compared, so a collision does no harm. */
const FACTOR = 0x01000193;

/** What names are looked up in. Nothing changes it once it is made. */
interface Table {
  readonly terms: readonly Term[];
  /** Open addressing: one more than where in `terms` a hash is, or 0. */
  readonly slots: Int16Array;
  readonly slotMask: number;
  readonly stemLengths: readonly number[];
  readonly shortestStem: number;
  /** The same for terms that end beyond ASCII: scripts that part no words. */
  readonly wideStemLengths: readonly number[];
  /** Some name of the organization has a space or another sign between its words. */
  readonly hasPhrases: boolean;
  readonly longest: number;
  /** Names without a letter or digit, or longer than a term can be: compared as they are. */
  readonly literal: readonly string[];
  readonly exceptLiteral: readonly string[];
  readonly digitPairs: Uint8Array;
}

/**
 * Runs no built-in that the application may have replaced since this module was loaded, and no iterator: a policy with
 * names of its own comes while the application is running.
 */
function createTable(known: Table | undefined, ownNames: readonly string[], exceptNames: readonly string[]): Table {
  const terms: Term[] = [];
  const stemLengths: number[] = [];
  const wideStemLengths: number[] = [];
  let hasPhrases = false;
  const size = tableSize((known?.terms.length ?? MOST_BUILT_IN) + ownNames.length + exceptNames.length);
  const slotMask = size - 1;
  const slots = new Integers16(size);
  let shortestStem = REACH;
  let longest = 0;
  const digitPairs = new Bytes(100);
  for (let at = 0; known !== undefined && at < 100; at++) digitPairs[at] = known.digitPairs[at] ?? 0;

  function add(text: string, hash: number, role: number, kind?: string, formats?: readonly IdFormat[]): void {
    let slot = slotOf(hash, slotMask);
    for (; slots[slot] !== 0; slot = (slot + 1) & slotMask) {
      const place = (slots[slot] ?? 0) - 1;
      const term = terms[place];
      if (term === undefined || term.hash !== hash || term.text !== text) continue;
      // A new one, because the other may belong to another table.
      terms[place] = {
        text,
        hash,
        role: term.role | role,
        kind: term.kind ?? kind,
        formats: joined(term.formats, formats),
      };
      return;
    }
    slots[slot] = terms.length + 1;
    terms[terms.length] = { text, hash, role, kind, formats };
  }

  /** Names that are separated by white space. */
  function addAll(names: string, role: number, kind?: string, formats?: readonly IdFormat[]): void {
    let from = 0;
    let hash = 0;
    let isWide = false;
    for (let index = 0; index <= names.length; index++) {
      const code = index < names.length ? codeAt(names, index) : 0;
      if (code > 32) {
        if (code >= 128) isWide = true;
        hash = (multiply32(hash, FACTOR) + lowerCode(code)) | 0;
        continue;
      }
      if (index > from) {
        const text = sliceText(names, from, index);
        add(isWide ? normalize(text) : text, hash, role, kind, formats);
      }
      from = index + 1;
      hash = 0;
      isWide = false;
    }
  }

  if (known === undefined) {
    for (let at = 0; at < TERM_GROUPS.length; at++) {
      const group = TERM_GROUPS[at];
      if (group !== undefined) addAll(group.terms, group.role, own(group, 'kind'));
    }
    eachTelling((names, formats) => addAll(names, 0, undefined, formats));
  }
  for (let at = 0; known !== undefined && at < known.terms.length; at++) {
    const term = known.terms[at];
    if (term === undefined) continue;
    let slot = slotOf(term.hash, slotMask);
    while (slots[slot] !== 0) slot = (slot + 1) & slotMask;
    terms[at] = term;
    slots[slot] = at + 1;
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
      const words = wordCount(name);
      if (words > 1 && role === ROLE.firm) hasPhrases = true;
      enterDigits(digitPairs, name);
      enterDigits(digitPairs, normal);
      if (normal.length > 0 && normal.length < REACH && words <= WORDS) addAll(normal, role, kind);
      else rest[rest.length] = name;
    }
    return rest;
  }
  for (let at = 0; at < terms.length; at++) {
    const term = terms[at];
    if (term === undefined) continue;
    const { length } = term.text;
    if (length > longest) longest = length;
    if (known === undefined) enterDigits(digitPairs, term.text);
    if ((term.role & ROLE.stem) === 0) continue;
    if (codeAt(term.text, length - 1) >= 128) {
      if (!isAmong(wideStemLengths, length)) wideStemLengths[wideStemLengths.length] = length;
      continue;
    }
    if (length < shortestStem) shortestStem = length;
    if (!isAmong(stemLengths, length)) stemLengths[stemLengths.length] = length;
  }
  return {
    terms,
    slots,
    slotMask,
    stemLengths,
    shortestStem,
    wideStemLengths,
    hasPhrases,
    digitPairs,
    longest,
    literal,
    exceptLiteral,
  };
}

function joined(
  known: readonly IdFormat[] | undefined,
  more: readonly IdFormat[] | undefined,
): readonly IdFormat[] | undefined {
  if (known === undefined || more === undefined) return known ?? more;
  const all: IdFormat[] = [];
  for (let index = 0; index < known.length + more.length; index++) {
    const format = index < known.length ? known[index] : more[index - known.length];
    if (format !== undefined) all[index] = format;
  }
  return all;
}

function enterDigits(pairs: Uint8Array, text: string): void {
  for (let index = 1; index < text.length; index++) {
    const first = codeAt(text, index - 1);
    const second = codeAt(text, index);
    if (typeOf(first) === DIGIT && typeOf(second) === DIGIT) pairs[(first - 48) * 10 + second - 48] = 1;
  }
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
    const place = slots[slot] ?? 0;
    if (place === 0) return undefined;
    const term = terms[place - 1];
    if (term !== undefined && term.hash === hash && term.text.length === length && endsWith(text, to, term.text)) {
      return term;
    }
  }
}

/** `exceptNames`: whole names that hide nothing, unless they are `ownNames`. */
export function createNameMatcher(ownNames: readonly string[], exceptNames: readonly string[] = []): NameMatcher {
  const hasOwn = ownNames.length + exceptNames.length > 0;
  const table = hasOwn ? createTable(builtInTable(), ownNames, exceptNames) : builtInTable();
  const {
    terms,
    slots,
    slotMask,
    stemLengths,
    shortestStem,
    wideStemLengths,
    hasPhrases,
    digitPairs,
    longest,
    literal,
    exceptLiteral,
  } = table;

  function find(hash: number, length: number, text: string, to: number): Term | undefined {
    return findTerm(terms, slots, slotMask, hash, length, text, to);
  }

  // Scratch of one call. JavaScript runs one call at a time, and nothing in it calls out.
  const hashes = new Integers32(REACH);
  const starts = new Integers32(WORDS);
  /** What the name that was asked last tells of its value. */
  let told: readonly IdFormat[] | undefined;

  const seen = createSeenNames();

  function kindOf(text: string, from: number, to: number, inText: boolean): string | undefined {
    if (!inText || to - from > LONGEST_SEEN) return judge(text, from, to, inText);
    const place = seen.placeOf(text, from, to);
    if (seen.isAt(place, text, from, to)) {
      told = seen.told[place];
      return seen.kinds[place];
    }
    const kind = judge(text, from, to, inText);
    seen.put(place, text, from, to, kind, told);
    return kind;
  }

  function judge(text: string, from: number, to: number, inText: boolean): string | undefined {
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
    let toldEnd = 0;
    let numbered = false;
    told = undefined;
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
        hash = (multiply32(hash, FACTOR) + (code < 128 ? (lower[code] ?? 0) : folded(code))) | 0;
        length++;
        hashes[length & (REACH - 1)] = hash;
        if (next === SEPARATOR || (type !== next && startsWord(type, next, after)) || isAcronymEnd(next, type, after)) {
          tailNeutral = false;
          harmless = false;
          numbered = false;
          whole = undefined;
          for (let back = 1; back <= WORDS && back <= words; back++) {
            const start = starts[(words - back) % WORDS] ?? 0;
            const size = length - start;
            if (size > longest) break;
            const term = find(hashOf(start, length), size, text, index + 1);
            if (term === undefined) continue;
            const role = term.role;
            if (term.formats !== undefined) {
              told = term.formats;
              toldEnd = length;
            }
            if ((role & ROLE.firm) !== 0) firm = term.kind;
            if ((role & ROLE.word) !== 0 || ((role & ROLE.last) !== 0 && start > 0 && isEnd(text, index + 1, to))) {
              found = term.kind;
              foundEnd = length;
            }
            if (start === 0) whole = term;
            if ((role & ROLE.harmless) !== 0) harmless = true;
            if (back === 1) {
              if ((role & ROLE.tail) !== 0) tailNeutral = true;
              if ((role & ROLE.number) !== 0) numbered = true;
              if ((role & ROLE.head) !== 0 && words === 1) headNeutral = true;
            }
          }
          if (code >= 128 || (length - wordStart > shortestStem && foundEnd !== length && !harmless)) {
            const sizes = code < 128 ? stemLengths : wideStemLengths;
            for (let stem = 0; stem < sizes.length; stem++) {
              const size = sizes[stem] ?? 0;
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
    if (harmless || headNeutral || (toldEnd !== length && tailNeutral && !numbered)) told = undefined;
    if (firm !== undefined) return firm;
    if (literal.length > 0 && isAmongNames(literal, text, from, to)) return POLICY_NAME;
    const isSpared =
      (whole !== undefined && (whole.role & ROLE.spared) !== 0) ||
      (exceptLiteral.length > 0 && isAmongNames(exceptLiteral, text, from, to));
    if (isSpared) {
      told = undefined;
      return undefined;
    }
    if (whole !== undefined && (whole.role & (inText ? ROLE.whole : ROLE.whole | ROLE.loose)) !== 0) return whole.kind;
    if (found !== undefined && !harmless && !headNeutral && (foundEnd === length || !tailNeutral)) return found;
    return undefined;
  }

  function phraseKind(text: string, from: number, to: number): string | undefined {
    let hash = 0;
    let length = 0;
    for (let index = from; index < to; index++) {
      const code = codeAt(text, index);
      if (typeOf(code) === SEPARATOR) continue;
      hash = (multiply32(hash, FACTOR) + lowerCode(code)) | 0;
      length++;
    }
    const term = length > longest ? undefined : find(hash, length, text, to);
    return term !== undefined && (term.role & (ROLE.firm | ROLE.word | ROLE.whole)) !== 0 ? term.kind : undefined;
  }

  function toldIn(text: string, from: number, to: number): readonly IdFormat[] | undefined {
    let found: readonly IdFormat[] | undefined;
    let hash = 0;
    let length = 0;
    let words = 0;
    let before = SEPARATOR;
    hashes[0] = 0;
    for (let index = from; index < to; index++) {
      const code = codeAt(text, index);
      const type = typeOf(code);
      const next = index + 1 < to ? typeOf(codeAt(text, index + 1)) : SEPARATOR;
      if (type !== SEPARATOR) {
        if (before === SEPARATOR || startsWord(before, type, next)) starts[words++ % WORDS] = length;
        hash = (multiply32(hash, FACTOR) + lowerCode(code)) | 0;
        length++;
        hashes[length & (REACH - 1)] = hash;
        const after = index + 2 < to ? typeOf(codeAt(text, index + 2)) : SEPARATOR;
        if (next === SEPARATOR || startsWord(type, next, after)) {
          for (let back = 1; back <= WORDS && back <= words; back++) {
            const start = starts[(words - back) % WORDS] ?? 0;
            if (length - start > longest) break;
            const term = find(hashOf(start, length), length - start, text, index + 1);
            if (term === undefined) continue;
            if (term.formats !== undefined) found = term.formats;
            else if (back === 1 && (term.role & ROLE.tail) !== 0 && (term.role & ROLE.number) === 0) found = undefined;
          }
        }
      }
      before = type;
    }
    return found;
  }

  function hashOf(start: number, end: number): number {
    const prefix = hashes[start & (REACH - 1)] ?? 0;
    return ((hashes[end & (REACH - 1)] ?? 0) - multiply32(prefix, POWERS[end - start] ?? 0)) | 0;
  }

  return { kindOf, phraseKind, hasPhrases, digitPairs, told: () => told, toldIn };
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

/** Beyond ASCII all letters are taken for small ones that are no capitals. */
function typeOf(code: number): number {
  return code < 128 ? (types[code] ?? SEPARATOR) : wideType(code);
}

function wideType(code: number): number {
  if (!isWideLetter(code)) return SEPARATOR;
  return isWideCapital(code) ? UPPER : LOWER;
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
  return code < 128 ? (lower[code] ?? code) : folded(code);
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

let builtIn: Table | undefined;

/** Made when it is first needed, and then the same for every redactor without names of its own. */
function builtInTable(): Table {
  builtIn ??= createTable(undefined, [], []);
  return builtIn;
}
