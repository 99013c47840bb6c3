import { alphabet, DIGIT, LETTER, LOWER, UPPER } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';

/** How a key and its value stand to each other. */
export interface Place {
  readonly keyFrom: number;
  readonly keyTo: number;
  /** `key: value`, not `key = value`. */
  readonly colon: boolean;
  /** `key == value`, `key !== value`. */
  readonly compared: boolean;
  /** White space on either side of the operator. */
  readonly spaced: boolean;
  /** White space before the operator. */
  readonly spacedBefore: boolean;
  readonly keyQuoted: boolean;
}

const IDENTIFIER = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.');
/** What ends a value without quotes: in query strings, settings, logs, JSON, and before a written line break. */
const ENDS = alphabet(' \t\r\n"\'`&;\\');
const JSON_ENDS = alphabet(' \t\r\n"\'`&;\\,}]');
const TRAILING = alphabet(',.)]}>');
/** An identifier before one of these is an expression of source code. */
const CODE_NEXT = alphabet('([,;)}]');

/** Words that stand for no value, for a type, or for a state: never a secret themselves. */
const PLAIN_WORDS: readonly string[] = [
  'null',
  'undefined',
  'true',
  'false',
  'none',
  'nil',
  'nan',
  'yes',
  'no',
  'on',
  'off',
  'ok',
  'unknown',
  'any',
  'never',
  'string',
  'number',
  'boolean',
  'bool',
  'object',
  'bigint',
  'symbol',
  'buffer',
  'text',
  'str',
  'int',
  'array',
  'date',
  'required',
  'optional',
  'missing',
  'empty',
  'invalid',
  'valid',
  'expired',
  'revoked',
  'incorrect',
  'wrong',
  'rejected',
  'accepted',
  'denied',
  'failed',
  'failure',
  'success',
  'enabled',
  'disabled',
  'active',
  'closed',
  'open',
  'not',
  'is',
  'redacted',
  'hidden',
  'masked',
  'await',
  'new',
  'this',
  'function',
  'async',
  'typeof',
  'require',
  'default',
];
const LONGEST_WORD = 9;

/** Types that every GraphQL schema has (GraphQL, section 3.5). */
const SCALARS: readonly string[] = ['String', 'ID', 'Int', 'Float', 'Boolean'];

/** The value at `at`, which is not quoted; undefined where nothing there is a secret. */
export function bareValue(view: View, place: Place, at: number): readonly Span[] | undefined {
  const first = view.code(at);
  if (first === PARENTHESIS || first === BACKTICK || first === LESS || first === SLASH) return undefined;
  // The end of a comment.
  if (first === ASTERISK && view.code(at + 1) === SLASH) return undefined;
  // `!0`, as minifiers write true.
  if (first === BANG && view.isIn(DIGIT, at + 1) && !view.isIn(IDENTIFIER, at + 2)) return undefined;
  const wordEnd = view.runEnd(IDENTIFIER, at);
  const next = view.code(wordEnd);
  if (place.spaced && wordEnd > at && isMemberOrGeneric(view, wordEnd, next)) return undefined;
  const isWord = next < 0 || view.isIn(ENDS, wordEnd) || view.isIn(CODE_NEXT, wordEnd);
  if (wordEnd > at && isWord && isExpression(view, place, at, wordEnd, next)) return undefined;
  if (next === BANG && place.colon && isScalar(view, at, wordEnd)) return undefined;
  if ((first === COLON || first === AT) && isParameter(view, place, at + 1)) return undefined;
  if (first === DOLLAR && isFilledLater(view, at)) return undefined;
  if (first === BRACE && isOdbc(view, place)) return bracedValue(view, at);
  // `{`: an object, or the hole of a template; the values inside have names of their own.
  if (first === BRACE && !isHole(view, at)) return undefined;
  const start = behindPlaceholder(view, at);
  let to = start;
  const ends = place.keyQuoted ? JSON_ENDS : ENDS;
  while (to < view.end && !view.isIn(ends, to)) {
    if (view.code(to) === COMMA && view.isIn(ENDS, to + 1)) break;
    to++;
  }
  if (first >= 128 && isProse(view, place, at, to)) return undefined;
  if (isSentence(view, place, to)) to = lineEnd(view, to);
  if (isStandIn(view, at, to)) return undefined;
  while (to > at + 1 && to > start && view.isIn(TRAILING, to - 1)) to--;
  return isStandIn(view, at, to) || to === at ? undefined : [{ from: at, to }];
}

