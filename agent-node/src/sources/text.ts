/** Line starts of a text, so that a line and a column are an offset. */
export interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

/**
 * What ends a line for V8, in stacks and in source maps: ECMA-262, LineTerminatorSequence. An editor that goes by `\n` alone
 * counts fewer lines in the rare file that has one of the others.
 */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

export function splitLines(text: string): Lines {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(new RegExp(LINE_END, 'g'))) starts.push(index + end.length);
  return { text, starts };
}

/** 0-based line. Undefined past the end. */
export function lineText(lines: Lines, line: number): string | undefined {
  const start = lines.starts[line];
  if (start === undefined) return undefined;
  return lines.text.slice(start, lines.starts[line + 1]).split(LINE_END, 1)[0] ?? '';
}

/** 0-based line and column. */
export function positionOf({ starts }: Lines, offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (starts[low] ?? 0) };
}

export function offsetOf(lines: Lines, line: number, column: number): number {
  return (lines.starts[line] ?? lines.text.length) + column;
}
