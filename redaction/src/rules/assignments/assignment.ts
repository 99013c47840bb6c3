import { alphabet, HEX } from '../../alphabet.ts';
import type { IdFormat } from '../../identifiers/format.ts';
import { lowerCase } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import { PAIR } from '../../names/pairs.ts';
import { OPENING } from '../../placeholder.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { credentialsAt, isHeaderEnd } from '../headers/authorization.ts';
import { cookieValues } from '../headers/cookie.ts';
import { toldValue } from '../numbers/told.ts';
import { isSpace } from '../separators.ts';
import { behindPlaceholder } from '../stand-in.ts';
import { bareValue, type Place } from './assigned-bare.ts';
import { quotedList, quotedValue } from './assigned-quoted.ts';
import { blockScalar, flowScalar } from './block-scalar.ts';
import { comparedFirst } from './compared-first.ts';
import { fallbackLiteral, joinedLiterals } from './joined-literal.ts';
import { jwkMember } from './jwk.ts';
import { isSuggestive, likelySecret } from './likely-secret.ts';
import { notedName, pairedKind } from './paired-name.ts';
import { isSourcePlace } from './source-place.ts';
import { isStyle, isVersion } from './style-or-version.ts';
import { typedLiteral } from './typed-literal.ts';
import { writtenQuoteStart, writtenValue } from './written-quote.ts';

/** UTF-16 code units of a key that are looked back over, from its end. */
const LONGEST_KEY = 96;
const LONGEST_SPACE = 8;
const LONGEST_INDENT = 128;
const MOST_ASTERISKS = 3;
/** `</strong`, UTF-16 code units. */
const LONGEST_TAG = 8;
/** A quote with its backslashes: 15 of them in JSON in JSON in JSON in JSON. */
const LONGEST_QUOTE = 18;

const KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.$@');
/** What may stand between a key and its `=`: `password?:`, `"key"\]`, `db_pass[]`. */
const OPERATOR = alphabet('=!<>:?|&+');
const LETTER = alphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$');
const BEHIND_STRING = alphabet(',); +');
/** Quotes, also escaped ones, and what a telephone number begins with. */
const BEFORE_NUMBER = alphabet('"\'`\\ +(');
/** Quotes, brackets of a member, and marks of Markdown. */
const AROUND_KEY = alphabet('"\'`\\[]*');

/**
 * `password=...`, `"apiKey": "..."`, `?token=...`, `Cookie: ...`: where a telling name is given a value in a text, which
 * may be JSON, a query string, a header, a log line, a configuration, a command, or a line of source code. In source
 * code only literals are hidden: `password = hash(input)` has none.
 */
