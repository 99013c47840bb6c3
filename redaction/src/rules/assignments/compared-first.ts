import { alphabet } from '../../alphabet.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

/** UTF-16 code units of the literal that are looked back over, and of the name behind the operator. */
const LONGEST_LITERAL = 128;
const LONGEST_NAME = 64;
const LONGEST_SPACE = 8;

const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.');

/**
 * `'hunter2' === password`: the literal stands before the operator, which ends at `at` and begins at `operator`; the
 * literal ends at `wrapped`, behind its quote.
 */
export function comparedFirst(view: View, at: number, operator: number, wrapped: number): readonly Span[] | undefined {
  if (at === operator || view.code(at) !== EQUALS) return undefined;
  const before = view.code(at - 1);
  if (before !== EQUALS && before !== BANG) return undefined;
  const quote = view.code(wrapped - 1);
  if (quote !== DOUBLE && quote !== SINGLE) return undefined;
  let name = at + 1;
  while (name - at < LONGEST_SPACE && view.code(name) === SPACE) name++;
  let nameEnd = name;
  while (nameEnd - name < LONGEST_NAME && view.isIn(NAME, nameEnd)) nameEnd++;
  const kind = name === nameEnd ? undefined : view.nameKind(name, nameEnd);
  if (kind === undefined) return undefined;
  const to = wrapped - 1;
  let from = to;
  while (from > view.floor && to - from < LONGEST_LITERAL && view.code(from - 1) !== quote) from--;
  return view.code(from - 1) === quote && to - from > 0 && !isStandIn(view, from, to)
    ? [{ from, to, kind }]
    : undefined;
}

const SPACE = 32;
const BANG = 33;
const DOUBLE = 34;
const SINGLE = 39;
const EQUALS = 61;
