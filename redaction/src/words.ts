import { codeAt, sliceText } from './intrinsics.ts';

/** The words of a list that is written as one text: white space separates them. No regular expression splits it. */
export function wordsIn(list: string): string[] {
  const words: string[] = [];
  let from = 0;
  for (let at = 0; at <= list.length; at++) {
    if (at < list.length && codeAt(list, at) > 32) continue;
    if (at > from) words[words.length] = sliceText(list, from, at);
    from = at + 1;
  }
  return words;
}
