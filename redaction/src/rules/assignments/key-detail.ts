import { alphabet, WORD } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

/** Of the names of all columns, UTF-16 code units. */
const LONGEST_COLUMNS = 256;
/** The end of a name, of an expression or of a name in quotes. */
const BEFORE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_)"');
const OPENING = 'Key (';
/** What PostgreSQL says of a key behind its values. */
const ENDS: readonly string[] = [') already exists', ') is ', ') conflicts '];

/** `Key (tenant, api_key)=(7, ...) already exists.` */
export const keyDetail: Rule = {
  kind: SECRET_NAME,
  what: 'Values of columns with telling names in errors of PostgreSQL that tell a key',
  source: 'https://www.postgresql.org/docs/current/protocol-error-fields.html (detail); names as for keys',
  anchors: [')=('],
  behind: BEFORE,
  match(view, at) {
    const kind = kindOfColumns(view, at);
    if (kind === undefined) return undefined;
    const from = at + 3;
    let to = from;
    // However long it is: all of it is hidden, and so is read once.
    while (to < view.end && view.code(to) !== LINE_FEED && !isEnd(view, to)) to++;
    return to === from || isStandIn(view, from, to) ? undefined : [{ from, to, kind }];
  },
};

/** That of a column whose name hides its value: which of the values is its own, commas do not tell. */
function kindOfColumns(view: View, at: number): string | undefined {
  let kind: string | undefined;
  let to = at;
  while (at - to < LONGEST_COLUMNS && view.code(to - 1) !== EQUALS && view.code(to - 1) >= SPACE) {
    if (view.startsWith(OPENING, to - OPENING.length)) return kind;
    const from = view.runStart(WORD, to, LONGEST_COLUMNS);
    if (from < to) kind = view.nameKind(from, to) ?? kind;
    to = from < to ? from : to - 1;
  }
  return undefined;
}

function isEnd(view: View, at: number): boolean {
  if (view.code(at) !== PARENTHESIS_CLOSE) return false;
  for (let index = 0; index < ENDS.length; index++) if (view.startsWith(ENDS[index] ?? '', at)) return true;
  return false;
}

const LINE_FEED = 10;
const SPACE = 32;
const PARENTHESIS_CLOSE = 41;
const EQUALS = 61;
