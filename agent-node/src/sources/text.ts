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

export function offsetOf(lines: Lines, line: number, column: number): number {
  return (lines.starts[line] ?? lines.text.length) + column;
}
