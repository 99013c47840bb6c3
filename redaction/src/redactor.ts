import type { IdFormat } from './identifiers/format.ts';

/** What stands in the place of a hidden value. The value itself is gone. */
export interface Finding {
  /** The rule, for example `email`, `payment-card`, `secret-name`. */
  readonly kind: string;
  /** The type of the value that stood here: `string`, `number`, `bigint`, `object`... */
  readonly of: string;
  /** Length class: the smallest power of two that is at least the length in UTF-16 code units; strings only. */
  readonly length?: number;
  /** Equal for equal values; absent for kinds whose values can be enumerated, such as a card number. */
  readonly pseudonym?: string;
}

/** A text in which something was found. */
export interface RedactedText {
  /** The text with each finding replaced by its placeholder, `[redacted:kind]` or `[redacted:kind:pseudonym]`. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** The one finding is all of the text that was looked at, but for white space at its ends. */
  readonly whole: boolean;
}

/**
 * How much is hidden. `standard`: what the rules find. `strict`: every value; types, lengths and the structure are left.
 * `off`: nothing.
 */
export type RedactionMode = 'standard' | 'strict' | 'off';

/**
 * Decides what is personal or secret, on the values of a running application and again on what was captured of them.
 * Pure: no clock, no randomness, no state that a value could change. Every function is linear in its input and bounded.
 */
export interface Redactor {
  readonly mode: RedactionMode;
  /** The kind by which a key, variable, parameter or header of this name hides its whole value; undefined: it does not. */
  name(name: string): string | undefined;
  /** What stands in place of a value that is hidden whole. `text` is the value where it is a string, for the length and the pseudonym. */
  hide(kind: string, of: string, text?: string): Finding;
  /**
   * Undefined where nothing was found. `shown`: the caller shows the first `shown` UTF-16 code units at most, and the
   * rest is neither looked at nor in the result; hand over the whole text, because a secret that starts before the cut is
   * known by what follows. The result may be longer than `shown`, by its placeholders. Without `shown`, and behind
   * `TEXT_LIMIT`, what was not looked at is hidden.
   */
  text(text: string, shown?: number): RedactedText | undefined;
  /** The same for what belongs to the code and not to its data: names, paths, messages of ours. It stays in the mode `strict`. */
  label(text: string, shown?: number): RedactedText | undefined;
  number(value: number | bigint): Finding | undefined;
  /** What a name that hides no value by itself tells of it, as `pesel` and `phone` do; undefined: nothing. */
  telling(name: string): Telling | undefined;
  /** The kind by which the name and this value together hide it; undefined: the value is no number of those. */
  fits(telling: Telling, value: unknown): string | undefined;
}

/** The formats that a value may have under a name. Handed back to the redactor that it is from. */
export type Telling = readonly IdFormat[];

/** What `createRedactor` gives: for captured values, and for the source that is shown beside them. */
export interface SourceRedactor extends Redactor {
  /**
   * Like `text`, for source that is shown line by line: a finding that spans lines leaves its placeholder on each of
   * them, so that the lines keep their numbers. Undefined where nothing was found; behind `TEXT_LIMIT` all is hidden.
   */
  source(text: string): string | undefined;
}

/** What is shown although a rule finds it. */
export interface Exceptions {
  /** Whole names of keys, whatever their case and separators; not those of `keyNames`. */
  readonly names: readonly string[];
  /** Texts, exactly: a finding that is one of them. What a name hides stays hidden. */
  readonly values: readonly string[];
  /** Kinds of findings. */
  readonly kinds: readonly string[];
}

/** Part of a text that the caller's own rules hide. */
export interface FoundPart {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

export interface RedactorOptions {
  /** `standard` where it is not given. */
  readonly mode?: RedactionMode;
  /** Key names of the organization, beyond the built-in ones. */
  readonly keyNames?: readonly string[];
  /** Texts that are hidden wherever they stand, also within words and as digits of a number. */
  readonly literals?: readonly string[];
  readonly exceptions?: Exceptions;
  /**
   * Rules of the caller's own, asked for the first `end` units of each text and for the digits of each number. Parts in
   * order and without overlaps; kinds that begin with `policy-` get no pseudonym. Where it throws, the text is hidden whole.
   */
  readonly find?: (text: string, end: number) => readonly FoundPart[];
  /** A short keyed pseudonym of a hidden value, or undefined for none. Left to the caller, who has the key. */
  readonly pseudonym?: (kind: string, value: string) => string | undefined;
}
