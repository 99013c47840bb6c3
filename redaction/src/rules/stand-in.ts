import { alphabet } from '../alphabet.ts';
import { placeholderEnd } from '../placeholder.ts';
import type { View } from '../view.ts';

/** A longer text is no stand-in: it is not worth reading to its end. */
const LONGEST = 128;
const MASK = alphabet('*.xX-#');
const PLAIN = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-. ');
const EXPRESSION = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-. ()[],?!|&+:/@$');
const OPENERS = ['${', '{{', '#{', '$(', '{', '<', '%('];
const CLOSERS = ['}', '}}', '}', ')', '}', '>', ')s'];

/**
 * Something that only marks the place of a value: our own placeholder, a template's hole (`${password}`, `{{token}}`,
 * `<your key>`), an environment variable (`$TOKEN`), a format (`%s`), a parameter of
 * SQL (`?`), a mask (`****`).
 */
export function isStandIn(view: View, from: number, to: number): boolean {
  if (to - from > LONGEST) return false;
  if (placeholderEnd(view.slice(from, to), 0, to - from) === to - from) return true;
  const first = view.code(from);
  if (first === PERCENT && to - from === 2) return true;
  if (first === QUESTION && to - from === 1) return true;
  if (first === DOLLAR && isVariable(view, from + 1, to)) return true;
  for (let index = 0; index < OPENERS.length; index++) {
    const opener = OPENERS[index] ?? '';
    const closer = CLOSERS[index] ?? '';
    if (
      to - from > opener.length + closer.length &&
      view.startsWith(opener, from) &&
      view.startsWith(closer, to - closer.length)
    ) {
      // One hole that is closed at the very end: not `${a}secret}`.
      return isPlain(view, from + opener.length, to - closer.length, first === DOLLAR);
    }
  }
  return isMask(view, from, to);
}

/** Behind a placeholder of ours that begins at `from`; `from` where none does. */
export function behindPlaceholder(view: View, from: number): number {
  if (view.code(from) !== BRACKET) return from;
  const head = view.slice(from, from + LONGEST);
  const end = placeholderEnd(head, 0, head.length);
  return end < 0 ? from : from + end;
}

function isVariable(view: View, from: number, to: number): boolean {
  // `$1`: an argument of a script, a parameter of a query.
  if (to - from === 1 && view.code(from) >= 48 && view.code(from) <= 57) return true;
  for (let index = from; index < to; index++) {
    const code = view.code(index);
    if (!((code >= 65 && code <= 90) || code === UNDERSCORE || (index > from && code >= 48 && code <= 57)))
      return false;
  }
  return to > from;
}

/** A name, a path or words; in a template's hole an expression. */
function isPlain(view: View, from: number, to: number, template: boolean): boolean {
  for (let index = from; index < to; index++) {
    if (!view.isIn(template ? EXPRESSION : PLAIN, index)) return false;
  }
  return true;
}

function isMask(view: View, from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    if (!view.isIn(MASK, index) && view.code(index) !== BULLET) return false;
  }
  return to - from >= 3;
}

const DOLLAR = 36;
const PERCENT = 37;
const QUESTION = 63;
const BRACKET = 91;
const UNDERSCORE = 95;
const BULLET = 0x2022;
