import { alphabet, DIGIT, LETTER } from '../alphabet.ts';
import { SECRET_NAME } from '../names/name-terms.ts';
import type { Rule, Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isStandIn } from './stand-in.ts';

const LONGEST_VALUE = 128;
/** A shorter value is not told from a word. UTF-16 code units. */
const SHORTEST = 6;
/** How far before the word a login of `.netrc` may stand. */
const LONGEST_LOGIN = 64;

const WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$');
const ENDS = alphabet(' \t\r\n"\'`<>()[]{},;=\\');
const NAMES: readonly string[] = ['password', 'Password', 'PASSWORD', 'passwd', 'passphrase'];
const LINKS: readonly string[] = ['is ', 'is: ', 'was ', 'was: ', 'to '];

/** `password "x9!"` of a configuration, `login anna password x9` of `.netrc`, `the password is x9y8z7` of a person. */
export const spokenPassword: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords behind the word for them, without a sign between: settings, `.netrc`, sentences',
  source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
  anchors: NAMES,
  match(view, at) {
    if (view.isBehind(WORD, at) || view.before(at) === DASH) return undefined;
    let from = at;
    for (let index = 0; index < NAMES.length; index++) {
      const name = NAMES[index] ?? '';
      if (view.startsWith(name, at)) from = at + name.length;
    }
    const gap = from;
    while (from - gap < 4 && (view.code(from) === SPACE || view.code(from) === TAB)) from++;
    if (from === gap) return undefined;
    const quote = view.code(from);
    if (quote === DOUBLE || quote === SINGLE) return quotedSecret(view, from + 1, quote);
    const login = hasLogin(view, at);
    let linked = false;
    for (let index = 0; index < LINKS.length && !linked; index++) {
      const link = LINKS[index] ?? '';
      if (!view.startsWith(link, from)) continue;
      linked = true;
      from += link.length;
    }
    if (!login && !linked) return undefined;
    let to = from;
    while (to - from < LONGEST_VALUE && to < view.end && !view.isIn(ENDS, to)) to++;
    if (!login) while (to > from && isMark(view.code(to - 1))) to--;
    return login || isSecret(view, from, to) ? span(view, from, to) : undefined;
  },
};

function quotedSecret(view: View, from: number, quote: number): readonly Span[] | undefined {
  let to = from;
  while (to - from < LONGEST_VALUE && view.code(to) !== quote && view.code(to) > SPACE) to++;
  return view.code(to) === quote && isSecret(view, from, to) ? span(view, from, to) : undefined;
}

function span(view: View, from: number, to: number): readonly Span[] | undefined {
  return to <= from || isStandIn(view, from, to) ? undefined : [{ from, to }];
}

/** No word: letters together with digits or signs. */
export function isSecret(view: View, from: number, to: number): boolean {
  if (to - from < SHORTEST) return false;
  let letters = 0;
  let digits = 0;
  let signs = 0;
  for (let index = from; index < to; index++) {
    const code = view.code(index);
    if (view.isIn(LETTER, index)) letters++;
    else if (view.isIn(DIGIT, index)) digits++;
    else if (code !== DASH && code !== UNDERSCORE && code !== DOT && code < 128) signs++;
  }
  return letters > 0 && (digits > 0 || signs > 1);
}

/** `login anna ` stands before it. */
function hasLogin(view: View, at: number): boolean {
  let index = at - 1;
  while (at - index < LONGEST_LOGIN && view.code(index) > 0 && view.code(index) <= SPACE) index--;
  while (at - index < LONGEST_LOGIN && view.code(index) > SPACE) index--;
  while (at - index < LONGEST_LOGIN && view.code(index) > 0 && view.code(index) <= SPACE) index--;
  return view.startsWith('login', index - 4) && !view.isIn(WORD, index - 5);
}

function isMark(code: number): boolean {
  return code === DOT || code === 33 || code === 63 || code === 58;
}

const TAB = 9;
const SPACE = 32;
const DOUBLE = 34;
const SINGLE = 39;
const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;
