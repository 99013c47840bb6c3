import { alphabet } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import { isStandIn } from './stand-in.ts';

/** User info beyond this many units is not looked for. It is what TEXT_LOOKAHEAD has to cover. */
const LONGEST = 1024;

/** What ends the authority of a URL (RFC 3986 section 3.2), and what ends a URL in text. */
const ENDS = alphabet('/?# \t\r\n"\'`<>\\');

export const urlCredentials: Rule = {
  kind: 'url-credentials',
  what: 'User name and password in a URL or connection string, `scheme://user:password@host`',
  source: 'RFC 3986 section 3.2.1',
  anchors: ['://'],
  match(view, at) {
    const from = at + 3;
    let to = -1;
    for (let index = from; index - from <= LONGEST && index < view.end && !view.isIn(ENDS, index); index++) {
      // The last one: an `@` in a password is often not escaped.
      if (view.code(index) === AT) to = index;
    }
    if (to <= from || isStandIn(view, from, to)) return undefined;
    const colon = firstColon(view.slice(from, to));
    // `git@`: the fixed user of SSH remotes, and `https://${user}:${password}@`: source code.
    if (colon < 0 && to - from === 3 && view.startsWith('git', from)) return undefined;
    if (colon >= 0 && isStandIn(view, from + colon + 1, to)) return undefined;
    return [{ from, to }];
  },
};

function firstColon(text: string): number {
  for (let index = 0; index < text.length; index++) if (text[index] === ':') return index;
  return -1;
}

const AT = 64;
