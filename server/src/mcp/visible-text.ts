/**
 * Characters that a reader does not see, or that change what a reader sees: controls (but tab and line ends, which JSON
 * shows), format characters (all bidirectional ones, zero-width ones, tag characters), line and paragraph separators,
 * lone surrogates, blank letters, and the variation selectors that can carry hidden text.
 */
const UNSEEN = /(?![\t\n\r])(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u3164\uFFA0]|[\u{E0100}-\u{E01EF}])/gu;

/** Most names and texts are of these alone, which are all seen: a test that costs a tenth of the search for the others. */
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

export interface VisibleText {
  readonly text: string;
  /** How many characters were made visible; 0: `text` is what came in. */
  readonly escaped: number;
}

/** Writes unseen characters as `\u202e` or `\u{e0041}`. Where there is one, backslashes are doubled: nothing is ambiguous. */
export function visibleText(text: string): VisibleText {
  if (PLAIN.test(text)) return { text, escaped: 0 };
  let escaped = 0;
  for (const _ of text.matchAll(UNSEEN)) escaped += 1;
  if (escaped === 0) return { text, escaped };
  return { text: text.replaceAll('\\', '\\\\').replace(UNSEEN, escapeCharacter), escaped };
}

/** One line that can stand anywhere: unseen characters and line ends visible, cut at `limit` characters. */
export function visibleLine(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return visibleText(cut).text.replace(/[\t\n\r]/g, (character) => JSON.stringify(character).slice(1, -1));
}

/** A name as engines write them: no spaces but after one of these words. */
const NAME = /^(?:(?:async|new|get|set) )?[\p{L}\p{N}_$.#<>/\\@:~+\-[\]()]{1,300}$/u;

/** A name or a path as it is where it cannot be mistaken for prose, else as a JSON string. */
export function visibleName(name: string): string {
  return NAME.test(name) ? name : JSON.stringify(visibleText(name).text);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
