import { alphabet, DIGIT } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';
import { isStandIn } from './stand-in.ts';

/** Also of the user name of a `URL`, which is read apart from the rest. */
export const URL_CREDENTIALS = 'url-credentials';

/** User info beyond this many units is not looked for. It is what TEXT_LOOKAHEAD has to cover. */
const LONGEST = 1024;

/** What ends the authority of a URL (RFC 3986 section 3.2), and what ends a URL in text. */
const ENDS = alphabet('/?# \t\r\n"\'`<>\\');

/** User info that is read past the end of an authority, or encoded: it is shorter, because it is guessed. */
const LONGEST_UNESCAPED = 256;
/** What ends it, and the `@` that it ends with. */
const HARD_ENDS = alphabet('@ \t\r\n"\'`<>\\,&');

/** The hole of a template, an address in brackets. */
const OPENS = alphabet('${<[%:*');

export const urlCredentials: Rule = {
  kind: URL_CREDENTIALS,
  what: 'User name and password in a URL or connection string, `scheme://user:password@host`',
  source: 'RFC 3986 section 3.2.1',
  anchors: ['://'],
  match(view, at) {
    const from = at + 3;
    let to = -1;
    let colon = -1;
    for (let index = from; index - from <= LONGEST && index < view.end && !view.isIn(ENDS, index); index++) {
      // The last one: an `@` in a password is often not escaped.
      if (view.code(index) === AT) to = index;
      else if (colon < 0 && view.code(index) === COLON) colon = index;
    }
    // In DSNs; a path of the web often has an `@`.
    if (to < 0 && colon > 0 && !isWeb(view, at)) to = unescapedEnd(view, colon + 1);
    if (colon > to) colon = -1;
    if (to <= from || isStandIn(view, from, to)) return undefined;
    // `git@`: the fixed user of SSH remotes, and `https://${user}:${password}@`: source code.
    if (colon < 0 && to - from === 3 && view.startsWith('git', from)) return undefined;
    if (colon >= 0 && isStandIn(view, colon + 1, to)) return undefined;
    return [{ from, to }];
  },
};

function isWeb(view: View, at: number): boolean {
  return view.startsWith('http', at - 4) || view.startsWith('https', at - 5);
}

/**
 * `postgres://app:a/b@host`: a password in which a slash, a hash or a question mark is not escaped. Behind the colon of a
 * port stand digits, and no `@` of a password. The index of the `@`, or -1.
 */
function unescapedEnd(view: View, from: number): number {
  if (
    view.isIn(OPENS, from - 2) ||
    view.isIn(OPENS, from) ||
    view.isIn(ENDS, view.runEnd(DIGIT, from)) ||
    view.runEnd(DIGIT, from) >= view.end
  )
    return -1;
  const end = view.firstOf(HARD_ENDS, from, from + LONGEST_UNESCAPED);
  return view.code(end) === AT ? end : -1;
}

/** `postgres%3A%2F%2Fapp%3Asecret%40host`. */
export const encodedUrlCredentials: Rule = {
  kind: URL_CREDENTIALS,
  what: 'User name and password in a URL that is percent-encoded as a whole',
  source: 'RFC 3986 sections 2.1 and 3.2.1',
  anchors: ['%3A%2F%2F', '%3a%2f%2f'],
  match(view, at) {
    const from = at + 9;
    let colon = -1;
    for (let index = from; index - from < LONGEST_UNESCAPED && index < view.end && !view.isIn(ENDS, index); index++) {
      const code = view.code(index);
      if (code === COLON) colon = index;
      if (code !== PERCENT) continue;
      if (view.startsWith('2F', index + 1) || view.startsWith('2f', index + 1)) return undefined;
      if (view.startsWith('3A', index + 1) || view.startsWith('3a', index + 1)) colon = index;
      if (view.startsWith('40', index + 1)) return colon < 0 || index === from ? undefined : [{ from, to: index }];
    }
    return undefined;
  },
};

const PERCENT = 37;
const COLON = 58;
const AT = 64;
