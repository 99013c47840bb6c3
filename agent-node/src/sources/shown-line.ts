import { LIMITS } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';

/** A line of source as it may leave the process: redacted like any captured text, and cut. */
export function shownLine(text: string, redactor: Redactor): string {
  const trimmed = text.replace(/\s+$/, '');
  try {
    return (redactor.text(trimmed)?.text ?? trimmed).slice(0, LIMITS.stringLength);
  } catch {
    return '[redacted]';
  }
}
