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

function withoutEnding(text: string, ending: string): string {
  let made = '';
  let from = 0;
  for (let at = indexOfText(text, ending); at >= 0; at = indexOfText(text, ending, from)) {
    made += `${sliceText(text, from, at)}]`;
    from = at + ending.length;
  }
  return made + sliceText(text, from);
}
