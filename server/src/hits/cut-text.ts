import { LIMITS } from '@borescope/agent-protocol';
import { UNEXAMINED } from '@borescope/redaction';

/** UTF-16 code units at the end of a text that an agent has cut, in which the head of something may stand. */
const END = 128;
/** How far back from there the beginning of a word is looked for; a placeholder is one. */
const WORD = 256;
const ELLIPSIS = '\u2026';
const MARK = `[redacted:${UNEXAMINED}]`;

/** Of a text that has no length beside it: the agent ends one that it cuts with an ellipsis. */
export function isCutText(text: string): boolean {
  return text.length >= LIMITS.stringLength - 1 && text.endsWith(ELLIPSIS);
}

/** With a placeholder for its end. */
export function withoutEnd(text: string): string {
  const at = Math.max(0, text.length - END);
  const least = Math.max(0, at - WORD);
  let from = at;
  while (from > least && text.charAt(from - 1).trim() !== '') from--;
  return `${text.slice(0, from > least ? from : at)}${MARK}`;
}
