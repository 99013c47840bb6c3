import { Bytes, codeAt, least, most, own, Words } from './intrinsics.ts';
import type { Rule, Span } from './rule.ts';
import type { View } from './view.ts';

/** A span with the rule's kind filled in. */
export interface Caught {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

/** Finds what the rules catch in the first `end` units of a text; undefined where that is nothing. */
export type Scanner = (text: string, end: number) => Caught[] | undefined;

interface Anchored {
  readonly anchor: string;
  readonly rule: Rule;
}

/** Characters of an anchor that the look-up of the pair has compared. */
const KNOWN = 2;
/** Third characters of a row. */
const ROW = 128;

const QUIET = 0;
const WORD = 1;
const SYMBOL = 2;

/** Classes of characters in the filter: letters whatever their case, digits together, and the rest in a few. */
const FOLDS = 32;
const folded = new Bytes(128);
for (let code = 0; code < 128; code++) {
  const letter = (code | 32) - 97;
  folded[code] = letter >= 0 && letter < 26 ? letter : code >= 48 && code <= 57 ? 26 : 27 + (code % 5);
}

function fold(code: number): number {
  return folded[code < 128 ? code : 0] ?? 0;
}

/** Where the rules begin: what a character can be the start of. */
export interface AnchorTable {
  readonly types: Uint8Array;
  /**
   * A bit for each three characters (`folded`) that some anchor may begin with. Nearly every word ends here, and it is
   * small enough to stay in the processor's nearest cache.
   */
  readonly filter: Uint8Array;
  readonly lists: readonly (readonly Anchored[])[];
  /** By the first two characters of an anchor, its row in `thirds`; 0 where no anchor begins with them. */
  readonly pairs: Uint16Array;
  /** By the third character, in rows of 128, the place in `lists`; 0 where no anchor goes on with it. */
  readonly thirds: Uint16Array;
}

/** Runs no built-in that the application may have replaced since this module was loaded, and no iterator. */
export function tableOfAnchors(rules: readonly Rule[]): AnchorTable {
  const types = new Bytes(128);
  for (let code = 0; code < 128; code++) types[code] = isAlnum(code) ? WORD : QUIET;
  const byPair: Anchored[][] = [[]];
  const pairs = new Words(128 * 128);
  const filter = new Bytes(FOLDS ** 3 / 8);

  /** Characters that the anchor leaves open count as each of them. */
  function addToFilter(anchor: string): void {
    const first = folded[codeAt(anchor, 0)] ?? 0;
    const second = anchor.length > 1 ? (folded[codeAt(anchor, 1)] ?? 0) : -1;
    const third = anchor.length > 2 ? (folded[codeAt(anchor, 2)] ?? 0) : -1;
    for (let two = most(second, 0); two <= (second < 0 ? FOLDS - 1 : second); two++) {
      for (let three = most(third, 0); three <= (third < 0 ? FOLDS - 1 : third); three++) {
        const bit = (first * FOLDS + two) * FOLDS + three;
        filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
      }
    }
  }

  function addPair(pair: number, anchored: Anchored): void {
    const place = pairs[pair] ?? 0;
    const list = byPair[place];
    if (place !== 0 && list !== undefined) list[list.length] = anchored;
    else {
      pairs[pair] = byPair.length;
      byPair[byPair.length] = [anchored];
    }
  }

  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined) continue;
    for (let index = 0; index < rule.anchors.length; index++) {
      const anchor = rule.anchors[index] ?? '';
      const first = codeAt(anchor, 0);
      if (!(first < 128)) throw new Error(`rule ${rule.kind}: an anchor must be ASCII and not empty`);
      if (!isAlnum(first)) types[first] = SYMBOL;
      const anchored = { anchor, rule };
      addToFilter(anchor);
      if (anchor.length > 1) addPair(first * 128 + codeAt(anchor, 1), anchored);
      // An anchor of one character goes with whatever follows it.
      else for (let next = 0; next < 128; next++) addPair(first * 128 + next, anchored);
    }
  }
  return { types, filter, pairs, ...splitByThird(byPair) };
}