/** `request?.token`, `this.#token`, `token!.value`, `Optional<string>`. */
function isMemberOrGeneric(view: View, at: number, next: number): boolean {
  const after = view.code(at + 1);
  if (next === QUESTION || next === BANG) return after === DOT;
  if (next === HASH) return view.code(at - 1) === DOT;
  return next === LESS && view.isIn(LETTER, at + 1) && !view.startsWith('<br', at);
}

/** `$password: String!`: that it is required. */
function isScalar(view: View, from: number, to: number): boolean {
  if (to + 1 < view.end && !view.isIn(ENDS, to + 1) && !view.isIn(TRAILING, to + 1)) return false;
  const word = to - from < LONGEST_WORD ? view.slice(from, to) : '';
  for (let index = 0; index < SCALARS.length; index++) if (SCALARS[index] === word) return true;
  return false;
}

/** `password = :password`, `token = @newToken`: a parameter of SQL, which has the name of what it fills. */
function isParameter(view: View, place: Place, from: number): boolean {
  if (place.colon || !place.spaced) return false;
  const to = view.runEnd(IDENTIFIER, from);
  const isEnded = to >= view.end || view.isIn(ENDS, to) || view.isIn(TRAILING, to);
  return isEnded && !hasDigit(view, from, to) && view.nameKind(from, to) !== undefined;
}

/** Source code or prose: what stands there names a value, and is none. */
function isExpression(view: View, place: Place, from: number, to: number, next: number): boolean {
  if (next === PARENTHESIS || next === BRACKET) return true;
  if (isPlainWord(view, from, to)) return true;
  const digits = hasDigit(view, from, to);
  if (to - from === 1 && digits) return true; // a flag: 0 or 1
  if (view.isIn(DIGIT, from)) return false;
  // JSON has no bare words.
  if (place.keyQuoted && place.colon) return true;
  const path = hasDot(view, from, to);
  if (digits) return path && place.spaced && to - from < LONGEST_PATH && !place.colon;
  if (view.nameKind(from, to) !== undefined) return true; // password = dbPassword
  if (path) return place.spaced || view.isIn(CODE_NEXT, to);
  // `wanted ? token : other`, and `session: sessionStore`.
  if (place.compared || (place.colon && (place.spacedBefore || isCamelCase(view, from, to)))) return true;
  if (!place.spaced) return false;
  if (view.isIn(CODE_NEXT, to)) return true;
  let behind = to;
  while (view.code(behind) === SPACE) behind++;
  const code = view.code(behind);
  const isWritten = code === BACKSLASH && (view.code(behind + 1) === LETTER_N || view.code(behind + 1) === LETTER_R);
  const ends = behind >= view.end || code === LINE_FEED || code === CARRIAGE_RETURN || isWritten;
  // `const token = input` without a semicolon; `password: must be longer`, unless the key is a setting's.
  return ends ? isDeclared(view, place) : !isSettingName(view, place);
}

const LONGEST_PATH = 48;
const LONGEST_HOLE = 128;
const LONGEST_INDENT = 64;
/** The brace that closes one, and what no hole goes over. */
const HOLE_ENDS = alphabet(`}${Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')}`);
const INDENT = alphabet(' \t-"\'');
const UNDERSCORES = alphabet('_');

/** Behind `const`, `let`, `var`, or a member such as `this.password`. */
function isDeclared(view: View, place: Place): boolean {
  for (let index = place.keyFrom; index < place.keyTo; index++) if (view.code(index) === DOT) return true;
  const before = place.keyFrom;
  return (
    view.startsWith('const ', before - 6) || view.startsWith('let ', before - 4) || view.startsWith('var ', before - 4)
  );
}

