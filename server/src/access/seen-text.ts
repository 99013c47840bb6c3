/** Controls, format characters (all bidirectional ones, zero-width ones), line and paragraph separators, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Without what is not seen: it could make a name read as another, or a terminal act on it. */
export function seenText(text: string): string {
  return text.replace(UNSEEN, '').trim();
}