/** Anchors of two characters go with whatever is the third. */
function splitByThird(byPair: readonly (readonly Anchored[])[]): Pick<AnchorTable, 'thirds' | 'lists'> {
  const thirds = new Words(byPair.length * ROW);
  const lists: Anchored[][] = [[]];
  for (let row = 1; row < byPair.length; row++) {
    const list = byPair[row];
    if (list === undefined) continue;
    /** The anchors that are over: where nothing longer goes on, one list serves all third characters. */
    const short: Anchored[] = [];
    for (let index = 0; index < list.length; index++) {
      const one = list[index];
      if (one !== undefined && one.anchor.length <= KNOWN) short[short.length] = one;
    }
    const rest = short.length === 0 ? 0 : lists.length;
    if (rest !== 0) lists[rest] = short;
    for (let third = 0; third < ROW; third++) thirds[row * ROW + third] = rest;
    for (let index = 0; index < list.length; index++) {
      const one: Anchored | undefined = list[index];
      if (one === undefined || one.anchor.length <= KNOWN) continue;
      const cell = row * ROW + codeAt(one.anchor, KNOWN);
      if (thirds[cell] !== rest) continue;
      // The rules keep their order, in which the first that finds something is taken.
      const place = lists.length;
      const those: Anchored[] = [];
      for (let each = 0; each < list.length; each++) {
        const other = list[each];
        if (other === undefined) continue;
        if (other.anchor.length <= KNOWN || codeAt(other.anchor, KNOWN) === codeAt(one.anchor, KNOWN))
          those[those.length] = other;
      }
      lists[place] = those;
      thirds[cell] = place;
    }
  }
  return { thirds, lists };
}

/**
 * One pass over the characters: nearly all of them are told to be quiet by one table look-up. A rule is asked only where
 * one of its anchors stands. The start of a word is looked up by its first two characters, and then by its third,
 * and compared in full only where some anchor begins with all three.
 */
export function createScanner({ types, filter, lists, pairs, thirds }: AnchorTable, view: View): Scanner {
  function scan(text: string, end: number): Caught[] | undefined {
    let caught: Caught[] | undefined;
    let opened = false;
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
      const bit = ((folded[code] ?? 0) * FOLDS + fold(next)) * FOLDS + fold(third);
      if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
      const row = pairs[code * 128 + (next < 128 ? next : 0)] ?? 0;
      if (row === 0) continue;
      const list = thirds[row * ROW + (third < 128 ? third : 0)] ?? 0;
      if (list === 0) continue;
      const candidates = lists[list];
      if (candidates === undefined) continue;
      if (!opened) {
        view.open(text, end);
        opened = true;
      }
      let spans: readonly Span[] | undefined;
      let kind = '';
      for (let index = 0; index < candidates.length && spans === undefined; index++) {
        const candidate = candidates[index];
        if (candidate === undefined || !view.startsWith(candidate.anchor, at, KNOWN)) continue;
        spans = candidate.rule.match(view, at);
        kind = candidate.rule.kind;
      }
      if (spans === undefined) continue;
      caught ??= [];
      let last = at;
      for (let index = 0; index < spans.length; index++) {
        const span = spans[index];
        if (span === undefined) continue;
        if (span.to > last) last = span.to;
        if (span.to > span.from) insert(caught, { from: span.from, to: span.to, kind: own(span, 'kind') ?? kind });
      }
      view.floor = last;
      if (last > at + 1) {
        inWord = isAlnum(codeAt(text, last - 1));
        at = last - 1;
        next = last < end ? codeAt(text, last) : 0;
        third = last + 1 < end ? codeAt(text, last + 1) : 0;
      }
    }
    return caught !== undefined && caught.length > 0 ? caught : undefined;
  }

  return (text, end) => {
    try {
      return scan(text, end);
    } finally {
      view.close();
    }
  };
}

/** Keeps the list in order and free of overlaps: what overlaps becomes one, under the kind of the one that starts first. */
function insert(list: Caught[], span: Caught): void {
  let { from, to, kind } = span;
  for (let last = list[list.length - 1]; last !== undefined && last.to > from; last = list[list.length - 1]) {
    if (last.from <= from) kind = last.kind;
    from = least(last.from, from);
    to = most(last.to, to);
    list.length--;
  }
  list[list.length] = { from, to, kind };
}

function isAlnum(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
