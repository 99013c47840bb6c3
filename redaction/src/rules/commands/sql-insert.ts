import { alphabet } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

/** UTF-16 code units of the name of the table, of a column, and of the list of columns. */
const LONGEST_TABLE = 96;
const LONGEST_COLUMN = 64;
const LONGEST_LIST = 1024;
const LONGEST_GAP = 32;
/** Columns of which the place is kept: one bit each. */
const MOST_COLUMNS = 31;
const MOST_SPANS = 1024;
/** Calls of functions within each other. */
const DEEPEST = 3;
/** Of what is read without a text or a number that is hidden. */
const LONGEST_REST = 1024;

const TABLE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$."`\'[]\\ ');
const COLUMN = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$');
const AROUND = alphabet(' \t\r\n"`\'[]\\');
const DIGITS = alphabet('0123456789.-');

/**
 * `INSERT INTO users (email, password) VALUES ('...', '...')`. The texts before the last secret one are hidden, too: what is
 * hidden is read once, and by one rule.
 */
export const sqlInsert: Rule = {
  kind: SECRET_NAME,
  what: 'Values for columns with telling names in an `INSERT` of SQL, and the texts before them',
  source: 'ISO/IEC 9075-2, insert statement; names as for keys',
  anchors: ['INSERT INTO ', 'insert into ', 'Insert into ', 'REPLACE INTO ', 'replace into '],
  match(view, at) {
    let open = at + 12;
    while (open - at < LONGEST_TABLE && view.isIn(TABLE, open)) open++;
    if (view.code(open) !== PARENTHESIS) return undefined;
    let telling = 0;
    let column = 0;
    let index = open + 1;
    for (; index - open < LONGEST_LIST; column++) {
      index = skip(view, index);
      let end = index;
      while (end - index < LONGEST_COLUMN && view.isIn(COLUMN, end)) end++;
      if (end === index) return undefined;
      if (column < MOST_COLUMNS && view.nameKind(index, end) !== undefined) telling |= 1 << column;
      index = skip(view, end);
      if (view.code(index) !== COMMA) break;
      index++;
    }
    if (telling === 0 || view.code(index) !== PARENTHESIS_CLOSE) return undefined;
    index = skip(view, index + 1);
    if (lowerCase(view.slice(index, index + 6)) !== 'values') return undefined;
    return rows(view, skip(view, index + 6), telling);
  },
};

function rows(view: View, from: number, telling: number): readonly Span[] | undefined {
  const spans: Span[] = [];
  /** How many of them end with a secret: what stands behind the last is left to the other rules. */
  let kept = 0;
  let depth = 0;
  let column = 0;
  let index = from;
  while (index < view.end && spans.length < MOST_SPANS) {
    if (index - (spans[spans.length - 1]?.to ?? from) > LONGEST_REST) break;
    const code = view.code(index);
    const isTelling = depth > 0 && column < MOST_COLUMNS && ((telling >> column) & 1) === 1;
    if (code === SINGLE) {
      const to = textEnd(view, index + 1);
      if (depth > 0 && to > index + 1 && !isStandIn(view, index + 1, to)) {
        spans[spans.length] = { from: index + 1, to };
        if (isTelling) kept = spans.length;
      }
      index = to + 1;
      continue;
    }
    if (code === PARENTHESIS) {
      if (depth === 0) column = 0;
      depth++;
      if (depth > DEEPEST) break;
    } else if (code === PARENTHESIS_CLOSE) depth--;
    else if (code === COMMA && depth === 1) column++;
    else if (isTelling && depth === 1 && view.isIn(DIGITS, index) && !view.isIn(COLUMN, index - 1)) {
      const to = view.runEnd(DIGITS, index);
      spans[spans.length] = { from: index, to };
      kept = spans.length;
      index = to;
      continue;
    } else if (depth === 0 && code !== COMMA && code > SPACE) break;
    index++;
  }
  spans.length = kept;
  return kept === 0 ? undefined : spans;
}

/** Where the text ends that begins at `from`: at its quote, of which two are one. */
function textEnd(view: View, from: number): number {
  let index = from;
  while (index < view.end) {
    const code = view.code(index);
    if (code === SINGLE && view.code(index + 1) === SINGLE) index += 2;
    else if (code === BACKSLASH && view.code(index + 1) === SINGLE) index += 2;
    else if (code === SINGLE) break;
    else index++;
  }
  return index < view.end ? index : view.end;
}

function skip(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && view.isIn(AROUND, index)) index++;
  return index;
}

const SPACE = 32;
const SINGLE = 39;
const PARENTHESIS = 40;
const PARENTHESIS_CLOSE = 41;
const COMMA = 44;
const BACKSLASH = 92;
