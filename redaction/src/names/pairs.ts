import { codeAt, lowerCase, sliceText } from '../intrinsics.ts';
import { wordsIn } from '../words.ts';

/** What a key is in an object that names its value in a property: `{name: 'password', value: '...'}`. */
export const PAIR = {
  none: 0,
  /** Its text is the name of a variable, a header, a field. */
  name: 1,
  /** Its text tells things apart, or is shown: it counts where its last word is the secret, unlike in `token-list`. */
  label: 2,
  /** Its text is a sort: a parser calls its pieces `token`. */
  sort: 3,
  /** It holds the value. */
  value: 4,
  /** It may as well hold what is shown to people: prose and names are no values. */
  content: 5,
} as const;

export type PairRole = (typeof PAIR)[keyof typeof PAIR];

/**
 * Key names of pairs: those of headers, form fields and settings, of tags (AWS), process environments (Kubernetes), reports of
 * validators (express-validator, ajv, class-validator, mongoose), JSON Patch (RFC 6902), histories of changes.
 */
const NAME_KEYS = `name key header field k n property prop attribute attr param parameter variable var env envvar option opt
  setting fieldname propertyname attributename parametername variablename headername keyname column columnname`;
const LABEL_KEYS = 'id label code title path instancepath selector';
const SORT_KEYS = 'type kind';
const VALUE_KEYS = `value val v values vals secret raw plaintext default defaultvalue initialvalue currentvalue oldvalue newvalue
  stringvalue plainvalue secretvalue rawvalue stringdata before after old new previous current oldval newval lhs rhs args`;
const CONTENT_KEYS = 'data content contents text';

/** Longer keys are none of them. UTF-16 code units. */
const LONGEST_KEY = 14;
/** Of what is looked at of a value to tell prose. */
const LONGEST_WORD = 64;

const SMALL_A = 97;
const LETTERS = 26;

const SPACE = 32;
const BANG = 33;
const DOT = 46;
const COLON = 58;
const QUESTION = 63;
const CAPITAL_A = 65;

interface Key {
  readonly text: string;
  readonly role: PairRole;
}

/** Keys that name, in small letters, with one capital, in capitals: for who cannot list the keys of an object. */
export const NAMING_KEYS: string[] = [];

const SORTS = wordsIn(
  'password passwords passwd passphrase pwd securestring secret secrets credential credentials key keys apikey privatekey pin cvv cvc otp ssn iban',
);
const TOKENS = wordsIn('access auth refresh id api bearer csrf xsrf session user device secret personal deploy bot');

/** By length and first letter. */
const KEYS: (Key[] | undefined)[] = [];
makeRoom();
enter(NAME_KEYS, PAIR.name);
enter(LABEL_KEYS, PAIR.label);
enter(SORT_KEYS, PAIR.sort);
enter(VALUE_KEYS, PAIR.value);
enter(CONTENT_KEYS, PAIR.content);

function makeRoom(): void {
  for (let slot = 0; slot < (LONGEST_KEY + 1) * LETTERS; slot++) KEYS[slot] = undefined;
}

function enter(list: string, role: PairRole): void {
  const words = wordsIn(list);
  for (let index = 0; index < words.length; index++) {
    const text = words[index] ?? '';
    const slot = text.length * LETTERS + codeAt(text, 0) - SMALL_A;
    KEYS[slot] ??= [];
    const list = KEYS[slot];
    list[list.length] = { text, role };
    if (!isNaming(role)) continue;
    NAMING_KEYS.push(text, text.charAt(0).toUpperCase() + text.slice(1), text.toUpperCase());
  }
}

/** Whatever the case of the key. */
export function pairRole(text: string, from: number, to: number): PairRole {
  const length = to - from;
  if (length > LONGEST_KEY || length === 0) return PAIR.none;
  const first = (codeAt(text, from) | 32) - SMALL_A;
  if (first < 0 || first >= LETTERS) return PAIR.none;
  const keys = KEYS[length * LETTERS + first];
  for (let index = 0; keys !== undefined && index < keys.length; index++) {
    const key = keys[index];
    if (key !== undefined && isWord(key.text, text, from)) return key.role;
  }
  return PAIR.none;
}

