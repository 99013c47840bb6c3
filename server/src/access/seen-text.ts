/**
 * Controls, format characters (all bidirectional ones, zero-width ones), line and paragraph separators, lone surrogates, blank
 * letters, and the variation selectors that can carry hidden text.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u3164\uFFA0\u2800]|[\u{E0100}-\u{E01EF}]/gu;

/** What a name has to be, for a person. */
export const NAME_RULE = '1 to 128 characters, all of which are seen, with no blank at either end';

/** Without what is not seen: it could make a name read as another, or a terminal act on it. */
export function seenText(text: string): string {
  return text.replace(UNSEEN, '').trim();
}

/** A name that somebody types. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= 128 && seenText(text) === text;
}
