import { alphabet } from '../../alphabet.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';

/** UTF-16 code units between the word `curl` and the flag, and of the flag's value. */
const LONGEST_COMMAND = 2048;
const LONGEST_VALUE = 512;
const WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-');
const FLAGS: readonly string[] = ['-u', '-U', '--user', '--proxy-user'];

/** `curl -u name:password`, over lines that are joined by a backslash. The flag alone means too many things. */
export const curlUser: Rule = {
  kind: 'command-credentials',
  what: 'User name and password behind the flags `-u`, `--user` and `--proxy-user` of curl',
  source: 'https://curl.se/docs/manpage.html#-u',
  anchors: ['curl', ...FLAGS],
  match(view, at) {
    if (view.isBehind(WORD, at)) return undefined;
    if (view.code(at) !== DASH) {
      if (!view.isIn(WORD, at + 4)) {
        view.command = at;
        view.commandTo = at;
      }
      return undefined;
    }
    if (view.command < 0 || at - view.command > LONGEST_COMMAND || !goesOn(view, at)) return undefined;
    for (let index = FLAGS.length - 1; index >= 0; index--) {
      const flag = FLAGS[index] ?? '';
      if (view.startsWith(flag, at)) return credentials(view, at + flag.length);
    }
    return undefined;
  },
};

/** No line has ended since the command began, but behind a backslash. Reads on from where it stopped before. */
function goesOn(view: View, at: number): boolean {
  for (; view.commandTo < at; view.commandTo++) {
    if (view.code(view.commandTo) !== LINE_FEED) continue;
    const before = view.code(view.commandTo - 1) === RETURN ? view.commandTo - 2 : view.commandTo - 1;
    if (view.code(before) === BACKSLASH) continue;
    view.command = -1;
    return false;
  }
  return true;
}

function credentials(view: View, flagEnd: number): readonly Span[] | undefined {
  let from = flagEnd;
  if (view.code(from) === EQUALS) from++;
  else while (from - flagEnd < 4 && view.code(from) === SPACE) from++;
  if (from === flagEnd) return undefined;
  let quote = -1;
  let colon = -1;
  let to = from;
  for (; to < view.end && to - from < LONGEST_VALUE; to++) {
    const code = view.code(to);
    if (code === quote) quote = -1;
    else if (quote < 0 && (code === DOUBLE || code === SINGLE)) quote = code;
    else if (code < SPACE || (code === SPACE && quote < 0)) break;
    else if (code === COLON && colon < 0) colon = to;
  }
  if (colon < 0) return undefined;
  if (isQuote(view.code(from)) && view.code(to - 1) === view.code(from) && colon < to - 1) {
    from++;
    to--;
  }
  // `:password` and `key:` are written for services that take only one of the two.
  const behind = colon + 1 === to ? from : colon + 1;
  const end = colon + 1 === to ? colon : to;
  if (behindPlaceholder(view, from) > from) return undefined;
  return end <= behind || isNothing(view, behind, end) ? undefined : [{ from, to }];
}

/** A variable of the shell, a template's hole, a mask, `<password>`. */
function isNothing(view: View, from: number, to: number): boolean {
  let start = from;
  let end = to;
  if (end - start > 2 && isQuote(view.code(start)) && view.code(end - 1) === view.code(start)) {
    start++;
    end--;
  }
  return isStandIn(view, start, end);
}

function isQuote(code: number): boolean {
  return code === DOUBLE || code === SINGLE;
}

const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const DOUBLE = 34;
const SINGLE = 39;
const DASH = 45;
const COLON = 58;
const EQUALS = 61;
const BACKSLASH = 92;
