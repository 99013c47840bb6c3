import { lengthClass } from './length-class.ts';
import { placeholder } from './placeholder.ts';
import type { Finding, SourceRedactor } from './redactor.ts';

/** The kind of every value in the mode `strict`. */
export const STRICT = 'strict';

/** The kind of the bytes of a buffer that stand in a list. */
export const BYTES = 'bytes';

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
    // Whether a value is a valid number of a person would be told by its kind.
    telling: () => undefined,
    fits: () => undefined,
  };
}

function hiddenText(kind: string, text: string): Finding {
  return { kind, of: 'string', length: lengthClass(text.length) };
}
