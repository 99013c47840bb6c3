import { type AnchorTable, tableOfAnchors } from './anchor-table.ts';
import { codeAt, createMemo, leadingZeros, least, own, sliceText } from './intrinsics.ts';
import { createNameMatcher, type NameMatcher } from './names/name-matcher.ts';
import { CODE_NAME, PAYMENT_NAME, PERSONAL_NAME, POLICY_NAME } from './names/name-terms.ts';
import { placeholder } from './placeholder.ts';
import type { Finding, RedactedText, RedactorOptions, SourceRedactor } from './redactor.ts';
import { isCardNumber, PAYMENT_CARD } from './rules/payment-card.ts';
import { RULES } from './rules/table.ts';
import { type Caught, createScanner, type Scanner } from './scanner.ts';
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

/** Kind of what was not looked at: behind the limit, or after a failure inside the redactor. */
export const UNEXAMINED = 'unexamined';

/** A pseudonym of a shorter value would help to guess it. UTF-16 code units. */
const PSEUDONYM_FROM = 8;
/** Making one goes through the whole value in the application's thread, about 0.12 us a unit: a millisecond at most. */
const PSEUDONYM_UP_TO = 8192;

const LINE_FEED = 10;

/** Bounds of what is remembered of names: how many, and how long in UTF-16 code units. */
const REMEMBERED_NAMES = 1024;
const REMEMBERED_LENGTH = 64;
const HARMLESS = '';

const ENUMERABLE: readonly string[] = [
  CODE_NAME,
  PAYMENT_NAME,
  PERSONAL_NAME,
  // Nobody knows what an organization puts under its own names.
  POLICY_NAME,
  UNEXAMINED,
  ...RULES.filter((rule) => rule.enumerable === true).map((rule) => rule.kind),
];

/** The same for every redactor. Made when it is first needed: it takes a part of a millisecond of the host's start. */
let anchors: AnchorTable | undefined;

export function createRedactor(options: RedactorOptions): SourceRedactor {
  const ownNames = own(options, 'keyNames') ?? [];
  let matcher: NameMatcher | undefined;
  let scanner: Scanner | undefined;
  const pseudonymOf = own(options, 'pseudonym');
  /** Objects of one shape repeat their names: a remembered verdict costs a tenth. It never changes an answer. */
  const verdicts = createMemo();

  function names(): NameMatcher {
    matcher ??= createNameMatcher(ownNames);
    return matcher;
  }

  function scan(text: string, end: number): Caught[] | undefined {
    anchors ??= tableOfAnchors(RULES);
    scanner ??= createScanner(anchors, new View(names()));
    return scanner(text, end);
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
      caught[caught.length] = { from: seen, to: text.length, kind: UNEXAMINED };
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

  return {
    name(name) {
      if (name.length > REMEMBERED_LENGTH) return names().kindOf(name, 0, name.length, false);
      const known = verdicts.get(name);
      if (known !== undefined) return known === HARMLESS ? undefined : known;
      const kind = names().kindOf(name, 0, name.length, false);
      if (verdicts.size() >= REMEMBERED_NAMES) verdicts.clear();
      verdicts.set(name, kind ?? HARMLESS);
      return kind;
    },

    hide: finding,

    text(text, shown) {
      const wanted = shown === undefined || shown > text.length ? text.length : shown;
      const seen = least(text.length, TEXT_LIMIT, wanted + TEXT_LOOKAHEAD);
      const caught = find(text, wanted, seen);
      return caught === undefined ? undefined : rebuild(text, caught, wanted, seen);
    },

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
      const isCard = isCardNumber(value);
      return isCard ? { kind: PAYMENT_CARD, of: typeof value } : undefined;
    },
  };
}

function isEnumerable(kind: string): boolean {
  for (let index = 0; index < ENUMERABLE.length; index++) if (ENUMERABLE[index] === kind) return true;
  return false;
}

/** The smallest power of two that is at least `length`; 0 for nothing. */
function lengthClass(length: number): number {
  return length <= 1 ? length : 2 ** (32 - leadingZeros(length - 1));
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (codeAt(text, index) > 32) return false;
  return true;
}
