import { createBeginnings } from './beginnings.ts';
import { Bytes, codeAt, least, own, Words } from './intrinsics.ts';
import type { Rule } from './rule.ts';

export interface Anchored {
  readonly anchor: string;
  /** The first of its characters that the look-up has not compared; -1: it has compared all. */
  readonly fourth: number;
  readonly rule: Rule;
  /** The rule's own, for all rules in objects of one shape. */
  readonly match: Rule['match'];
  /** 1 for each character that the rule is asked behind; undefined: it is asked behind any. */
  readonly behind: Uint8Array | undefined;
  /** 1 for each character that has to follow the anchor; undefined: any may. */
  readonly followed: Uint8Array | undefined;
  /** A letter or digit stands so many units ahead; 0: it is not looked for. */
  readonly ahead: number;
  /** The first unit of the anchor stands again so many units ahead; 0: it is not looked for. */
  readonly again: number;
  /** The next one of the same list. */
  readonly next: Anchored | undefined;
}

/** A rule that is asked at long words only. */
export interface Long extends Pick<Anchored, 'rule' | 'match'> {
  /** The first character of the word. */
  readonly first: number;
}

/** A rule that is asked at words by how they begin. */
export interface Begun extends Pick<Anchored, 'rule' | 'match'> {
  readonly bits: Int32Array;
  /** Only behind what may be a label. */
  readonly labelled: boolean;
}

/** Characters of an anchor that the look-up has compared. */
export const KNOWN = 3;
/** Third characters of a row. */
export const ROW = 128;

/** Types of characters: letters and digits are `WORD` or more. */
export const QUIET = 0;
export const SYMBOL = 1;
export const WORD = 2;
/** One that long words begin with that are looked for: see `AnchorTable.long`. */
export const LONG = 3;

/** Words that are known by their length are longer. */
const LONGEST_REACH = 64;

/**
 * Classes of characters in the filter: letters, digits together, and the rest in a few. Of the third character the low
 * bits count, which are the same for a letter whatever its case.
 */
export const FOLDS = 64;
export const THIRDS = 32;
const folded = new Bytes(128);
for (let code = 0; code < 128; code++) {
  const letter = (code | 32) - 97;
  const isLetter = letter >= 0 && letter < 26;
  folded[code] = isLetter ? letter + (code < 97 ? 32 : 0) : code >= 48 && code <= 57 ? 26 : 27 + (code % 5);
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
  /** The first of each list. */
  readonly lists: readonly (Anchored | undefined)[];
  /** How words may begin that a rule is asked about without an anchor, whichever it is. */
  readonly digits: Int32Array;
  readonly capitals: Int32Array;
  /** The same behind what may be a label. */
  readonly labelledDigits: Int32Array;
  readonly labelledCapitals: Int32Array;
  readonly begunByDigits: readonly Begun[];
  readonly begunByCapitals: readonly Begun[];
  /** Rules that need one character and a long word: most words are short, and so end before they are looked up. */
  readonly long: readonly Long[];
  /** How far from its first the last letter or digit of such a word stands at least. Words end where no letter or digit of ASCII follows. */
  readonly reach: number;
  /** By the first two characters of an anchor, its row in `thirds`; 0 where no anchor begins with them: see `open`. */
  readonly pairs: Uint16Array;
  /** By the first character, the row for all other second ones; 0 where no anchor is that character alone. */
  readonly open: Uint16Array;
  /** By the third character, in rows of 128, the place in `lists`; 0 where no anchor goes on with it: see `rest`. */
  readonly thirds: Uint16Array;
  /** By row, the place in `lists` for all other third characters; 0 where no anchor has but one or two. */
  readonly rest: Uint16Array;
}

/** A table that is made bit by bit: all at once would be some milliseconds of the application's thread. */
export interface TableMaker {
  /** How often `step` has something to do. */
  readonly steps: number;
  /** Takes the next few rules in. */
  readonly step: () => void;
  /** Takes in all that are left. Asked once. */
  readonly finish: () => AnchorTable;
}

