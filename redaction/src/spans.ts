import { least, most } from './intrinsics.ts';
import type { FoundPart } from './redactor.ts';

/** Part of a text that is hidden, and by which kind. */
export type Caught = FoundPart;

/** Keeps a list in order and free of overlaps: what overlaps becomes one, under the kind of the one that starts first. */
export function addSpan(list: Caught[], span: Caught): void {
  let { from, to, kind } = span;
  for (let last = list[list.length - 1]; last !== undefined && last.to > from; last = list[list.length - 1]) {
    if (last.from <= from) kind = last.kind;
    from = least(last.from, from);
    to = most(last.to, to);
    list.length--;
  }
  list[list.length] = { from, to, kind };
}

/** Two such lists as one. */
export function mergeSpans(one: readonly Caught[], other: readonly Caught[]): Caught[] {
  const merged: Caught[] = [];
  let left = 0;
  let right = 0;
  while (left < one.length || right < other.length) {
    const a = one[left];
    const b = other[right];
    if (a !== undefined && (b === undefined || a.from <= b.from)) {
      addSpan(merged, a);
      left++;
    } else if (b !== undefined) {
      addSpan(merged, b);
      right++;
    } else break;
  }
  return merged;
}
