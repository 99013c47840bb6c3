import { readFileSync } from 'node:fs';

/** The 1-based number of the only line that holds this text: a number in a script would go stale with the next edit. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  const [line] = found;
  if (line === undefined || found.length > 1) throw new Error(`${found.length} lines of ${file} hold ${text}`);
  return line;
}
