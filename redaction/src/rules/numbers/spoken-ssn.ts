import { alphabet, DIGIT, WORD } from '../../alphabet.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';

/** From the words to the number. UTF-16 code units. */
const LONGEST_GAP = 24;
const GAP = alphabet(' \t:#.()abcdeimnorsuwNUMBEROIS');
const SEPARATOR = alphabet('- .');
const NAMES: readonly string[] = [
  'ssn',
  'SSN',
  'Ssn',
  'social security',
  'Social security',
  'Social Security',
  'SOCIAL SECURITY',
];
/** Digits of the groups. */
const GROUPS: readonly number[] = [3, 2, 4];

/** `SSN 078-05-1120`, `his social security number is 078051120`: whether it was ever given out or not. */
export const spokenSsn: Rule = {
  kind: 'us-ssn',
  what: 'Numbers of the form of a social security number behind the words for it, also ones that were never given out',
  source: '20 CFR 422.103; Social Security Administration, "The SSN numbering scheme"',
  enumerable: true,
  anchors: NAMES,
  match(view, at) {
    if (view.isBehind(WORD, at)) return undefined;
    let words = at;
    for (let index = 0; index < NAMES.length; index++) {
      const name = NAMES[index] ?? '';
      if (view.startsWith(name, at)) words = at + name.length;
    }
    if (view.isIn(WORD, words)) return undefined;
    let from = words;
    while (from - words < LONGEST_GAP && view.isIn(GAP, from)) from++;
    const to = numberEnd(view, from);
    return to < 0 || from === words || view.isIn(WORD, from - 1) ? undefined : [{ from, to }];
  },
};

/** Behind three, two and four digits, with a sign between them or none; -1 where they do not stand there. */
function numberEnd(view: View, from: number): number {
  let index = from;
  for (let group = 0; group < GROUPS.length; group++) {
    if (group > 0 && view.isIn(SEPARATOR, index)) index++;
    const end = index + (GROUPS[group] ?? 0);
    for (; index < end; index++) if (!view.isIn(DIGIT, index)) return -1;
  }
  return view.isIn(WORD, index) ? -1 : index;
}
