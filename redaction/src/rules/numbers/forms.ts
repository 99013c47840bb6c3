import { type IdFormat, MOST_CHARACTERS } from '../../identifiers/format.ts';
import { Bytes, codeAt, createObjectMemo } from '../../intrinsics.ts';

/** The formats of which a name tells, parted by the classes of the first `HEAD` characters: a head. */
export interface Forms {
  /** By head and letters and digits of a value, the formats that have a shape like that, or none. */
  readonly fitting: readonly (readonly IdFormat[])[];
  /** By head and place, which classes some shape goes on with. */
  readonly classes: Uint8Array;
}

/** One bit of the head each, set for a letter. */
export const HEAD = 3;
const HEADS = 1 << HEAD;
const PLACES = MOST_CHARACTERS + 1;
const DIGIT = 1;
const LETTER = 2;
const ANY_DIGIT = 57;
const ANY_LETTER = 65;

const NONE: IdFormat[] = [];
const known = createObjectMemo<readonly IdFormat[], Forms>();

/** Made when a name is first asked for: a general one stands for so many that going through all of them takes the time. */
export function formsOf(formats: readonly IdFormat[]): Forms {
  let forms = known.get(formats);
  if (forms === undefined) {
    forms = createForms(formats);
    known.set(formats, forms);
  }
  return forms;
}

/** Whether some shape that begins with these classes has, or may have, a character of this class there. */
export function mayGoOn({ classes }: Forms, head: number, place: number, value: number): boolean {
  return ((classes[head * PLACES + place] ?? 0) & (value < 10 ? DIGIT : LETTER)) !== 0;
}

/** The formats that may have a value of so many characters. */
export function fittingForms({ fitting }: Forms, head: number, length: number): readonly IdFormat[] {
  return fitting[head * PLACES + length] ?? NONE;
}

function createForms(formats: readonly IdFormat[]): Forms {
  const fitting: IdFormat[][] = [];
  const classes = new Bytes(HEADS * PLACES);
  for (let at = 0; at < classes.length; at++) fitting[at] = NONE;
  for (let index = 0; index < formats.length; index++) {
    const format = formats[index];
    if (format === undefined) continue;
    const { shapes } = format;
    for (let at = 0; shapes.length === 0 && at < classes.length; at++) {
      classes[at] = DIGIT | LETTER;
      enter(fitting, at, format);
    }
    for (let each = 0; each < shapes.length; each++) addShape(fitting, classes, format, shapes[each] ?? '');
  }
  return { fitting, classes };
}

function enter(fitting: IdFormat[][], at: number, format: IdFormat): void {
  const list = fitting[at];
  if (list === undefined || list === NONE) fitting[at] = [format];
  else if (list[list.length - 1] !== format) list[list.length] = format;
}

function addShape(fitting: IdFormat[][], classes: Uint8Array, format: IdFormat, shape: string): void {
  for (let head = 0; head < HEADS; head++) {
    let begins = true;
    for (let place = 0; place < HEAD; place++) {
      const bit = (head >> place) & 1;
      if ((classesOf(shape, place) & (bit === 1 ? LETTER : DIGIT)) === 0) begins = false;
    }
    if (begins) enter(fitting, head * PLACES + shape.length, format);
    for (let place = HEAD; begins && place < shape.length; place++) {
      const at = head * PLACES + place;
      classes[at] = (classes[at] ?? 0) | classesOf(shape, place);
    }
  }
}

/** Shorter shapes end before: nothing goes on with them. */
function classesOf(shape: string, place: number): number {
  const wanted = codeAt(shape, place);
  return wanted === ANY_DIGIT ? DIGIT : wanted === ANY_LETTER ? LETTER : DIGIT | LETTER;
}
