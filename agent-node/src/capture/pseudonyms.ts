import type { RedactedText } from '@borescope/redaction';
import { indexOfText, sliceText } from './primordials.ts';

/** The text with its placeholders, `[redacted:kind:pseudonym]` turned to `[redacted:kind]`. */
export function withoutPseudonyms({ text, findings }: RedactedText): string {
  let shown = text;
  for (let i = 0; i < findings.length; i++) {
    const pseudonym = findings[i]?.pseudonym;
    if (pseudonym !== undefined) shown = withoutEnding(shown, `:${pseudonym}]`);
  }
  return shown;
}

/** Stands for a secret in a text that is searched. A noncharacter: no text that is looked for has it. */
const MASK = '\uffff';

/** The text with one strange character in the place of each placeholder. */
export function masked({ text, findings }: RedactedText): string {
  let made = '';
  let from = 0;
  for (let i = 0; i < findings.length; i++) {
    const start = indexOfText(text, `[redacted:${findings[i]?.kind ?? ''}`, from);
    const end = start < 0 ? -1 : indexOfText(text, ']', start);
    if (end < 0) return MASK;
    made += sliceText(text, from, start) + MASK;
    from = end + 1;
  }
  return made + sliceText(text, from);
}

function withoutEnding(text: string, ending: string): string {
  let made = '';
  let from = 0;
  for (let at = indexOfText(text, ending); at >= 0; at = indexOfText(text, ending, from)) {
    made += `${sliceText(text, from, at)}]`;
    from = at + ending.length;
  }
  return made + sliceText(text, from);
}
