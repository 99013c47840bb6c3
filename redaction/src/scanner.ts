import { type AnchorTable, FOLDS, isAlnum, KNOWN, LONG, QUIET, ROW, SYMBOL, THIRDS, WORD } from './anchor-table.ts';
import { followsLabel, isFraction, mayBegin, runOf, slotAt } from './beginnings.ts';
import type { Spared } from './exceptions.ts';
import { codeAt, own } from './intrinsics.ts';
import type { Rule, Span } from './rule.ts';
import { addSpan, type Caught } from './spans.ts';
import { hideRest } from './unexamined.ts';
import type { View } from './view.ts';

/**
 * Finds what the rules catch in the first `end` units of a text; undefined where that is nothing. What is `spared` counts
 * as not found: the rules behind are asked for it, so that no secret is shown because a rule that was excepted has found
 * more than one.
 */
export type Scanner = (text: string, end: number, view: View, spared: Spared | undefined) => Caught[] | undefined;

/**
 * One pass over the characters: nearly all of them are told to be quiet by one table look-up. A rule is asked only where
 * one of its anchors stands. The start of a word is looked up by its first two characters, and then by its third,
 * and compared in full only where some anchor begins with all three. Made once for all redactors: V8 takes the tables for
 * constants only while there is one function that uses them.
 */
export function createScanner(table: AnchorTable): Scanner {
  const {
    types,
    folded,
    filter,
    lists,
    pairs,
    open,
    thirds,
    rest,
    digits,
    capitals,
    labelledDigits,
    labelledCapitals,
  } = table;
  const { begunByDigits, begunByCapitals, long, reach } = table;

  /** Behind the letters and digits from `at` on. */
  function wordEnd(text: string, at: number, end: number): number {
    let index = at;
    for (; index < end; index++) {
      const code = codeAt(text, index);
      if (code >= 128 || (types[code] ?? QUIET) < WORD) break;
    }
    return index;
  }

  function scan(text: string, end: number, view: View, spared: Spared | undefined): Caught[] | undefined {
    let caught: Caught[] | undefined;
    let opened = false;
    for (let at = 0; at < end; ) {
      const code = codeAt(text, at);
      const type = code < 128 ? (types[code] ?? QUIET) : QUIET;
      if (type === QUIET) {
        at++;
        continue;
      }
      const next = at + 1 < end ? codeAt(text, at + 1) : 0;
      const third = at + 2 < end ? codeAt(text, at + 2) : 0;
      const bit =
        ((folded[code] ?? 0) * FOLDS + (folded[next < 128 ? next : 0] ?? 0)) * THIRDS +
        ((folded[third < 128 ? third : 0] ?? 0) & (THIRDS - 1));
      let list = 0;
      if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0) {
        const row = pairs[code * ROW + (next < ROW ? next : 0)] || (open[code] ?? 0);
        list = thirds[row * ROW + (third < ROW ? third : 0)] || (rest[row] ?? 0);
      }
      const longEnd = type === LONG ? wordEnd(text, at + 1, end) : at;
      const isLong = longEnd > at + reach;
      let slot = 0;
      let labelled = false;
      if (type >= WORD && code <= CAPITAL_Z && (code < COLON || next < SMALL_A)) {
        slot = slotAt(text, at, end);
        const isDigit = code < COLON;
        const bits = (isDigit ? labelledDigits : labelledCapitals)[slot] ?? 0;
        labelled = bits !== 0 && followsLabel(text, at) && mayBegin(bits, slot, text, at, end);
        const all = (isDigit ? digits : capitals)[slot] ?? 0;
        if (!labelled && (!mayBegin(all, slot, text, at, end) || isFraction(text, at))) {
          if (list === 0 && !isLong) {
            at = type === LONG ? longEnd : wordEnd(text, at + runOf(slot), end);
            continue;
          }
          slot = 0;
        }
      } else if (list === 0 && !isLong) {
        at = type === SYMBOL ? at + 1 : type === LONG ? longEnd : wordEnd(text, at + 1, end);
        continue;
      }
      if (!opened) {
        view.open(text, end);
        opened = true;
      }
      let spans: readonly Span[] | undefined;
      let kind = '';
      if (slot !== 0) {
        const begun = code < COLON ? begunByDigits : begunByCapitals;
        for (let index = 0; index < begun.length && spans === undefined; index++) {
          const one = begun[index];
          if (one === undefined || (one.labelled && !labelled)) continue;
          if (!mayBegin(one.bits[slot] ?? 0, slot, text, at, end)) continue;
          kind = one.rule.kind;
          spans = one.match(view, at, slot);
          if (spared !== undefined && spans !== undefined) spans = kept(spared, text, spans, kind);
        }
      }
      for (let index = 0; isLong && index < long.length && spans === undefined; index++) {
        const one = long[index];
        if (one === undefined || one.first !== code) continue;
        kind = one.rule.kind;
        spans = one.match(view, at, slot);
        if (spared !== undefined && spans !== undefined) spans = kept(spared, text, spans, kind);
      }
      let asked: Rule | undefined;
      const fourth = list !== 0 && at + KNOWN < end ? codeAt(text, at + KNOWN) : 0;
      for (let one = lists[list]; one !== undefined && spans === undefined; one = one.next) {
        if (one.fourth >= 0 && (one.fourth !== fourth || !view.startsWith(one.anchor, at, KNOWN + 1))) continue;
        const { rule, behind, followed, ahead, again } = one;
        // By another anchor of it, at this place: it would read and say the same.
        if (rule === asked) continue;
        if (followed !== undefined && !isMember(followed, text, at + one.anchor.length, end)) continue;
        if (again > 0 && (at + again >= end || codeAt(text, at + again) !== code)) continue;
        if (ahead > 0 && (at + ahead >= end || (types[codeAt(text, at + ahead)] ?? QUIET) < WORD)) continue;
        if (behind !== undefined && (at === 0 || behind[codeAt(text, at - 1)] !== 1)) continue;
        asked = rule;
        kind = rule.kind;
        spans = one.match(view, at, slot);
        if (spared !== undefined && spans !== undefined) spans = kept(spared, text, spans, kind);
      }
      if (spans === undefined && view.fresh > at) {
        // Behind an escape a word begins.
        at = view.fresh;
        continue;
      }
      if (spans === undefined) {
        at = type === SYMBOL ? at + 1 : wordEnd(text, at + 1, end);
        continue;
      }
      caught ??= [];
      let last = at;
      for (let index = 0; index < spans.length; index++) {
        const span = spans[index];
        if (span === undefined) continue;
        if (span.to > last) last = span.to;
        if (span.to > span.from) addSpan(caught, { from: span.from, to: span.to, kind: own(span, 'kind') ?? kind });
      }
      if (hideRest(caught, end)) return caught;
      view.floor = last;
      // A word that begins within it is none.
      if (last <= at) last = at + 1;
      at = last !== view.fresh && isAlnum(codeAt(text, last - 1)) ? wordEnd(text, last, end) : last;
    }
    return caught !== undefined && caught.length > 0 ? caught : undefined;
  }

  /** 1 for a member, by code. */
  function isMember(has: Uint8Array, text: string, at: number, end: number): boolean {
    return at < end && has[codeAt(text, at)] === 1;
  }

  return (text, end, view, spared) => {
    try {
      return scan(text, end, view, spared);
    } finally {
      view.close();
    }
  };
}

const COLON = 58;
const CAPITAL_Z = 90;
const SMALL_A = 97;

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
