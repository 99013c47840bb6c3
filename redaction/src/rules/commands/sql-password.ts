import { ALNUM, alphabet } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

const LONGEST_VALUE = 256;
/** Between the words of a statement. UTF-16 code units. */
const LONGEST_GAP = 8;
const LONGEST_WORD = 48;
/** Of the name of an account, between `FOR` and its `=`. */
const LONGEST_ACCOUNT = 96;
const WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$');
const QUOTED_WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"`\'');
const BARE_ENDS = alphabet(' \t\r\n;,)"\'`\\');
const LINE = alphabet('\r\n;');
const BEFORE_PASSWORD: readonly string[] = ['with', 'login', 'encrypted', 'unencrypted', 'superuser', 'createdb'];

const SOURCE =
  'https://dev.mysql.com/doc/refman/8.4/en/create-user.html, https://www.postgresql.org/docs/current/sql-createrole.html, https://docs.oracle.com/en/database/oracle/oracle-database/23/sqlrf/CREATE-USER.html';

/** `IDENTIFIED BY 'x'`, `IDENTIFIED WITH caching_sha2_password BY 'x'`, Oracle's `IDENTIFIED BY x`. */
const identified: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords in statements of SQL: `IDENTIFIED BY`',
  source: SOURCE,
  anchors: ['IDENTIFIED', 'Identified', 'identified'],
  match(view, at) {
    let index = spaces(view, at + 10);
    if (index === at + 10) return undefined;
    if (isWord(view, index, 'with')) {
      const plugin = spaces(view, index + 4);
      let end = plugin;
      while (end - plugin < LONGEST_WORD && view.isIn(QUOTED_WORD, end)) end++;
      index = spaces(view, end);
    }
    const isAs = isWord(view, index, 'as');
    if (!isAs && !isWord(view, index, 'by')) return undefined;
    index = spaces(view, index + 2);
    if (isWord(view, index, 'password')) index = spaces(view, index + 8);
    else if (isWord(view, index, 'values')) index = spaces(view, index + 6);
    // `identified by its name`: prose has no capitals and no quotes.
    const isStatement = view.code(at + 1) === LETTER_D_CAPITAL;
    return quoted(view, index) ?? (isStatement && !isAs ? bare(view, index) : undefined);
  },
};

/** `PASSWORD('x')`, `WITH PASSWORD 'x'`, `SET PASSWORD FOR 'bob'@'%' = 'x'`. */
const password: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords in statements of SQL: `PASSWORD(...)`, `WITH PASSWORD`, `SET PASSWORD FOR`',
  source: SOURCE,
  anchors: ['PASSWORD', 'OLD_PASSWORD', 'Password', 'password'],
  match(view, at) {
    if (view.isBehind(WORD, at)) return undefined;
    const end = at + (view.code(at) === LETTER_O_CAPITAL ? 12 : 8);
    const isCapital = view.code(at + 1) < SMALL_A;
    const index = spaces(view, end);
    if (isCapital && view.code(index) === PARENTHESIS) return quoted(view, index + 1);
    if (index === end) return undefined;
    if (isWord(view, index, 'for')) return isSet(view, at) ? assigned(view, index + 3) : undefined;
    if (view.code(index) !== SINGLE) return undefined;
    return isCapital || followsKeyword(view, at) ? quoted(view, index) : undefined;
  },
};

/** `crypt('x', gen_salt('bf'))` of pgcrypto. */
const crypt: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords in statements of SQL: `crypt(...)`',
  source: 'https://www.postgresql.org/docs/current/pgcrypto.html',
  anchors: ["crypt('", "CRYPT('"],
  match(view, at) {
    const spans = quoted(view, at + 6);
    const to = spans?.[0]?.to ?? -1;
    return to > 0 && view.code(to + 1) === COMMA ? spans : undefined;
  },
};

export const SQL_PASSWORDS: readonly Rule[] = [identified, password, crypt];

/** `= 'x'` behind the name of an account. */
function assigned(view: View, from: number): readonly Span[] | undefined {
  for (let index = from; index - from < LONGEST_ACCOUNT && !view.isIn(LINE, index); index++) {
    if (view.code(index) !== EQUALS) continue;
    const value = spaces(view, index + 1);
    return quoted(view, value);
  }
  return undefined;
}

function quoted(view: View, at: number): readonly Span[] | undefined {
  let from = at;
  while (view.code(from) === BACKSLASH && from - at < 4) from++;
  const escapes = from - at;
  const quote = view.code(from);
  if (quote !== SINGLE && quote !== DOUBLE) return undefined;
  from++;
  let to = from;
  while (to < view.end && to - from < LONGEST_VALUE) {
    const code = view.code(to);
    if (code === LINE_FEED) return undefined;
    // A quote is doubled, or has a backslash before it.
    if (code === quote && escapes === 0 && view.code(to + 1) === quote) to += 2;
    else if (code === BACKSLASH && escapes === 0) to += 2;
    else if (code === quote) break;
    else to++;
  }
  if (escapes > 0) while (to > from && view.code(to - 1) === BACKSLASH) to--;
  return to <= from || isStandIn(view, from, to) ? undefined : [{ from, to }];
}

function bare(view: View, from: number): readonly Span[] | undefined {
  let to = from;
  while (to < view.end && to - from < LONGEST_VALUE && !view.isIn(BARE_ENDS, to)) to++;
  const first = view.code(from);
  const isParameter = first === COLON || first === QUESTION || first === AT;
  return to === from || isParameter || isStandIn(view, from, to) ? undefined : [{ from, to }];
}

function isSet(view: View, at: number): boolean {
  return isWord(view, at - 4, 'set');
}

function followsKeyword(view: View, at: number): boolean {
  let to = at;
  while (at - to < LONGEST_GAP && isBlank(view.code(to - 1))) to--;
  if (to === at) return false;
  const from = view.runStart(ALNUM, to, LONGEST_WORD);
  const word = lowerCase(view.slice(from, to));
  for (let index = 0; index < BEFORE_PASSWORD.length; index++) if (BEFORE_PASSWORD[index] === word) return true;
  return false;
}

/** Whatever its case, and no more than it. */
function isWord(view: View, at: number, word: string): boolean {
  return lowerCase(view.slice(at, at + word.length)) === word && !view.isIn(WORD, at + word.length);
}

function spaces(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && isBlank(view.code(index))) index++;
  return index;
}

function isBlank(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13);
}

const LINE_FEED = 10;
const SPACE = 32;
const DOUBLE = 34;
const SINGLE = 39;
const PARENTHESIS = 40;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const QUESTION = 63;
const AT = 64;
const LETTER_D_CAPITAL = 68;
const LETTER_O_CAPITAL = 79;
const BACKSLASH = 92;
const SMALL_A = 97;
