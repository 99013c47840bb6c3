import { type Anchored, type AnchorTable, FOLDS, isAlnum, KNOWN, QUIET, ROW, WORD } from './anchor-table.ts';
import type { Spared } from './exceptions.ts';
import { codeAt, own } from './intrinsics.ts';
import type { Span } from './rule.ts';
import { addSpan, type Caught } from './spans.ts';
import type { View } from './view.ts';

const NONE: readonly Anchored[] = [];

/** Finds what the rules catch in the first `end` units of a text; undefined where that is nothing. */
export type Scanner = (text: string, end: number) => Caught[] | undefined;

/**
 * One pass over the characters: nearly all of them are told to be quiet by one table look-up. A rule is asked only where
 * one of its anchors stands. The start of a word is looked up by its first two characters, and then by its third,
 * and compared in full only where some anchor begins with all three. What is `spared` counts as not found: the rules behind
 * are asked for it, so that no secret is shown because a rule that was excepted has found more than one.
 */
export function createScanner(
  { types, folded, filter, lists, pairs, thirds }: AnchorTable,
  view: View,
  spared: Spared | undefined,
): Scanner {
  let caught: Caught[] | undefined;

  /** The loop stays small for the compiler of the engine: what happens at an anchor is a function of its own. */
  function scan(text: string, end: number): void {
    let inWord = false;
    let next = end > 0 ? codeAt(text, 0) : 0;
    let third = end > 1 ? codeAt(text, 1) : 0;
    for (let at = 0; at < end; at++) {
      const code = next;
      next = third;
      third = at + 2 < end ? codeAt(text, at + 2) : 0;
      const type = code < 128 ? types[code] : QUIET;
      if (type === QUIET) {
        inWord = false;
        continue;
      }
      if (type === WORD) {
        if (inWord) continue;
        inWord = true;
      } else inWord = false;
      const bit =
        ((folded[code] ?? 0) * FOLDS + (folded[next < 128 ? next : 0] ?? 0)) * FOLDS +
        (folded[third < 128 ? third : 0] ?? 0);
      if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
      const row = pairs[code * 128 + (next < 128 ? next : 0)] ?? 0;
      if (row === 0) continue;
      const list = thirds[row * ROW + (third < 128 ? third : 0)] ?? 0;
      if (list === 0) continue;
      const last = ask(text, end, at, list);
      if (last > at + 1) {
        inWord = last !== view.fresh && isAlnum(codeAt(text, last - 1));
        at = last - 1;
        next = last < end ? codeAt(text, last) : 0;
        third = last + 1 < end ? codeAt(text, last + 1) : 0;
      }
    }
  }

  /** Up to where the text was read by the first rule that finds something, or behind an escape; `at` where neither is. */
  function ask(text: string, end: number, at: number, list: number): number {
    const candidates = lists[list] ?? NONE;
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index];
      if (candidate === undefined) continue;
      const { behind, ahead } = candidate;
      if (ahead > 0 && (at + ahead >= end || types[codeAt(text, at + ahead)] !== WORD)) continue;
      if (behind !== undefined && (at === 0 || behind[codeAt(text, at - 1)] !== 1)) continue;
      if (!view.startsWith(candidate.anchor, at, KNOWN)) continue;
      const { kind } = candidate.rule;
      const found = candidate.rule.match(view, at);
      if (found === undefined) continue;
      const spans = spared === undefined ? found : kept(spared, text, found, kind);
      if (spans !== undefined) return take(spans, kind, at);
    }
    return view.fresh > at ? view.fresh : at;
  }

  function take(spans: readonly Span[], kind: string, at: number): number {
    let last = at;
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index];
      if (span === undefined) continue;
      if (span.to > last) last = span.to;
      if (span.to === span.from) continue;
      caught ??= [];
      addSpan(caught, { from: span.from, to: span.to, kind: own(span, 'kind') ?? kind });
    }
    view.floor = last;
    return last;
  }

  return (text, end) => {
    view.open(text, end);
    try {
      scan(text, end);
      return caught;
    } finally {
      caught = undefined;
      view.close();
    }
  };
}

/** What of it is not spared; undefined where that is nothing. */
function kept(spared: Spared, text: string, spans: readonly Span[], kind: string): readonly Span[] | undefined {
  const left: Span[] = [];
  let hides = false;
  let lost = false;
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (span === undefined) continue;
    if (span.to > span.from && (spared.kind(own(span, 'kind') ?? kind) || spared.text(text, span.from, span.to))) {
      lost = true;
      continue;
    }
    if (span.to > span.from) hides = true;
    left[left.length] = span;
  }
  if (!lost) return spans;
  return hides ? left : undefined;
}
