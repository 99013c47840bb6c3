/** Line starts of a text, so that a line and a column are an offset. */
export interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

export function splitLines(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { text, starts };
}

/** 0-based line. Undefined past the end. */
export function lineText(lines: Lines, line: number): string | undefined {
  const start = lines.starts[line];
  if (start === undefined) return undefined;
  const end = lines.starts[line + 1];
  return lines.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '');
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