/** Anchors that a step takes in at least: about a third of a millisecond of code that has not been optimized. */
const ANCHORS_OF_STEP = 64;

/**
 * Runs no built-in that the application may have replaced since this module was loaded, and no iterator. Goes through the
 * anchors once, from the last on: each is put before those that are known, so the rules keep their order, in which the
 * first that finds something is taken, and lists share their ends.
 */
export function createTableMaker(rules: readonly Rule[]): TableMaker {
  const types = new Bytes(ROW);
  for (let code = 0; code < ROW; code++) types[code] = isAlnum(code) ? WORD : QUIET;
  const filter = new Bytes((FOLDS * FOLDS * THIRDS) / 8);
  const pairs = new Words(ROW * ROW);
  const digits = createBeginnings();
  const capitals = createBeginnings();
  const labelledDigits = createBeginnings();
  const labelledCapitals = createBeginnings();
  const begunByDigits: Begun[] = [];
  const begunByCapitals: Begun[] = [];
  const long: Long[] = [];
  let reach = LONGEST_REACH;
  let count = 0;
  for (let at = 0; at < rules.length; at++) count += rules[at]?.anchors.length ?? 0;
  // Row 0 is that of no anchor; no anchor makes more than one.
  const thirds = new Words((1 + count) * ROW);
  const rest = new Words(1 + count);
  const open = new Words(ROW);
  const lists: (Anchored | undefined)[] = [undefined];
  let rows = 0;
  /** By the first character the last of its rows, by row the last of its lists, and of each the one before it; 0: none. */
  const lastRows = new Words(ROW);
  const rowsBefore = new Words(1 + count);
  const lastLists = new Words(1 + count);
  const listsBefore = new Words(1 + 2 * count);

  /** It begins as another one is, of the same row or of that for any second character. */
  function addList(row: number, like: number): number {
    const list = lists.length;
    lists[list] = lists[like];
    listsBefore[list] = lastLists[row] ?? 0;
    lastLists[row] = list;
    return list;
  }

  function put(list: number, { anchor, fourth, rule, match, behind, followed, ahead, again }: Anchored): void {
    lists[list] = { anchor, fourth, rule, match, behind, followed, ahead, again, next: lists[list] };
  }

  function addRow(first: number): number {
    rows++;
    rowsBefore[rows] = lastRows[first] ?? 0;
    lastRows[first] = rows;
    const like = open[first] ?? 0;
    if (like !== 0) rest[rows] = addList(rows, rest[like] ?? 0);
    return rows;
  }

  /** Whatever the third character is. */
  function putInRow(row: number, anchored: Anchored): void {
    if (rest[row] === 0) rest[row] = addList(row, 0);
    for (let list = lastLists[row] ?? 0; list !== 0; list = listsBefore[list] ?? 0) put(list, anchored);
  }

  function add(first: number, anchored: Anchored): void {
    const { anchor } = anchored;
    if (anchor.length === 1) {
      if (open[first] === 0) open[first] = addRow(first);
      for (let row = lastRows[first] ?? 0; row !== 0; row = rowsBefore[row] ?? 0) putInRow(row, anchored);
      return;
    }
    const pair = first * ROW + codeAt(anchor, 1);
    if (pairs[pair] === 0) pairs[pair] = addRow(first);
    const row = pairs[pair] ?? 0;
    if (anchor.length === 2) {
      putInRow(row, anchored);
      return;
    }
    const cell = row * ROW + codeAt(anchor, 2);
    if (thirds[cell] === 0) thirds[cell] = addList(row, rest[row] ?? 0);
    put(thirds[cell] ?? 0, anchored);
  }

  function takeIn(rule: Rule): void {
    const behind = own(rule, 'behind')?.has;
    const followed = own(rule, 'followed')?.has;
    const ahead = own(rule, 'ahead') ?? 0;
    const again = own(rule, 'again') ?? 0;
    const shortest = own(rule, 'shortest');
    for (let index = rule.anchors.length - 1; index >= 0; index--) {
      const anchor = rule.anchors[index] ?? '';
      const first = codeAt(anchor, 0);
      if (!(first < ROW)) throw new Error(`rule ${rule.kind}: an anchor must be ASCII and not empty`);
      if (shortest !== undefined) {
        types[first] = LONG;
        long[long.length] = { rule, match: rule.match, first };
        reach = least(reach, shortest - 1);
        continue;
      }
      if (!isAlnum(first)) types[first] = SYMBOL;
      const fourth = anchor.length > KNOWN ? codeAt(anchor, KNOWN) : -1;
      add(first, { anchor, fourth, rule, match: rule.match, behind, followed, ahead, again, next: undefined });
      addToFilter(filter, anchor, followed);
    }
  }

  function takeInBeginnings(rule: Rule): void {
    const beginnings = own(rule, 'beginnings')?.();
    if (beginnings === undefined) return;
    const labelled = own(beginnings, 'labelled') === true;
    const bitsOfDigits = own(beginnings, 'digits');
    const bitsOfCapitals = own(beginnings, 'capitals');
    if (bitsOfDigits !== undefined) {
      begunByDigits[begunByDigits.length] = { rule, match: rule.match, bits: bitsOfDigits, labelled };
      include(labelled ? labelledDigits : digits, bitsOfDigits);
    }
    if (bitsOfCapitals !== undefined) {
      begunByCapitals[begunByCapitals.length] = { rule, match: rule.match, bits: bitsOfCapitals, labelled };
      include(labelled ? labelledCapitals : capitals, bitsOfCapitals);
    }
  }

  let left = rules.length;

  function step(): void {
    for (let taken = 0; left > 0 && taken < ANCHORS_OF_STEP; ) {
      const rule = rules[--left];
      if (rule === undefined) continue;
      takeIn(rule);
      taken += rule.anchors.length;
    }
  }

  function finish(): AnchorTable {
    while (left > 0) step();
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at];
      if (rule !== undefined) takeInBeginnings(rule);
    }
    return {
      types,
      folded,
      filter,
      pairs,
      open,
      thirds,
      rest,
      lists,
      digits,
      capitals,
      labelledDigits,
      labelledCapitals,
      begunByDigits,
      begunByCapitals,
      long,
      reach,
    };
  }

  return { steps: ((count / ANCHORS_OF_STEP) | 0) + 1, step, finish };
}

function include(all: Int32Array, bits: Int32Array): void {
  for (let slot = 0; slot < all.length; slot++) all[slot] = (all[slot] ?? 0) | (bits[slot] ?? 0);
}

/** Characters that the anchor leaves open count as each of them: whole bytes of the filter. */
function addToFilter(filter: Uint8Array, anchor: string, followed: Uint8Array | undefined): void {
  const first = (folded[codeAt(anchor, 0)] ?? 0) * FOLDS * THIRDS;
  const second = anchor.length > 1 ? first + (folded[codeAt(anchor, 1)] ?? 0) * THIRDS : first;
  if (anchor.length > 2) {
    const bit = second + ((folded[codeAt(anchor, 2)] ?? 0) & (THIRDS - 1));
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    return;
  }
  if (anchor.length > 1 && followed !== undefined) {
    for (let code = 0; code < followed.length; code++) {
      if (followed[code] !== 1) continue;
      const bit = second + ((folded[code] ?? 0) & (THIRDS - 1));
      filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
    return;
  }
  const bits = anchor.length > 1 ? THIRDS : FOLDS * THIRDS;
  for (let byte = second >> 3; byte < (second + bits) >> 3; byte++) filter[byte] = 255;
}

export function isAlnum(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
