import { alphabet, BASE64 } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isPlainWord } from '../assignments/assigned-bare.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';

const LONGEST_VALUE = 256;
const LONGEST_GAP = 6;
const LONGEST_ITEM_GAP = 32;
const BREAK = alphabet('\r\n\t');
const BETWEEN = alphabet(' "\',\\');
const ENDS = alphabet(' \t\r\n"\'`,;\\])');
const LINE_END = alphabet('\r\n"\'`\\])');
/** What stands before the flags of a user. */
const LINE = alphabet(' 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.:');
const LONGEST_LINE = 96;
const FLAGS: readonly string[] = ['on >', 'resetpass >', 'reset >', 'nopass >'];
const LIST_END = alphabet('])\r\n');
const QUOTE = alphabet('"\'');
const CLOSING = alphabet(' "\'\\');
const BEFORE = alphabet('"\'`[>\r\n');
const WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-');
/** RFC 4954, and the registry of SASL mechanisms. */
const MECHANISMS: readonly string[] = ['plain', 'login', 'xoauth2', 'oauthbearer', 'cram-md5', 'ntlm', 'external'];

/** `AUTH hunter2`, `AUTH default hunter2`, `HELLO 3 AUTH default hunter2`, `["AUTH","default","hunter2"]`, `AUTH PLAIN AGFubg==`. */
const auth: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords in commands of Redis and SMTP: `AUTH`, also within `HELLO`',
  source:
    'https://redis.io/docs/latest/commands/auth/, https://redis.io/docs/latest/commands/hello/, RFC 4954 section 4',
  anchors: ['AUTH', 'auth'],
  match(view, at) {
    if (view.code(at + 4) > COMMA) return undefined;
    const first = between(view, at + 4);
    if (first === at + 4 || view.isBehind(WORD, at)) return undefined;
    const isHello = followsHello(view, at);
    const before = view.code(at - 1) === SPACE ? at - 2 : at - 1;
    if (!isHello && before >= 0 && !view.isIn(BEFORE, before)) return undefined;
    const firstEnd = wordEnd(view, first);
    if (firstEnd === first) return undefined;
    const second = between(view, firstEnd);
    const secondEnd = second === firstEnd ? second : wordEnd(view, second);
    if (isMechanism(view, first, firstEnd)) {
      return secondEnd > second && view.runEnd(BASE64, second) >= secondEnd ? span(view, second, secondEnd) : undefined;
    }
    if (isHello) return secondEnd > second ? span(view, second, secondEnd) : undefined;
    // `AUTH failed because`: a command has one argument or two.
    const to = secondEnd > second ? secondEnd : firstEnd;
    const isItem = view.isIn(QUOTE, at + 4) || view.isIn(QUOTE, at + 5);
    if (!isLineEnd(view, isItem ? closed(view, to) : to, isItem) || view.code(at) !== LETTER_A_CAPITAL)
      return undefined;
    if (secondEnd === second && isPlainWord(view, first, firstEnd)) return undefined;
    return secondEnd > second ? span(view, second, secondEnd) : span(view, first, firstEnd);
  },
};

/** Settings of Redis. */
const setting: Rule = {
  kind: SECRET_NAME,
  what: 'Passwords in the settings of Redis: `requirepass`, `masterauth`, `>password` of a user',
  source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/',
  anchors: ['requirepass', 'masterauth', ...FLAGS],
  match(view, at) {
    for (let index = 0; index < FLAGS.length; index++) {
      const flag = FLAGS[index] ?? '';
      if (!view.startsWith(flag, at)) continue;
      const value = at + flag.length;
      return isOfUser(view, at) ? span(view, value, wordEnd(view, value)) : undefined;
    }
    const end = at + (view.code(at) === LETTER_R ? 11 : 10);
    const from = between(view, end);
    return from === end ? undefined : span(view, from, wordEnd(view, from));
  },
};

export const REDIS_AUTH: readonly Rule[] = [auth, setting];

/** `user anna on >hunter2`, `ACL SETUSER anna on >hunter2`. */
function isOfUser(view: View, at: number): boolean {
  const line = view.runStart(LINE, at, LONGEST_LINE);
  return view.startsWith('user ', line) || view.startsWith('ACL ', line) || view.startsWith('acl ', line);
}

function span(view: View, from: number, to: number): readonly Span[] | undefined {
  const isHidden = to <= from || behindPlaceholder(view, from) === to || isStandIn(view, from, to);
  return isHidden ? undefined : [{ from, to }];
}

function followsHello(view: View, at: number): boolean {
  for (let from = at - 8; from >= at - 14; from--) {
    if (view.startsWith('HELLO', from) || view.startsWith('hello', from)) return !view.isIn(WORD, from - 1);
  }
  return false;
}

function isMechanism(view: View, from: number, to: number): boolean {
  const word = to - from > 12 ? '' : lowerCase(view.slice(from, to));
  for (let index = 0; index < MECHANISMS.length; index++) if (MECHANISMS[index] === word) return true;
  return false;
}

/** The command ends here: its line, its text, its list. */
function isLineEnd(view: View, at: number, isItem: boolean): boolean {
  return at >= view.end || view.isIn(isItem ? LIST_END : LINE_END, at);
}

/** Behind the quote of an item. */
function closed(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && view.isIn(CLOSING, index)) index++;
  return index;
}

function between(view: View, at: number): number {
  let index = at;
  // Items of a list may stand on lines of their own.
  const isItem = view.isIn(CLOSING, at) && view.code(at) !== SPACE;
  const most = isItem ? LONGEST_ITEM_GAP : LONGEST_GAP;
  while (index - at < most && (view.isIn(BETWEEN, index) || (isItem && view.isIn(BREAK, index)))) index++;
  return index;
}

function wordEnd(view: View, from: number): number {
  let to = behindPlaceholder(view, from);
  while (to - from < LONGEST_VALUE && to < view.end && !view.isIn(ENDS, to)) to++;
  return to;
}

const SPACE = 32;
const COMMA = 44;
const LETTER_A_CAPITAL = 65;
const LETTER_R = 114;
