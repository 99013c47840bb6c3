import { type IdFormat, MOST_CHARACTERS, NATIONAL_ID } from '../identifiers/format.ts';
import { Bytes, codeAt, own } from '../intrinsics.ts';
import type { Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isEveryday } from './everyday.ts';
import { fittingForms, formsOf, HEAD, mayGoOn } from './forms.ts';
import { behindSeparators } from './separators.ts';

/** Letters, digits and what stands between them. */
const LONGEST = 64;
/** A shorter value is a small number, whatever its name. */
const FEWEST_CHARACTERS = 5;

const id = new Bytes(MOST_CHARACTERS);

/**
 * The longest stretch of groups at `from` that is valid for one of the formats; undefined where none is. Between groups
 * may be what people write there, one character or two.
 */
export function toldValue(view: View, from: number, formats: readonly IdFormat[]): Span | undefined {
  let found: IdFormat | undefined;
  let end = from;
  let length = 0;
  let index = from;
  let value = placeOf(view.code(from));
  const forms = formsOf(formats);
  let head = 0;
  while (index - from < LONGEST) {
    if (value < 0) {
      const next = behindSeparators(view, index, isSeparator);
      if (next === index) break;
      value = placeOf(view.code(next));
      if (value < 0) break;
      index = next;
      continue;
    }
    if (length === MOST_CHARACTERS) break;
    if (length < HEAD) head |= value < 10 ? 0 : 1 << length;
    else if (!mayGoOn(forms, head, length, value)) break;
    id[length++] = value;
    value = placeOf(view.code(++index));
    if (length < FEWEST_CHARACTERS || value >= 0) continue;
    const format = formatOf(fittingForms(forms, head, length), length);
    if (format === undefined) continue;
    found = format;
    end = isClosing(view, index) ? index + 1 : index;
  }
  if (found === undefined || isEveryday(view, from)) return undefined;
  return { from, to: end, kind: own(found, 'kind') ?? NATIONAL_ID };
}

function formatOf(formats: readonly IdFormat[], length: number): IdFormat | undefined {
  for (let index = 0; index < formats.length; index++) {
    const format = formats[index];
    if (format !== undefined && hasShape(format.shapes, length) && format.isValid(id, length)) return format;
  }
  return undefined;
}

/** Without a shape, the check alone decides. */
function hasShape(shapes: readonly string[], length: number): boolean {
  for (let index = 0; index < shapes.length; index++) {
    const shape = shapes[index] ?? '';
    if (shape.length === length && isShape(shape)) return true;
  }
  return shapes.length === 0;
}

const ANY_DIGIT = 57;
const ANY_LETTER = 65;

function isShape(shape: string): boolean {
  for (let index = 0; index < shape.length; index++) {
    const isDigit = (id[index] ?? 0) < 10;
    const wanted = codeAt(shape, index);
    if (wanted === ANY_DIGIT ? !isDigit : wanted === ANY_LETTER && isDigit) return false;
  }
  return true;
}

/** 0 to 9 for digits, 10 to 35 for letters, -1 for everything else. */
function placeOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = (code | 32) - 87;
  return code < 128 && letter >= 10 && letter <= 35 ? letter : -1;
}

/** Space, `(`, `)`, `+`, `-`, `.`, `/`, `:`, `[`, `]`, `_`, and the space that does not break. */
function isSeparator(code: number): boolean {
  return (
    code === 32 ||
    (code >= 45 && code <= 47) ||
    code === 40 ||
    code === 41 ||
    code === 43 ||
    code === 58 ||
    code === 91 ||
    code === 93 ||
    code === 95 ||
    code === 0xa0
  );
}

/** `A123456(3)` */
function isClosing(view: View, at: number): boolean {
  const code = view.code(at);
  return (code === 41 && view.code(at - 2) === 40) || (code === 93 && view.code(at - 2) === 91);
}