export const assignment: Rule = {
  kind: SECRET_NAME,
  what: 'Values given to a telling name inside a text: JSON, query strings, headers, settings, commands, source code',
  source: 'RFC 8259, RFC 3986 section 3.4, RFC 9110 section 5; names as for keys',
  anchors: ['=', ':'],
  match(view, at) {
    const next = view.code(at + 1);
    // `==`, `:=` and `::` are taken at their last character, `://` is no assignment.
    if (next === EQUALS || (next === COLON && view.code(at) === COLON) || view.startsWith('//', at + 1))
      return undefined;

    let end = at;
    while (at - end < 3 && view.isIn(OPERATOR, end - 1)) end--;
    const operator = end;
    while (operator - end < LONGEST_SPACE && isSpace(view.code(end - 1))) end--;
    const spaced = end < operator;
    const wrapped = end;
    while (wrapped - end < LONGEST_QUOTE && view.isIn(AROUND_KEY, end - 1)) end--;
    if (end === wrapped) end = writtenQuoteStart(view, end);
    const known = at === operator ? view.dullStart(KEY, end) : -1;
    // The last of several words, what is encoded before it, a member of a key: not told by the name alone.
    let before = view.code(known - 1);
    const mayBeDull = known >= 0 && before < 128 && before !== PERCENT && (end - known > 2 || view.jwk < 0);
    if (mayBeDull && view.isDull(before === SPACE)) return undefined;
    let from = known >= 0 ? known : view.runStart(KEY, end, LONGEST_KEY);
    before = view.code(from - 1);
    if (before >= 128) {
      from = view.wideRunStart(KEY, end, LONGEST_KEY);
      before = view.code(from - 1);
    }
    if (from === end) return comparedFirst(view, at, operator, wrapped);
    // The kind in a placeholder is no name: `[redacted:private-key]: ...`.
    if (wrapped > end && view.startsWith(OPENING, from - OPENING.length)) return undefined;
    let kind = view.nameKind(from, end);
    let formats: readonly IdFormat[] | undefined;
    if (kind === undefined) {
      formats = view.nameTold();
      const phrase = before === SPACE ? view.phraseStart(from, end) : -1;
      if (phrase >= 0) {
        from = phrase;
        kind = view.nameKind(from, end);
        formats = view.nameTold();
      }
    }
    if (kind === undefined) {
      const last = view.code(end - 1) | 32;
      if (end - from <= 2 && view.jwk >= 0) return jwkMember(view, from, end, at);
      if (last === LETTER_Y || last === LETTER_H || last === LETTER_S || last === LETTER_I) {
        const likely = likelySecret(view, from, end, at);
        if (likely !== undefined) return likely;
      } else if (last === LETTER_D && end - from === 2 && view.code(from - 1) === PERCENT) {
        // `user%5Bpassword%5D=`: encoded brackets around the key.
        end = from - 1;
        from = encodedKeyStart(view, end);
        kind = view.nameKind(from, end);
        formats = kind === undefined ? view.nameTold() : undefined;
      }
      const role = kind === undefined ? view.pairRole(from, end) : PAIR.none;
      if (role >= PAIR.value) kind = pairedKind(view, role, from, at);
      else if (role !== PAIR.none) {
        const noted = notedName(view, role, from, at);
        if (noted !== undefined) return noted;
      }
      if (kind === undefined && formats === undefined) {
        if (at > operator) return comparedFirst(view, at, operator, wrapped);
        const isTold = role !== PAIR.none || isSuggestive(view, from, end);
        if (mayBeDull && !isTold && !(before === SPACE && view.mayEndPhrase(from, end)))
          view.enterDull(before === SPACE);
        return undefined;
      }
    }

    let value = at + 1;
    if (view.code(at) === EQUALS && next === GREATER) value++;
    const gap = value;
    while (value - gap < LONGEST_SPACE && isSpace(view.code(value))) value++;
    if (view.code(at) === COLON && isMarkup(view.code(value))) value = behindMarkup(view, value);
    value = nextLineQuote(view, value);
    if (value >= view.end) return undefined;
    const told = formats === undefined ? undefined : numberOf(view, formats, value);
    if (told !== undefined) return told;
    if (kind === undefined) {
      return at > operator ? comparedFirst(view, at, operator, wrapped) : undefined;
    }
    if (view.code(at) === COLON && value === gap && end === wrapped) {
      // A part of a URN, and the end of a string that ends with a label: `log('no session:', error)`.
      if (view.code(from - 1) === COLON || isSourcePlace(view, at)) return undefined;
      if (isQuote(view.code(value)) && (value + 1 === view.end || view.isIn(BEHIND_STRING, value + 1)))
        return undefined;
    }

    const place: Place = {
      keyFrom: from,
      keyTo: end,
      colon: view.code(at) === COLON,
      compared: at - operator >= 1 && view.code(at) === EQUALS && view.code(operator) !== COLON,
      spaced: spaced || value > gap,
      spacedBefore: spaced,
      // Between back quotes a name stands in prose.
      keyQuoted: end < wrapped && view.code(end) !== BACKTICK && view.code(end) !== ASTERISK,
    };
    if (place.colon && spaced && isChosen(view, from)) return undefined;
    if (kind === SECRET_NAME && isVersion(view, value)) return undefined;
    if (place.colon && view.startsWith('--', from) && isStyle(view, value)) return undefined;
    const spans = header(view, place, value) ?? valueAt(view, place, value);
    return spans === undefined ? undefined : named(spans, kind);
  },
};

/** A name that hides only what is valid for it: `pesel: "44051401359"`. */
function numberOf(view: View, formats: readonly IdFormat[], at: number): readonly Span[] | undefined {
  let from = at;
  while (from - at < LONGEST_SPACE && view.isIn(BEFORE_NUMBER, from)) from++;
  const span = toldValue(view, from, formats);
  if (span === undefined) return undefined;
  const sign = view.code(from - 1);
  return sign === PLUS || sign === PARENTHESIS ? [{ ...span, from: from - 1 }] : [span];
}

/** The spans under the kind that the name has. */
export function named(spans: readonly Span[], kind: string): readonly Span[] | undefined {
  const out: Span[] = [];
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (span !== undefined) out[out.length] = { from: span.from, to: span.to, kind };
  }
  return out.length === 0 ? undefined : out;
}

/** Formatters of source code put a long value on the next line: the index of its quote; `at` where there is none. */
function nextLineQuote(view: View, at: number): number {
  if (view.code(at) !== LINE_FEED && view.code(at) !== RETURN) return at;
  let index = at;
  while (index - at < LONGEST_INDENT && isWhite(view.code(index))) index++;
  return isQuote(view.code(index)) ? index : at;
}

