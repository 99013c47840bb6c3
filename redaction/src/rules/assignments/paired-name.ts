import { alphabet, DIGIT } from '../../alphabet.ts';
import { namesBeside, PAIR, type PairRole } from '../../names/pairs.ts';
import type { Span } from '../../rule.ts';
import { MOST_NAMING, type View } from '../../view.ts';
import { isSpace } from '../separators.ts';
import { isStandIn } from '../stand-in.ts';
import { attributedText } from './element.ts';

/** How far before the one the other may stand. UTF-16 code units. */
const LONGEST_REACH = 256;
const LONGEST_NAME = 96;
const LONGEST_GAP = 6;
/** Of a value that stands before its name. */
const LONGEST_VALUE = 512;
const LONGEST_INDENT = 32;
/** Of a value that is read to tell prose and names from it. */
const LONGEST_SHOWN = 64;

const GAP = alphabet(' "\'\\`');
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./');
const QUOTE = alphabet('"\'`');

/**
 * `{ "name": "DB_PASSWORD", "value": "..." }`, `<add key="Password" value="..."/>`: the key from `from` to `to` holds a value, and a
 * name that tells stands before it. The kind of that name. `at`: the operator behind the key.
 */
export function pairedKind(view: View, role: PairRole, from: number, at: number): string | undefined {
  const { pairs } = view;
  const owner = role === PAIR.value ? ownerKind(view, from, at) : undefined;
  if (owner !== undefined) return owner;
  if (role === PAIR.content && !isWord(view, at)) return undefined;
  // `{"id": "r-7", "value": 17}`: a number has a name, or is none.
  const start = behind(view, at + 1);
  const isNumber = view.isIn(DIGIT, start) && !view.isIn(QUOTE, start - 1);
  let isRead = false;
  for (let back = 1; back <= MOST_NAMING && back <= pairs.count; back++) {
    const slot = (pairs.count - back) % MOST_NAMING;
    const naming = pairs.at[slot] ?? 0;
    if (from - naming > LONGEST_REACH) break;
    if (isNumber && pairs.role[slot] !== PAIR.name) continue;
    const kind = readName(view, slot);
    if (kind === undefined) continue;
    // Most names tell nothing, and then nobody needs to know where objects end.
    if (!isRead) advance(view, from);
    isRead = true;
    if (naming < pairs.since) break;
    if (isOfOneRecord(view, slot) && isNamed(view, slot, role, at)) return kind;
  }
  pairs.held = at;
  pairs.heldRole = role;
  return undefined;
}

/** `"password": {"value": "..."}`: the object is told by its name, and a text is the first thing in it. */
function ownerKind(view: View, from: number, at: number): string | undefined {
  if (!view.isIn(QUOTE, behind(view, at + 1) - 1)) return undefined;
  let index = before(view, from);
  if (view.code(index - 1) !== BRACE) return undefined;
  index = before(view, index - 1);
  if (view.code(index - 1) !== COLON) return undefined;
  const to = before(view, index - 1);
  const start = view.runStart(NAME, to, LONGEST_NAME);
  return start === to ? undefined : view.nameKind(start, to);
}

function before(view: View, at: number): number {
  let index = at;
  while (at - index < LONGEST_INDENT && (view.isIn(GAP, index - 1) || view.code(index - 1) === LINE_FEED)) index--;
  return index;
}

/**
 * Notes a key that may name the value of another. `{ "value": "...", "name": "password" }`: where it names one that has been read, it is
 * hidden.
 */
export function notedName(view: View, role: PairRole, from: number, at: number): readonly Span[] | undefined {
  const { pairs } = view;
  const slot = pairs.count % MOST_NAMING;
  if (pairs.count === 0) {
    pairs.since = 0;
    pairs.line = 0;
    pairs.to = at;
    pairs.quoted = false;
  }
  pairs.count++;
  pairs.at[slot] = at;
  pairs.role[slot] = role;
  pairs.isRead[slot] = 0;
  const { held } = pairs;
  // `<string name="password">hunter2</string>`
  if (view.code(at) === EQUALS && view.isIn(QUOTE, at + 1) && view.code(from - 1) <= SPACE && role !== PAIR.sort) {
    const told = readName(view, slot);
    const text = told === undefined ? undefined : attributedText(view, behind(view, nameEnd(view, at + 2)), told);
    if (text !== undefined) return text;
  }
  if (held < 0) return undefined;
  if (from - held > LONGEST_VALUE) {
    pairs.held = -1;
    return undefined;
  }
  const kind = readName(view, slot);
  if (kind === undefined) return undefined;
  pairs.held = -1;
  if (pairs.count === 1) pairs.to = held;
  advance(view, from);
  if (held < pairs.since || isNamedBefore(view, held)) return undefined;
  const spans = heldValue(view, held, from, kind);
  return spans !== undefined && isNamed(view, slot, pairs.heldRole, held) ? spans : undefined;
}

/** `key=a value=b key=c`: another name stands before the value. */
function isNamedBefore(view: View, held: number): boolean {
  const { pairs } = view;
  for (let back = 2; back <= MOST_NAMING && back <= pairs.count; back++) {
    const slot = (pairs.count - back) % MOST_NAMING;
    const naming = pairs.at[slot] ?? 0;
    if (naming < pairs.since || held - naming > LONGEST_REACH) break;
    if (naming < held && pairs.role[slot] === PAIR.name) return true;
  }
  return false;
}

