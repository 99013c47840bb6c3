import { createTableMaker, type TableMaker } from './anchor-table.ts';
import { BLOCKED_CLASS } from './blocked/class-matcher.ts';
import { createSpared } from './exceptions.ts';
import { ENUMERABLE_KINDS } from './identifiers/formats.ts';
import { codeAt, createMemo, isSafeInteger, least, own, sliceText, toText } from './intrinsics.ts';
import { lengthClass } from './length-class.ts';
import { createLiteralFinder, POLICY_LITERAL } from './literals.ts';
import { BYTES, openRedactor, STRICT, strictRedactor } from './modes.ts';
import { createNameMatcher, type NameMatcher } from './names/name-matcher.ts';
import { CODE_NAME, PAYMENT_NAME, PERSONAL_NAME, POLICY_NAME, TERM_GROUPS } from './names/name-terms.ts';
import { placeholder } from './placeholder.ts';
import type { Exceptions, Finding, RedactedText, RedactorOptions, SourceRedactor, Telling } from './redactor.ts';
import { isCardNumber, PAYMENT_CARD } from './rules/numbers/payment-card.ts';
import { toldValue } from './rules/numbers/told.ts';
import { ASKED, RULES } from './rules/table.ts';
import { createScanner, type Scanner } from './scanner.ts';
import { type Caught, mergeSpans } from './spans.ts';
import { hideRest, UNEXAMINED } from './unexamined.ts';
import { View } from './view.ts';

/**
 * UTF-16 code units of one text that are looked at. What stands behind them is not shown: `Redactor.text` puts one
 * placeholder of the kind `unexamined` in its place.
 */
export const TEXT_LIMIT = 1024 * 1024;

/**
 * How many UTF-16 code units behind its first one a secret may need to be known for what it is (a URL's user info has to
 * be read up to its `@`). A secret that goes on behind them is hidden as far as it is seen. So the first n units of a
 * longer text are safe when n + TEXT_LOOKAHEAD of them were looked at, which is what `text(text, n)` does.
 */
export const TEXT_LOOKAHEAD = 2048;

/** A pseudonym of a shorter value would help to guess it. UTF-16 code units. */
const PSEUDONYM_FROM = 8;
/** Making one goes through the whole value in the application's thread, about 0.12 us a unit: a millisecond at most. */
const PSEUDONYM_UP_TO = 8192;

/** A longer text is no number. UTF-16 code units, with what stands around and between the digits. */
const LONGEST_NUMBER = 96;
/** Words of it at which one is looked for: each costs some microseconds. */
const MOST_WORDS = 8;
/** A smaller number is a count, and a larger one has more digits than an identifier. */
const LEAST_NUMBER = 10_000;
const MOST_NUMBER = 1e18;

const LINE_FEED = 10;

/** Bounds of what is remembered of names: how many, and how long in UTF-16 code units. */
const REMEMBERED_NAMES = 4096;
const REMEMBERED_LENGTH = 64;
const HARMLESS = '';
/** No name that hides, but one that tells. */
const TELLING = '?';

const ENUMERABLE: readonly string[] = [
  CODE_NAME,
  PAYMENT_NAME,
  PERSONAL_NAME,
  UNEXAMINED,
  ...RULES.filter((rule) => rule.enumerable === true).map((rule) => rule.kind),
  ...ENUMERABLE_KINDS,
];

/** Of findings in a text, and of values that were hidden whole. */
const KINDS = createMemo();
enterKinds();

function enterKinds(): void {
  for (const kind of ENUMERABLE) KINDS.set(kind, kind);
  for (const { kind } of RULES) KINDS.set(kind, kind);
  for (const { kind } of TERM_GROUPS) if (kind !== undefined) KINDS.set(kind, kind);
  for (const kind of [POLICY_NAME, POLICY_LITERAL, STRICT, BYTES, BLOCKED_CLASS]) KINDS.set(kind, kind);
}

/** The same for every redactor. Made when it is first needed, or before, in steps: see `preparation`. */
let scanner: Scanner | undefined;
let making: TableMaker | undefined;

function theScanner(): Scanner {
  if (scanner !== undefined) return scanner;
  making ??= createTableMaker(ASKED);
  scanner = createScanner(making.finish());
  making = undefined;
  return scanner;
}

/**
 * What the first text takes besides itself, some milliseconds of the application's thread, in short steps. They may be
 * left out, stop anywhere, and run when a text has already come.
 */
export function preparation(): readonly (() => void)[] {
  if (scanner !== undefined) return [];
  making ??= createTableMaker(ASKED);
  const { steps, step } = making;
  const all: (() => void)[] = [];
  for (let at = 0; at < steps; at++) all[at] = step;
  all[steps] = theScanner;
  return all;
}

