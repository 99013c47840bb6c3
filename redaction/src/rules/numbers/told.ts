import { type IdFormat, MOST_CHARACTERS, NATIONAL_ID } from '../../identifiers/format.ts';
import { Bytes, codeAt, own } from '../../intrinsics.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isEveryday } from './everyday.ts';
import { fittingForms, formsOf, HEAD, mayGoOn } from './forms.ts';

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
  let value = unitValue(view.code(from));
  const forms = formsOf(formats);
  let head = 0;
  while (index - from < LONGEST) {
    if (value >= SEPARATOR) {
      if (value === NOTHING) break;
      let next = index + 1;
      value = unitValue(view.code(next));
      // Two, of which the second is another one.
      if (value === SEPARATOR && view.code(next) !== view.code(index)) value = unitValue(view.code(++next));
      if (value >= SEPARATOR) break;
      index = next;
      continue;
    }
    if (length === MOST_CHARACTERS) break;
    if (length < HEAD) head |= value < 10 ? 0 : 1 << length;
    else if (!mayGoOn(forms, head, length, value)) break;
    id[length++] = value;
    value = unitValue(view.code(++index));
    if (length < FEWEST_CHARACTERS || value < SEPARATOR) continue;
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

/** Behind the values of digits and letters. */
const SEPARATOR = 36;
const NOTHING = 37;
const SEPARATORS = ' ()+-./[]_';
const VALUES = new Bytes(128);
enterValues();

function enterValues(): void {
  for (let code = 0; code < 128; code++) {
    const letter = (code | 32) - 87;
    const isLetter = code >= 65 && letter >= 10 && letter <= 35;
    VALUES[code] = code >= 48 && code <= 57 ? code - 48 : isLetter ? letter : NOTHING;
  }
  for (let index = 0; index < SEPARATORS.length; index++) VALUES[codeAt(SEPARATORS, index)] = SEPARATOR;
}

const NO_BREAK_SPACE = 0xa0;

/** 0 to 9 for digits, 10 to 35 for letters, `SEPARATOR`, `NOTHING` also behind the text. */
function unitValue(code: number): number {
  if (code >= 128) return code === NO_BREAK_SPACE ? SEPARATOR : NOTHING;
  return code < 0 ? NOTHING : (VALUES[code] ?? NOTHING);
}

/** `A123456(3)` */
function isClosing(view: View, at: number): boolean {
  const code = view.code(at);
  return (code === 41 && view.code(at - 2) === 40) || (code === 93 && view.code(at - 2) === 91);
}
