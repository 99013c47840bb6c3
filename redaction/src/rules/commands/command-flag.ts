import { alphabet } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import { quotedValue } from '../assignments/assigned-quoted.ts';
import { named } from '../assignments/assignment.ts';
import { isStandIn } from '../stand-in.ts';

/** UTF-16 code units of a flag's name. */
const LONGEST_FLAG = 64;
const FLAG = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.');
const ENDS = alphabet(' \t\r\n"\'`;|&\\)');

/** How names of secrets begin, in commands whose long flags have one dash. */
const ONE_DASH: readonly string[] = [
  '-pass',
  '-Pass',
  '-pwd',
  '-token',
  '-Token',
  '-secret',
  '-Secret',
  '-storepass',
  '-keypass',
  '-srcstorepass',
  '-deststorepass',
  '-api',
  '-Api',
  '-auth',
  '-access',
  '-client',
  '-Client',
  '-Access',
];

/** `--password hunter2`. With an equals sign it is an assignment. */
export const commandFlag: Rule = {
  kind: SECRET_NAME,
  what: 'Values given to a telling flag of a command, `--password value`, also with one dash',
  source: 'GNU Coding Standards, section 4.8 (long options); keytool, PowerShell and Go, which have one dash',
  anchors: ['--', ...ONE_DASH],
  match(view, at) {
    if (view.isBehind(FLAG, at)) return undefined;
    const isLong = view.code(at + 1) === DASH;
    if (!isLong && at > 0 && view.code(at - 1) > SPACE) return undefined;
    const from = isLong ? at + 2 : at + 1;
    let to = from;
    while (to - from < LONGEST_FLAG && view.isIn(FLAG, to)) to++;
    if (to === from || view.code(to) !== SPACE) return undefined;
    const kind = view.nameKind(from, to);
    if (kind === undefined) return undefined;
    const value = to + 1;
    if (view.code(value) === DASH) return undefined;
    const quoted = quotedValue(view, value, false);
    if (quoted !== undefined) return named(quoted, kind);
    let end = value;
    while (end < view.end && !view.isIn(ENDS, end)) end++;
    return end === value || isStandIn(view, value, end) ? undefined : [{ from: value, to: end, kind }];
  },
};

const SPACE = 32;
const DASH = 45;