const NO_EXCEPTIONS: Exceptions = { names: [], values: [], kinds: [] };

export function createRedactor(options: RedactorOptions): SourceRedactor {
  const mode = own(options, 'mode') ?? 'standard';
  if (mode === 'off') return openRedactor();
  const standard = standardRedactor(options);
  return mode === 'strict' ? strictRedactor(standard) : standard;
}

function standardRedactor(options: RedactorOptions): SourceRedactor {
  const ownNames = own(options, 'keyNames') ?? [];
  const exceptions = own(options, 'exceptions') ?? NO_EXCEPTIONS;
  const spared = createSpared(exceptions);
  const literals = createLiteralFinder(own(options, 'literals') ?? [], KINDS);
  const findOwn = own(options, 'find');
  let matcher: NameMatcher | undefined;
  let view: View | undefined;
  const pseudonymOf = own(options, 'pseudonym');
  /** Objects of one shape repeat their names: a remembered verdict costs a tenth. It never changes an answer. */
  const verdicts = createMemo();

  function names(): NameMatcher {
    matcher ??= createNameMatcher(ownNames, exceptions.names);
    return matcher;
  }

  function verdict(name: string): string {
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    const kind = names().kindOf(name, 0, name.length, false);
    const made = kind ?? (names().told() === undefined ? HARMLESS : TELLING);
    if (verdicts.size() >= REMEMBERED_NAMES) verdicts.clear();
    verdicts.set(name, made);
    return made;
  }

  /** Some number of the text has to be one, as in `my number is 020 7946 0958`. */
  function fitting(telling: Telling, text: string): string | undefined {
    let to = text.length;
    while (to > 0 && codeAt(text, to - 1) <= 32) to--;
    view ??= new View(names());
    try {
      view.open(text, to);
      for (let at = 0, words = 0; at < to && words < MOST_WORDS; at++) {
        if (!isWord(codeAt(text, at)) || (at > 0 && isWord(codeAt(text, at - 1)))) continue;
        words++;
        const span = toldValue(view, at, telling);
        if (span === undefined || (span.to < to && isWord(codeAt(text, span.to)))) continue;
        const kind = own(span, 'kind') ?? UNEXAMINED;
        return spared?.kind(kind) === true || spared?.text(text, at, to) === true ? undefined : kind;
      }
      return undefined;
    } catch {
      return UNEXAMINED;
    } finally {
      view.close();
    }
  }

  function scan(text: string, end: number): Caught[] | undefined {
    view ??= new View(names());
    return alsoOwn(text, end, theScanner()(text, end, view, spared));
  }

  /** With what only the organization hides. It has no exceptions: who wants one takes it out. */
  function alsoOwn(text: string, end: number, caught: Caught[] | undefined): Caught[] | undefined {
    let all = caught;
    const literal = literals?.(text, end);
    if (literal !== undefined) all = all === undefined ? literal : mergeSpans(all, literal);
    const found = findOwn?.(text, end);
    if (found !== undefined && found.length > 0) all = mergeSpans(all ?? [], found);
    if (all !== undefined) hideRest(all, end);
    return all;
  }

  function finding(kind: string, of: string, value: string | undefined): Finding {
    if (value === undefined) return { kind, of };
    const pseudonym = pseudonymFor(kind, value);
    const length = lengthClass(value.length);
    return pseudonym === undefined ? { kind, of, length } : { kind, of, length, pseudonym };
  }

  function pseudonymFor(kind: string, value: string): string | undefined {
    if (pseudonymOf === undefined || value.length < PSEUDONYM_FROM || isEnumerable(kind)) return undefined;
    if (value.length > PSEUDONYM_UP_TO) return undefined;
    try {
      return pseudonymOf(kind, value);
    } catch {
      // The key is the caller's, and so is its failure: the value stays hidden, only not joinable.
      return undefined;
    }
  }

  /** What is to be hidden of the first `seen` units, and all behind them that is `wanted`. Never throws. */
  function find(text: string, wanted: number, seen: number): Caught[] | undefined {
    let caught: Caught[] | undefined;
    try {
      caught = scan(text, seen);
    } catch {
      // Nothing above may throw. Should it, the text is hidden whole, and the application never hears of it.
      caught = [{ from: 0, to: text.length, kind: UNEXAMINED }];
    }
    if (wanted > seen) {
      caught ??= [];
      const last = caught[caught.length - 1];
      const goesOn = last?.kind === UNEXAMINED && last.to >= seen;
      const at = goesOn ? caught.length - 1 : caught.length;
      caught[at] = { from: goesOn ? last.from : seen, to: text.length, kind: UNEXAMINED };
    }
    return caught;
  }

  /** `shown`: where the caller cuts; `seen`: up to where the text was looked at. */
  function rebuild(text: string, caught: readonly Caught[], shown: number, seen: number): RedactedText | undefined {
    const findings: Finding[] = [];
    let out = '';
    let done = 0;
    let whole = false;
    for (let index = 0; index < caught.length; index++) {
      const one = caught[index];
      if (one === undefined || one.from >= shown) break;
      // A value that goes on behind what was seen is not known: two that begin alike must not be told equal.
      const cut = one.to >= seen && seen < text.length;
      const value = sliceText(text, one.from, one.to);
      const hidden = cut
        ? { kind: one.kind, of: 'string', length: lengthClass(value.length) }
        : finding(one.kind, 'string', value);
      findings[findings.length] = hidden;
      out += sliceText(text, done, one.from) + placeholder(hidden.kind, own(hidden, 'pseudonym'));
      done = one.to;
      whole = index === 0 && isBlank(text, 0, one.from) && isBlank(text, one.to, seen);
    }
    if (findings.length === 0) return undefined;
    if (done < shown) out += sliceText(text, done, shown);
    return { text: out, findings, whole: whole && findings.length === 1 };
  }

  function lookAt(text: string, shown: number | undefined): RedactedText | undefined {
    const wanted = shown === undefined || shown > text.length ? text.length : shown;
    const seen = least(text.length, TEXT_LIMIT, wanted + TEXT_LOOKAHEAD);
    const caught = find(text, wanted, seen);
    return caught === undefined ? undefined : rebuild(text, caught, wanted, seen);
  }

  return {
    mode: 'standard',

    name(name) {
      if (name.length > REMEMBERED_LENGTH) return names().kindOf(name, 0, name.length, false);
      const known = verdict(name);
      return known === HARMLESS || known === TELLING ? undefined : known;
    },

    telling(name) {
      if (name.length > REMEMBERED_LENGTH || verdict(name) !== TELLING) return undefined;
      names().kindOf(name, 0, name.length, false);
      return names().told();
    },

    fits(telling, value) {
      if (typeof value === 'string') return value.length <= LONGEST_NUMBER ? fitting(telling, value) : undefined;
      if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
      if (!(value >= LEAST_NUMBER && value <= MOST_NUMBER)) return undefined;
      if (typeof value === 'number' && !isSafeInteger(value)) return undefined;
      const digits = toText(value);
      // A number that is kept as one has lost its leading zeros.
      return fitting(telling, digits) ?? fitting(telling, `0${digits}`) ?? fitting(telling, `00${digits}`);
    },

    hide: finding,

    text: lookAt,
    label: lookAt,

    source(text) {
      const seen = least(text.length, TEXT_LIMIT);
      const caught = find(text, text.length, seen);
      if (caught === undefined) return undefined;
      let out = '';
      let done = 0;
      for (let index = 0; index < caught.length; index++) {
        const one = caught[index];
        if (one === undefined) break;
        const hidden = finding(one.kind, 'string', sliceText(text, one.from, one.to));
        const mark = placeholder(hidden.kind, own(hidden, 'pseudonym'));
        out += sliceText(text, done, one.from) + mark;
        for (let at = one.from; at < one.to; at++) if (codeAt(text, at) === LINE_FEED) out += `\n${mark}`;
        done = one.to;
      }
      return out + sliceText(text, done, text.length);
    },

    number(value) {
      const of = typeof value;
      if (isCardNumber(value) && spared?.kind(PAYMENT_CARD) !== true) return { kind: PAYMENT_CARD, of };
      if (literals === undefined && findOwn === undefined) return undefined;
      const digits = toText(value);
      try {
        const kind = alsoOwn(digits, digits.length, undefined)?.[0]?.kind;
        return kind === undefined ? undefined : { kind, of };
      } catch {
        return { kind: UNEXAMINED, of };
      }
    },
  };
}

/** Nobody knows what an organization puts under its own names, or how few texts a pattern of its own is for. */
const POLICY = 'policy-';

function isEnumerable(kind: string): boolean {
  if (sliceText(kind, 0, POLICY.length) === POLICY) return true;
  for (let index = 0; index < ENUMERABLE.length; index++) if (ENUMERABLE[index] === kind) return true;
  return false;
}

/** A letter or digit; beyond ASCII everything is taken for something else. */
function isWord(code: number): boolean {
  const letter = code | 32;
  return (code >= 48 && code <= 57) || (letter >= 97 && letter <= 122 && code < 128);
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (codeAt(text, index) > 32) return false;
  return true;
}
