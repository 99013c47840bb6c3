import { RE2JS, RE2JSSyntaxException } from 're2js';
import { patternSize } from './pattern-size.ts';

/** A pattern of RE2 (github.com/google/re2/wiki/Syntax), or what is wrong with it. */
export type CompiledPattern =
  | { readonly ok: true; readonly pattern: RE2JS }
  | { readonly ok: false; readonly fault: string };

/** Instructions of a compiled pattern: each may be asked for each character of a text. */
const MOST_INSTRUCTIONS = 2_000;
/** Patterns that are kept compiled: a policy is read again and again, and hardly ever another. */
const MOST_KEPT = 2_000;
const kept = new Map<string, CompiledPattern>();

/** Linear in the text, whatever the pattern: no backtracking, and so no look-around and no back-reference. */
export function compilePattern(text: string): CompiledPattern {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const compiled = compile(text);
  kept.set(text, compiled);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return compiled;
}

function compile(text: string): CompiledPattern {
  // An estimate that is rough: what is far beyond takes long to compile, and what is not is measured.
  const estimate = patternSize(text);
  if (estimate > 2 * MOST_INSTRUCTIONS) return tooLarge(`about ${estimate}`);
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return { ok: false, fault: `${error.getDescription()} at position ${positionOf(text, error)}${hintFor(text)}` };
  }
  const size = pattern.programSize();
  if (size > MOST_INSTRUCTIONS) return tooLarge(`${size}`);
  if (pattern.test(''))
    return { ok: false, fault: 'it matches the empty text, and so everywhere: ask for one character at least' };
  return { ok: true, pattern };
}

function tooLarge(size: string): CompiledPattern {
  return {
    ok: false,
    fault: `it compiles to ${size} instructions, and ${MOST_INSTRUCTIONS} are allowed: repeat less`,
  };
}

/** 1-based, of the part that is not understood; one behind the last character where something is missing there. */
function positionOf(text: string, error: RE2JSSyntaxException): number {
  const part = error.getPattern() ?? '';
  if (part === '' || part === text) {
    if (error.getDescription() === 'missing closing )') return text.length + 1;
    for (let length = 1; length < text.length; length++) if (fails(text.slice(0, length), error)) return length;
    return text.length;
  }
  // The same characters may stand before, where they are understood.
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (fails(text.slice(0, at + part.length), error)) return at + 1;
  }
  return text.indexOf(part) + 1;
}

function fails(text: string, like: RE2JSSyntaxException): boolean {
  try {
    RE2JS.compile(text);
    return false;
  } catch (error) {
    return error instanceof RE2JSSyntaxException && error.getDescription() === like.getDescription();
  }
}

function hintFor(text: string): string {
  if (/\(\?<?[=!]/.test(text)) return '; RE2 has no look-around: match what stands there, too';
  return /\\[1-9]/.test(text) ? '; RE2 has no back-references' : '';
}