function isWord(word: string, text: string, from: number): boolean {
  for (let index = 1; index < word.length; index++) {
    const code = codeAt(text, from + index);
    if (code >= 128 || (code | 32) !== codeAt(word, index)) return false;
  }
  return true;
}

export function isNaming(role: PairRole): boolean {
  return role === PAIR.name || role === PAIR.label || role === PAIR.sort;
}

/** Whether a key of this role holds a value that another may name. `text`: the value where it is a text. */
export function isHolding(role: PairRole, text: string | undefined): boolean {
  return role === PAIR.value || (role === PAIR.content && text !== undefined && !isProse(text));
}

/** What says whether a name hides its value. */
interface Names {
  name(name: string): string | undefined;
}

/**
 * Whether a name that hides its value does so when it stands under a key of this role, beside one of the role `holding`.
 * `text`: the value where it is a text.
 */
export function namesBeside(
  names: Names,
  naming: PairRole,
  name: string,
  holding: PairRole,
  text: string | undefined,
): boolean {
  if (!isHolding(holding, text)) return false;
  // A menu, and the name of the field that it is for.
  if (holding === PAIR.content && text !== undefined && names.name(text) !== undefined) return false;
  if (text !== undefined && isCaption(names, text)) return false;
  if (naming === PAIR.name) return true;
  // What can be chosen, and what it is called: `{label: 'Password', value: 'password'}`.
  if (naming === PAIR.label && text !== undefined && lowerCase(text) === lowerCase(name)) return false;
  const last = lastWord(name);
  if (naming === PAIR.sort) return isSort(name, last);
  return (
    last === 0 ||
    names.name(sliceText(name, last, name.length)) !== undefined ||
    names.name(sliceText(name, 0, last)) === undefined
  );
}

/** `Enter your password`: nothing that several words are is a value. */
function isProse(value: string): boolean {
  let words = 0;
  let before = 32;
  for (let index = 0; index < value.length && index < LONGEST_WORD; index++) {
    const code = codeAt(value, index);
    if (code > 32 && before <= 32) words++;
    before = code;
  }
  return words > 1;
}

/** `Forgot your password?`: what a catalogue of translations has under the name of a field. Words that speak of it. */
function isCaption(names: Names, text: string): boolean {
  if (text.length >= LONGEST_WORD || !isProse(text)) return false;
  const first = codeAt(text, 0);
  if (first < CAPITAL_A || first >= CAPITAL_A + LETTERS) return false;
  for (let index = 0; index < text.length; index++) {
    const code = codeAt(text, index);
    if (!isLetterOrDigit(code) && code !== SPACE && !(index === text.length - 1 && isMark(code))) return false;
    if (code >= 48 && code <= 57) return false;
  }
  return names.name(text) !== undefined;
}

function isMark(code: number): boolean {
  return code === QUESTION || code === COLON || code === DOT || code === BANG;
}

/** Where the last word of a name begins: behind a separator, or at a capital behind a small letter. */
function lastWord(name: string): number {
  for (let index = name.length - 1; index > 0; index--) {
    const code = codeAt(name, index);
    const before = codeAt(name, index - 1);
    if (!isLetterOrDigit(before)) return index;
    if (code >= 65 && code <= 90 && before >= 97 && before <= 122) return index;
  }
  return 0;
}

function isLetterOrDigit(code: number): boolean {
  const letter = (code | 32) - SMALL_A;
  return (letter >= 0 && letter < LETTERS) || (code >= 48 && code <= 57) || code >= 128;
}

/** A sort of secrets: `password`, `api_key`, `access-token`. */
function isSort(name: string, last: number): boolean {
  const word = lowerCase(sliceText(name, last, name.length));
  if (isAmong(SORTS, word) || isAmong(SORTS, lowerCase(name))) return true;
  if (word !== 'token' && word !== 'tokens') return false;
  let to = last;
  while (to > 0 && !isLetterOrDigit(codeAt(name, to - 1))) to--;
  const head = sliceText(name, 0, to);
  return isAmong(TOKENS, lowerCase(sliceText(head, lastWord(head), head.length)));
}

function isAmong(words: readonly string[], word: string): boolean {
  for (let index = 0; index < words.length; index++) if (words[index] === word) return true;
  return false;
}