function readName(view: View, slot: number): string | undefined {
  const { pairs } = view;
  if (pairs.isRead[slot] === 1) return pairs.kind[slot];
  const at = pairs.at[slot] ?? 0;
  const start = nameStart(view, at);
  const end = nameEnd(view, start);
  const kind = end === start ? undefined : view.nameKind(start, end);
  pairs.isRead[slot] = 1;
  pairs.kind[slot] = kind;
  return kind;
}

function isNamed(view: View, slot: number, holding: PairRole, at: number): boolean {
  const { pairs } = view;
  const start = nameStart(view, pairs.at[slot] ?? 0);
  const name = view.slice(start, nameEnd(view, start));
  const value = behind(view, at + 1);
  const quote = view.isIn(QUOTE, value - 1) ? view.code(value - 1) : LINE_FEED;
  let end = value;
  while (end - value < LONGEST_SHOWN && end < view.end && view.code(end) !== quote) end++;
  const text = view.slice(value, view.code(end - 1) === BACKSLASH ? end - 1 : end);
  const names = { name: (one: string) => view.names.kindOf(one, 0, one.length, true) };
  return namesBeside(names, pairs.role[slot] ?? PAIR.none, name, holding, text);
}

/** `name=password` is of its line; in JSON, YAML and XML values stand on lines of their own. */
function isOfOneRecord(view: View, slot: number): boolean {
  const at = view.pairs.at[slot] ?? 0;
  return view.pairs.line <= at || view.code(at) === COLON || view.isIn(QUOTE, at + 1);
}

/** One word in quotes: no prose, and no code. */
function isWord(view: View, at: number): boolean {
  const from = behind(view, at + 1);
  if (!view.isIn(QUOTE, from - 1)) return false;
  let to = from;
  while (to - from < LONGEST_SHOWN && view.code(to) > SPACE && !view.isIn(QUOTE, to)) to++;
  return view.code(to) !== SPACE || view.code(to + 1) <= SPACE;
}

function heldValue(view: View, held: number, end: number, kind: string): readonly Span[] | undefined {
  const from = behind(view, held + 1);
  if (!view.isIn(QUOTE, from - 1)) return undefined;
  const quote = view.code(from - 1);
  let to = from;
  while (to < end && view.code(to) !== quote) to += view.code(to) === BACKSLASH && view.code(to + 1) !== quote ? 2 : 1;
  if (view.code(to - 1) === BACKSLASH) to--;
  return to >= end || to <= from || isStandIn(view, from, to) ? undefined : [{ from, to, kind }];
}

/** Reads on to `to`, for where an object, an element or an item of a list begins or ends. */
function advance(view: View, to: number): void {
  const { pairs } = view;
  const first = oldest(view, to);
  if (first > pairs.to) {
    // Between two keys, and so outside of quotes.
    pairs.to = first;
    pairs.quoted = false;
  }
  let { quoted } = pairs;
  for (let index = pairs.to; index < to; index++) {
    const code = view.code(index);
    if (code === DOUBLE) quoted = !quoted;
    else if (code === LINE_FEED) {
      quoted = false;
      pairs.line = index;
      if (isItem(view, index + 1)) pairs.since = index;
    } else if (!quoted && (code === BRACE || code === BRACE_CLOSE || code === LESS || code === GREATER)) {
      pairs.since = index;
    }
  }
  if (to > pairs.to) pairs.to = to;
  pairs.quoted = quoted;
}

function oldest(view: View, to: number): number {
  const { pairs } = view;
  let at = to;
  for (let back = 1; back <= MOST_NAMING && back <= pairs.count; back++) {
    const naming = pairs.at[(pairs.count - back) % MOST_NAMING] ?? 0;
    if (to - naming > LONGEST_REACH) break;
    at = naming;
  }
  return at;
}

/** `- name: a`: an item of a list in YAML. */
function isItem(view: View, from: number): boolean {
  let index = from;
  while (index - from < LONGEST_INDENT && isSpace(view.code(index))) index++;
  return view.code(index) === DASH && isSpace(view.code(index + 1));
}

function behind(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && view.isIn(GAP, index)) index++;
  return index;
}

/** Behind the operator at `at`; of a path, `["user", "password"]`, that of the last item. */
function nameStart(view: View, at: number): number {
  const start = behind(view, at + 1);
  if (view.code(start) !== BRACKET) return start;
  let to = start;
  while (to - start < LONGEST_NAME && to < view.end && view.code(to) !== BRACKET_CLOSE) to++;
  if (view.code(to) !== BRACKET_CLOSE) return start;
  const end = before(view, to);
  return view.isIn(QUOTE, end) ? view.runStart(NAME, end, LONGEST_NAME) : start;
}

function nameEnd(view: View, from: number): number {
  let to = from;
  while (to - from < LONGEST_NAME && view.isIn(NAME, to)) to++;
  return to;
}

const LINE_FEED = 10;
const SPACE = 32;
const DOUBLE = 34;
const DASH = 45;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const BRACKET = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const BRACE = 123;
const BRACE_CLOSE = 125;
