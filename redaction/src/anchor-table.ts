import { Bytes, codeAt, own, Words } from './intrinsics.ts';
import type { Rule } from './rule.ts';

export interface Anchored {
  readonly anchor: string;
  readonly rule: Rule;
  /** 1 for each character that the rule is asked behind; undefined: it is asked behind any. */
  readonly behind: Uint8Array | undefined;
  /** A letter or digit stands so many units ahead; 0: it is not looked for. */
  readonly ahead: number;
}

/** Characters of an anchor that the look-up of the pair has compared. */
export const KNOWN = 2;
/** Third characters of a row. */
export const ROW = 128;

export const QUIET = 0;
export const WORD = 1;
const SYMBOL = 2;

/** Classes of characters in the filter: letters whatever their case, digits together, and the rest in a few. */
export const FOLDS = 32;
const folded = new Bytes(128);
for (let code = 0; code < 128; code++) {
  const letter = (code | 32) - 97;
  folded[code] = letter >= 0 && letter < 26 ? letter : code >= 48 && code <= 57 ? 26 : 27 + (code % 5);
}

/** Where the rules begin: what a character can be the start of. */
export interface AnchorTable {
  readonly types: Uint8Array;
  /** The class of a character in the filter. */
  readonly folded: Uint8Array;
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

/** The anchors that begin with the same two characters, or with one whose second is open. */
interface Row {
  /** The list for third characters that no anchor goes on with: those of one or two characters; 0 for none. */
  rest: number;
  /** All lists of the row. */
  readonly lists: number[];
}

/**
 * Runs no built-in that the application may have replaced since this module was loaded, and no iterator. Made once, in
 * the application's thread, by going through the anchors once: a list is begun as a copy of the one that served before,
 * and so the rules keep their order, in which the first that finds something is taken.
 */
export function tableOfAnchors(rules: readonly Rule[]): AnchorTable {
  const types = new Bytes(ROW);
  for (let code = 0; code < ROW; code++) types[code] = isAlnum(code) ? WORD : QUIET;
  const filter = new Bytes(FOLDS ** 3 / 8);
  const pairs = new Words(ROW * ROW);
  let count = 0;
  for (let at = 0; at < rules.length; at++) count += rules[at]?.anchors.length ?? 0;
  // Row 0 is that of no anchor; no anchor makes more than one.
  const thirds = new Words((1 + count) * ROW);
  const lists: Anchored[][] = [[]];
  const rows: Row[] = [{ rest: 0, lists: [] }];
  /** By the first character: the row for second characters that no anchor goes on with, and all rows. */
  const open = new Words(ROW);
  const rowsOf: number[][] = [];
  for (let first = 0; first < ROW; first++) rowsOf[first] = [];

  function addList(row: Row, like: number): number {
    const list: Anchored[] = [];
    const model = lists[like];
    for (let index = 0; model !== undefined && index < model.length; index++) {
      const one = model[index];
      if (one !== undefined) list[index] = one;
    }
    lists[lists.length] = list;
    row.lists[row.lists.length] = lists.length - 1;
    return lists.length - 1;
  }

  function append(list: Anchored[] | undefined, anchored: Anchored): void {
    if (list !== undefined) list[list.length] = anchored;
  }

  function addRow(first: number, like: number): number {
    const place = rows.length;
    const row: Row = { rest: 0, lists: [] };
    rows[place] = row;
    const those = rowsOf[first];
    if (those !== undefined) those[those.length] = place;
    if (like !== 0) setRest(place, row, rows[like]?.rest ?? 0);
    return place;
  }

  function setRest(place: number, row: Row, like: number): void {
    row.rest = addList(row, like);
    for (let cell = place * ROW; cell < (place + 1) * ROW; cell++) if (thirds[cell] === 0) thirds[cell] = row.rest;
  }

  /** Whatever the third character is. */
  function addToAll(place: number, anchored: Anchored): void {
    const row = rows[place];
    if (row === undefined) return;
    if (row.rest === 0) setRest(place, row, 0);
    for (let index = 0; index < row.lists.length; index++) append(lists[row.lists[index] ?? 0], anchored);
  }

  function add(first: number, anchored: Anchored): void {
    const { anchor } = anchored;
    if (anchor.length === 1) {
      if (open[first] === 0) {
        const place = addRow(first, 0);
        open[first] = place;
        for (let pair = first * ROW; pair < (first + 1) * ROW; pair++) if (pairs[pair] === 0) pairs[pair] = place;
      }
      const those = rowsOf[first];
      for (let index = 0; those !== undefined && index < those.length; index++) addToAll(those[index] ?? 0, anchored);
      return;
    }
    const pair = first * ROW + codeAt(anchor, 1);
    if (pairs[pair] === open[first]) pairs[pair] = addRow(first, open[first] ?? 0);
    const place = pairs[pair] ?? 0;
    if (anchor.length === KNOWN) {
      addToAll(place, anchored);
      return;
    }
    const row = rows[place];
    const cell = place * ROW + codeAt(anchor, KNOWN);
    if (row === undefined) return;
    if (thirds[cell] === row.rest) thirds[cell] = addList(row, row.rest);
    append(lists[thirds[cell] ?? 0], anchored);
  }

  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined) continue;
    const behind = own(rule, 'behind')?.has;
    const ahead = own(rule, 'ahead') ?? 0;
    for (let index = 0; index < rule.anchors.length; index++) {
      const anchor = rule.anchors[index] ?? '';
      const first = codeAt(anchor, 0);
      if (!(first < ROW)) throw new Error(`rule ${rule.kind}: an anchor must be ASCII and not empty`);
      if (!isAlnum(first)) types[first] = SYMBOL;
      add(first, { anchor, rule, behind, ahead });
      addToFilter(filter, anchor);
    }
  }
  return { types, folded, filter, pairs, thirds, lists };
}

/** Characters that the anchor leaves open count as each of them: whole bytes of the filter. */
function addToFilter(filter: Uint8Array, anchor: string): void {
  const first = (folded[codeAt(anchor, 0)] ?? 0) * FOLDS * FOLDS;
  const second = anchor.length > 1 ? first + (folded[codeAt(anchor, 1)] ?? 0) * FOLDS : first;
  if (anchor.length > 2) {
    const bit = second + (folded[codeAt(anchor, 2)] ?? 0);
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    return;
  }
  const bits = anchor.length > 1 ? FOLDS : FOLDS * FOLDS;
  for (let byte = second >> 3; byte < (second + bits) >> 3; byte++) filter[byte] = 255;
}

export function isAlnum(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
