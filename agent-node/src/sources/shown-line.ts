import { LIMITS } from '@borescope/agent-protocol';
import { type SourceRedactor, TEXT_LIMIT, TEXT_LOOKAHEAD } from '@borescope/redaction';
import { LINE_END, type Lines, lineText } from './text.ts';

/** UTF-16 code units before the lines that are asked for in which a secret that reaches into them may begin. */
const LOOK_BACK = 128 * 1024;

/** A line of source as it may leave the process: redacted like any captured text, and cut. */
export function shownLine(text: string, redactor: SourceRedactor): string {
  const trimmed = text.replace(/\s+$/, '');
  try {
    return cut(redactor.label(trimmed)?.text ?? trimmed);
  } catch {
    return HIDDEN;
  }
}

/**
 * The lines `first` to `last` (1-based) as they may leave the process. They are redacted with what stands around them,
 * since a secret may span lines: a key in a template literal, a value below its name.
 */
export function shownLines(lines: Lines, first: number, last: number, redactor: SourceRedactor): string[] {
  const alone = () =>
    Array.from({ length: last - first + 1 }, (_, index) =>
      shownLine(lineText(lines, first - 1 + index) ?? '', redactor),
    );
  const { text, starts } = lines;
  const wanted = starts[first - 1] ?? text.length;
  const before = starts.findIndex((start) => start >= wanted - LOOK_BACK);
  const from = starts[before] ?? 0;
  const to = Math.min(text.length, (starts[last] ?? text.length) + TEXT_LOOKAHEAD);
  // Lines of a bundle are too long for what they have around them.
  if (to - from > TEXT_LIMIT) return alone();
  try {
    const part = text.slice(from, to);
    const shown = (redactor.source(part) ?? part).split(LINE_END).slice(first - 1 - before, last - before);
    return shown.map((line) => cut(line.replace(/\s+$/, '')));
  } catch {
    return Array.from({ length: last - first + 1 }, () => HIDDEN);
  }
}

/** One of them. */
export function shownLineAt(lines: Lines, line: number, redactor: SourceRedactor): string {
  return shownLines(lines, line, line, redactor)[0] ?? '';
}

const HIDDEN = '[redacted]';

function cut(line: string): string {
  return line.slice(0, LIMITS.stringLength);
}
