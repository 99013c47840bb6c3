import { placeholder } from './placeholder.ts';
import type { Finding, Redactor } from './redactor.ts';

/** Lines of one text with what was found hidden, line by line, so that line numbers stay true. */
export interface RedactedLines {
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Redacts consecutive lines together, so that a private key that runs over many of them is seen as one. Where something
 * spans lines, each of its lines is replaced by a placeholder of its own. Undefined where nothing was found.
 */
export function redactLines(redactor: Redactor, lines: readonly string[]): RedactedLines | undefined {
  const joined = redactor.text(lines.join('\n'));
  if (joined === undefined) return undefined;
  const together = joined.text.split('\n');
  if (together.length === lines.length) return { lines: together, findings: joined.findings };

  // Something spans lines: those that came through whole stay, from both ends; between them nothing is trusted but
  // what is unchanged in the joined text, too.
  const kept = new Set(together);
  const kind = joined.findings[0]?.kind ?? 'unexamined';
  const out = lines.map((line) => {
    const own = redactor.text(line)?.text ?? line;
    return line.trim() === '' || kept.has(own) ? own : placeholder(kind, undefined);
  });
  return { lines: out, findings: joined.findings };
}
