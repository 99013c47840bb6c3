import { ALNUM, alphabet } from '../alphabet.ts';
import type { Rule, Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isStandIn } from './stand-in.ts';

const LONGEST = 256;
/** What ends a connection string in text, and the `@` before its host. */
const ENDS = alphabet('@ \t\r\n"\'`<>\\');
const SLASH = alphabet('/');
const USER = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-:/+~!#$%^&*?=@');
const HOST = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_');

const KIND = 'url-credentials';

/** `jdbc:oracle:thin:user/password@//host:1521/service`. */
const oracle: Rule = {
  kind: KIND,
  what: 'User name and password in a JDBC URL of Oracle, `jdbc:oracle:thin:user/password@host`',
  source: 'https://docs.oracle.com/en/database/oracle/oracle-database/21/jjdbc/data-sources-and-URLs.html',
  anchors: ['jdbc:oracle:'],
  match(view, at) {
    let from = at + 12;
    while (from - at < 32 && view.isIn(ALNUM, from)) from++;
    if (view.code(from) !== COLON) return undefined;
    from++;
    const to = view.firstOf(ENDS, from, from + LONGEST);
    if (view.code(to) !== AT) return undefined;
    const slash = view.firstOf(SLASH, from, to);
    return slash < 0 ? undefined : found(view, from, to, slash);
  },
};

/** `user:password@tcp(host:3306)/database`, as the driver of Go for MySQL has it. */
const goMysql: Rule = {
  kind: KIND,
  what: 'User name and password in a data source name of Go, `user:password@tcp(host)/database`',
  source: 'https://github.com/go-sql-driver/mysql#dsn-data-source-name',
  anchors: ['@tcp(', '@tcp6(', '@unix(', '@cloudsql('],
  match(view, at) {
    let from = view.runStart(USER, at, LONGEST);
    // `dsn=user:...`: what stands before the user is not part of it.
    let colon = -1;
    for (let index = from; index < at && colon < 0; index++) {
      const code = view.code(index);
      if (code === COLON) colon = index;
      else if (!view.isIn(HOST, index) && code !== DOT && code !== DASH) from = index + 1;
    }
    return colon < 0 ? undefined : found(view, from, at, colon);
  },
};

export const CONNECTION_STRINGS: readonly Rule[] = [oracle, goMysql];

/** Both are hidden, as in a URL, where the password is one. */
function found(view: View, from: number, to: number, separator: number): readonly Span[] | undefined {
  return separator + 1 >= to || isStandIn(view, separator + 1, to) ? undefined : [{ from, to }];
}

const DASH = 45;
const DOT = 46;
const COLON = 58;
const AT = 64;