function isMarkup(code: number): boolean {
  return code === ASTERISK || code === LESS;
}

/** `**Password:** ...`, `<b>Password:</b> ...`: behind what ends the bold print of the label; `at` where nothing does. */
function behindMarkup(view: View, at: number): number {
  let index = at;
  if (view.code(at) === ASTERISK) {
    while (index - at < MOST_ASTERISKS && view.code(index) === ASTERISK) index++;
    if (!isSpace(view.code(index))) return at;
  } else {
    if (view.code(at + 1) !== SLASH) return at;
    index = view.runEnd(LETTER, at + 2);
    if (index - at > LONGEST_TAG || view.code(index++) !== GREATER) return at;
  }
  const gap = index;
  while (index - gap < LONGEST_SPACE && isSpace(view.code(index))) index++;
  return index;
}

/** `secret ? 'token' : 'none'`: the key is one of two choices. */
function isChosen(view: View, key: number): boolean {
  let before = key - 1;
  if (isQuote(view.code(before))) before--;
  while (key - before < LONGEST_SPACE && isSpace(view.code(before))) before--;
  return view.code(before) === QUESTION;
}

/** Behind the digits of a percent-encoded character. */
function encodedKeyStart(view: View, end: number): number {
  const from = view.runStart(KEY, end, LONGEST_KEY);
  return view.code(from - 1) === PERCENT && from + 2 < end ? from + 2 : from;
}

function valueAt(view: View, place: Place, at: number): readonly Span[] | undefined {
  if (view.code(at) === BRACKET && behindPlaceholder(view, at) === at) return quotedList(view, at);
  const isGroup = view.code(at) === PARENTHESIS && isQuote(view.code(at + 1));
  const quoted = quotedValue(view, isGroup ? at + 1 : at, place.compared);
  if (quoted !== undefined) return quoted.length === 0 || place.compared ? quoted : joinedLiterals(view, quoted);
  return (
    writtenValue(view, at) ??
    (place.colon ? (blockScalar(view, place.keyFrom, at) ?? flowScalar(view, place.keyFrom, at)) : undefined) ??
    bareValue(view, place, at) ??
    (place.colon ? typedLiteral(view, at) : undefined) ??
    (place.spaced && !place.compared ? fallbackLiteral(view, at) : undefined)
  );
}

/** A header whose value has a form of its own; undefined for every other one. */
function header(view: View, place: Place, at: number): readonly Span[] | undefined {
  const length = place.keyTo - place.keyFrom;
  if (length > LONGEST_HEADER) return undefined;
  const name = lowerCase(view.slice(place.keyFrom, place.keyTo));
  const isCookie = name === 'cookie' || name === 'set-cookie';
  const isAuthorization = name === 'authorization' || name === 'proxy-authorization';
  const isChain = name === 'x-forwarded-for';
  if (!isCookie && !isAuthorization && !isChain) return undefined;
  let from = at;
  while (view.code(from) === BACKSLASH) from++;
  const quote = isQuote(view.code(from)) ? view.code(from++) : -1;
  // Of `-H "Cookie: a=b"` the quote stands before the name.
  const closing = quote >= 0 ? quote : isQuote(view.code(place.keyFrom - 1)) ? view.code(place.keyFrom - 1) : -1;
  if (isChain) return headerRest(view, from, closing);
  return isCookie ? cookieValues(view, from, closing) : credentialsAt(view, from, closing);
}

/** A list of addresses, of which each one is somebody's: all of the value. In source code it begins with a letter. */
function headerRest(view: View, from: number, closing: number): readonly Span[] | undefined {
  if (!view.isIn(HEX, from) && view.code(from) !== BRACKET) return undefined;
  if (behindPlaceholder(view, from) > from || view.isIn(LETTER, view.runEnd(HEX, from))) return undefined;
  let to = from;
  while (!isHeaderEnd(view.code(to), closing)) to++;
  return [{ from, to }];
}

const LONGEST_HEADER = 19;

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

function isWhite(code: number): boolean {
  return isSpace(code) || code === LINE_FEED || code === RETURN;
}

const LETTER_D = 100;
const LETTER_H = 104;
const LETTER_I = 105;
const LETTER_S = 115;
const LETTER_Y = 121;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const PERCENT = 37;
const PARENTHESIS = 40;
const ASTERISK = 42;
const PLUS = 43;
const SLASH = 47;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;
const BACKSLASH = 92;
const BACKTICK = 96;
