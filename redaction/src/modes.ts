import { codeAt, leadingZeros } from './intrinsics.ts';
import { placeholder } from './placeholder.ts';
import type { Finding, SourceRedactor } from './redactor.ts';

/** The kind of every value in the mode `strict`. */
export const STRICT = 'strict';

/** What was hidden once is not hidden again; it says nothing. */
const MARK = placeholder(STRICT, undefined);

/** In the mode `off` nothing is found. */
export function openRedactor(): SourceRedactor {
  const nothing = (): undefined => undefined;
  return {
    mode: 'off',
    name: nothing,
    hide: (kind, of) => ({ kind, of }),
    text: nothing,
    label: nothing,
    source: nothing,
    number: nothing,
    telling: nothing,
    fits: nothing,
  };
}

/**
 * Hides every value, whatever it is, and tells its type and length class: no pseudonym either, by which two values could be
 * told equal. Names and code are what they are to `standard`.
 */
export function strictRedactor(standard: SourceRedactor): SourceRedactor {
  return {
    mode: 'strict',
    name: standard.name,
    hide: (kind, of, text) => (text === undefined ? { kind, of } : hiddenText(kind, text)),
    text(text) {
      if (text === MARK) return undefined;
      const finding = hiddenText(STRICT, text);
      return { text: MARK, findings: [finding], whole: true };
    },
    label: standard.label,
    source: standard.source,
    number: (value) => ({ kind: STRICT, of: typeof value }),
    telling: standard.telling,
    fits: standard.fits,
  };
}

function hiddenText(kind: string, text: string): Finding {
  return { kind, of: 'string', length: lengthClass(text.length) };
}

/** The smallest power of two that is at least `length`; 0 for nothing. */
export function lengthClass(length: number): number {
  return length <= 1 ? length : 2 ** (32 - leadingZeros(length - 1));
}

/** Longer names are data. */
const LONGEST_NAME = 64;

/**
 * An identifier, or words joined by hyphens, as headers are named: what somebody has written into the code. Any other
 * name of a property may be data, such as the ids of a dictionary. So may one of these: nobody can tell.
 */
export function isCodeName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  let hyphens = false;
  let others = false;
  for (let index = 0; index < name.length; index++) {
    const code = codeAt(name, index);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (isLetter) continue;
    const isDigit = code >= 48 && code <= 57;
    if (code === HYPHEN) hyphens = true;
    else if (code === DOLLAR || code === UNDERSCORE || (index === 0 ? code === HASH : isDigit)) others = true;
    else return false;
  }
  return !hyphens || !others;
}

const HASH = 35;
const DOLLAR = 36;
const HYPHEN = 45;
const UNDERSCORE = 95;