/**
 * `aws_secret_access_key: a value of words`: a name that nobody writes in prose, as the first thing of its line, is a
 * setting's, and all of the line is its value.
 */
function isSettingName(view: View, place: Place): boolean {
  if (!place.colon || !view.isIn(UNDERSCORES, view.runEnd(LETTER, place.keyFrom))) return false;
  let before = place.keyFrom - 1;
  while (place.keyFrom - before <= LONGEST_INDENT && view.isIn(INDENT, before)) before--;
  return before < 0 || view.code(before) === LINE_FEED;
}

/** `пароль: неверный пароль`: words of a script that is not Latin, of which more follow. */
function isProse(view: View, place: Place, from: number, to: number): boolean {
  if (!place.colon || !place.spaced || view.code(to) !== SPACE || view.code(to + 1) <= SPACE) return false;
  for (let index = from; index < to; index++) if (view.code(index) < 128 && !view.isIn(TRAILING, index)) return false;
  return true;
}

function isSentence(view: View, place: Place, to: number): boolean {
  return view.code(to) === SPACE && place.colon && place.spaced && isSettingName(view, place);
}

function lineEnd(view: View, from: number): number {
  let to = from;
  while (to < view.end && view.code(to) !== LINE_FEED && view.code(to) !== CARRIAGE_RETURN) to++;
  return to;
}

/** `token: ${last ?? 'none'}`: all of the value is the hole of a template. */
function isFilledLater(view: View, at: number): boolean {
  if (view.code(at + 1) !== BRACE) return false;
  const index = holeEnd(view, at, at + 2);
  if (view.code(index) !== BRACE_CLOSE) return false;
  return index + 1 >= view.end || view.isIn(ENDS, index + 1) || view.isIn(TRAILING, index + 1);
}

/** Where its brace stands or the line ends; -1 where it is too long. */
function holeEnd(view: View, at: number, from: number): number {
  return view.firstOf(HOLE_ENDS, from, at + LONGEST_HOLE + 1);
}

/** `;Pwd={p;w}`: ODBC and ADO.NET put a value with special characters into braces. In JSX a space stands there. */
function isOdbc(view: View, place: Place): boolean {
  return !place.colon && !place.spaced && view.code(place.keyFrom - 1) === SEMICOLON;
}

function bracedValue(view: View, at: number): readonly Span[] | undefined {
  const to = holeEnd(view, at, at + 1);
  return view.code(to) === BRACE_CLOSE && to > at + 1 && !isStandIn(view, at + 1, to)
    ? [{ from: at + 1, to }]
    : undefined;
}

function isHole(view: View, at: number): boolean {
  return view.code(at + 1) === BRACE;
}

/** At least two words run together, as only source code has them: `JwtPayload`, `messageId`. */
function isCamelCase(view: View, from: number, to: number): boolean {
  for (let index = from + 1; index < to; index++) {
    if (view.isIn(UPPER, index) && view.isIn(LOWER, index - 1)) return true;
  }
  return false;
}

export function isPlainWord(view: View, from: number, to: number): boolean {
  if (to - from > LONGEST_WORD) return false;
  const word = lowerCase(view.slice(from, to));
  for (let index = 0; index < PLAIN_WORDS.length; index++) if (PLAIN_WORDS[index] === word) return true;
  return false;
}

function hasDigit(view: View, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (view.isIn(DIGIT, index)) return true;
  return false;
}

function hasDot(view: View, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (view.code(index) === DOT) return true;
  return false;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const BANG = 33;
const HASH = 35;
const DOLLAR = 36;
const PARENTHESIS = 40;
const ASTERISK = 42;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const QUESTION = 63;
const AT = 64;
const BRACKET = 91;
const BACKSLASH = 92;
const BACKTICK = 96;
const LETTER_N = 110;
const LETTER_R = 114;
const BRACE = 123;
const BRACE_CLOSE = 125;
