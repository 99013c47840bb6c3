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

/** Characters of a word anchor that the look-up of the pair has compared. */
const KNOWN = 2;

const QUIET = 0;
const WORD = 1;
const SYMBOL = 2;

/** Where the rules begin: what a character can be the start of. */
export interface AnchorTable {
  readonly types: Uint8Array;
  readonly bySymbol: readonly (readonly Rule[])[];
  readonly wordLists: readonly (readonly Anchored[])[];
  /** By the first two characters of a word, its place in `wordLists`. */
  readonly pairs: Uint16Array;
}

/** Runs no built-in that the application may have replaced since this module was loaded, and no iterator. */
export function tableOfAnchors(rules: readonly Rule[]): AnchorTable {
  const types = new Bytes(128);
  const bySymbol: Rule[][] = [];
  for (let code = 0; code < 128; code++) {
    types[code] = isAlnum(code) ? WORD : QUIET;
    bySymbol[code] = [];
  }
  const wordLists: Anchored[][] = [[]];
  const pairs = new Words(128 * 128);

  function addWord(pair: number, anchored: Anchored): void {
    const place = pairs[pair] ?? 0;
    const list = wordLists[place];
    if (place !== 0 && list !== undefined) list[list.length] = anchored;
    else {
      pairs[pair] = wordLists.length;
      wordLists[wordLists.length] = [anchored];
    }
  }

  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined) continue;
    for (let index = 0; index < rule.anchors.length; index++) {
      const anchor = rule.anchors[index] ?? '';
      const first = codeAt(anchor, 0);
      if (!(first < 128)) throw new Error(`rule ${rule.kind}: an anchor must be ASCII and not empty`);
      if (!isAlnum(first)) {
        if (anchor.length !== 1)
          throw new Error(`rule ${rule.kind}: the anchor ${anchor} must be one symbol or a word`);
        types[first] = SYMBOL;
        const list = bySymbol[first];
        if (list !== undefined) list[list.length] = rule;
        continue;
      }
      const anchored = { anchor, rule };
      if (anchor.length > 1) addWord(first * 128 + codeAt(anchor, 1), anchored);
      // A word anchor of one character goes with whatever follows it.
      else for (let next = 0; next < 128; next++) addWord(first * 128 + next, anchored);
    }
  }
  return { types, bySymbol, wordLists, pairs };
}

/**
 * One pass over the characters: nearly all of them are told to be quiet by one table look-up. A rule is asked only where
 * one of its anchors stands. The start of a word is looked up by its first two characters, and compared in full only
 * where some anchor begins with both.
 */
export function createScanner({ types, bySymbol, wordLists, pairs }: AnchorTable, view: View): Scanner {
  function scan(text: string, end: number): Caught[] | undefined {
    let caught: Caught[] | undefined;
    let opened = false;
    let inWord = false;
    for (let at = 0; at < end; at++) {
      const code = codeAt(text, at);
      const type = code < 128 ? types[code] : QUIET;
      if (type === QUIET) {
        inWord = false;
        continue;
      }
      let spans: readonly Span[] | undefined;
      let kind = '';
      if (type === WORD) {
        if (inWord) continue;
        inWord = true;
        const next = at + 1 < end ? codeAt(text, at + 1) : 0;
        const list = pairs[code * 128 + (next < 128 ? next : 0)] ?? 0;
        if (list === 0) continue;
        if (!opened) {
          view.open(text, end);
          opened = true;
        }
        const candidates = wordLists[list];
        if (candidates === undefined) continue;
        for (let index = 0; index < candidates.length && spans === undefined; index++) {
          const candidate = candidates[index];
          if (candidate === undefined || !view.startsWith(candidate.anchor, at, KNOWN)) continue;
          spans = candidate.rule.match(view, at);
          kind = candidate.rule.kind;
        }
      } else {
        inWord = false;
        if (!opened) {
          view.open(text, end);
          opened = true;
        }
        const candidates = bySymbol[code];
        if (candidates === undefined) continue;
        for (let index = 0; index < candidates.length && spans === undefined; index++) {
          const rule = candidates[index];
          if (rule === undefined) continue;
          spans = rule.match(view, at);
          kind = rule.kind;
        }
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
