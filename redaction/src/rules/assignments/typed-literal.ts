import { alphabet } from '../../alphabet.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isSpace } from '../separators.ts';
import { quotedValue } from './assigned-quoted.ts';
import { joinedLiterals } from './joined-literal.ts';

/** Of a type, with the white space around it: `string | undefined`. UTF-16 code units. */
const LONGEST_TYPE = 32;
const TYPE = alphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ&?[]| ');

/** `token: string = "..."`: the literal behind a type. Undefined where there is none. */
export function typedLiteral(view: View, at: number): readonly Span[] | undefined {
  let index = at;
  while (index - at < LONGEST_TYPE && view.isIn(TYPE, index)) index++;
  if (index === at || view.code(index) !== EQUALS || !isSpace(view.code(index - 1)) || !isSpace(view.code(++index)))
    return undefined;
  const quoted = quotedValue(view, index + 1, false);
  return quoted === undefined || quoted.length === 0 ? quoted : joinedLiterals(view, quoted);
}

const EQUALS = 61;
