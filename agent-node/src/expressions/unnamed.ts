import { isHolding, NAMING_KEYS, namesBeside, pairRole } from '@borescope/redaction';
import { LONGEST_SECRET, spelledText } from '../capture/buffer.ts';
import { isWrittenBuffer, nameOfItem, nameTold } from '../capture/named-value.ts';
import {
  codeAt,
  isArray,
  isArrayBufferView,
  isBoxedPrimitive,
  isDataView,
  isFloat32Array,
  isFloat64Array,
  isInt8Array,
  isMap,
  isProxy,
  isSet,
  isUint8Array,
  isUint8ClampedArray,
  mapSize,
  ownData,
  setSize,
  typedArrayBytes,
} from '../capture/primordials.ts';
import { type Context, fail, takeSteps } from './context.ts';
import { withoutName } from './taint.ts';

/**
 * The name that a value has although it is read under another: the first of a pair, the text before it in a list of
 * alternating names and values (Node's `rawHeaders`), the name that stands beside `value`.
 */
export function nameBeside(context: Context, holder: unknown, key: string): string | undefined {
  const { redactor } = context;
  if (redactor === undefined || typeof holder !== 'object' || holder === null || isProxy(holder)) return undefined;
  if (isArray(holder)) return nameOfItem(holder, indexOfKey(key));
  const holding = pairRole(key, 0, key.length);
  const value = isHolding(holding, '') ? ownData(holder, key) : undefined;
  const text = typeof value === 'string' ? value : undefined;
  if (!isHolding(holding, text)) return undefined;
  let told: string | undefined;
  for (let i = 0; i < NAMING_KEYS.length; i++) {
    const naming = NAMING_KEYS[i] ?? '';
    const name = nameTold(ownData(holder, naming));
    if (name === undefined) continue;
    const role = pairRole(naming, 0, naming.length);
    if (redactor.name(name) !== undefined) {
      if (namesBeside(redactor, role, name, holding, text)) return name;
    } else if (told === undefined && redactor.telling(name) !== undefined) told = name;
  }
  return told;
}

/** An item that loses its place on the way into a text or another list. */
export function withoutNameBefore(context: Context, array: unknown[], index: number, value: unknown): unknown {
  if (context.redactor === undefined) return value;
  const name = nameOfItem(array, index);
  return name === undefined ? value : withoutName(context, name, value);
}

/** The index that a key is in its one canonical form, or -1. */
export function indexOfKey(key: string): number {
  const { length } = key;
  if (length === 0 || length > 10 || (length > 1 && codeAt(key, 0) === 48)) return -1;
  let index = 0;
  for (let i = 0; i < length; i++) {
    const digit = codeAt(key, i) - 48;
    if (digit < 0 || digit > 9) return -1;
    index = index * 10 + digit;
  }
  return index;
}

/** Bytes and boxed texts hold what is hidden as a whole: their items are read one by one by nobody. So may few integers of any size. */
export function refuseItems(context: Context, holder: object, at: number): void {
  if (isArrayBufferView(holder) && !isDataView(holder)) {
    if (isUint8Array(holder) || isInt8Array(holder) || isUint8ClampedArray(holder))
      fail(context, at, 'the bytes of a buffer are not read one by one');
    if (isFloat32Array(holder) || isFloat64Array(holder)) return;
    if ((typedArrayBytes(holder) ?? 0) <= LONGEST_SECRET)
      fail(context, at, 'the items of a short array of integers are not read one by one: they could be a key');
    refuseSpelled(context, holder, at);
  } else {
    refuseBoxed(context, holder, at);
    refuseWrittenBuffer(context, holder, at);
    refuseSpelled(context, holder, at);
  }
}

/** Numbers of a list that are looked at together, about 0.1 us each; a longer list of bytes is read by nobody. */
const MAX_NUMBERS = 8_192;
const NUMBERS_PER_STEP = 4;
/** Lists that are remembered: an expression names fewer. */
const MAX_REMEMBERED = 8;

/** Numbers that are the bytes of something hidden: one by one they would tell it. */
export function refuseSpelled(context: Context, list: object, at: number): void {
  const { redactor, harmless } = context;
  if (redactor === undefined || redactor.mode === 'off') return;
  for (let i = 0; i < harmless.length; i++) if (harmless[i] === list) return;
  const text = spelledText(list, MAX_NUMBERS);
  if (text !== undefined) {
    takeSteps(context, text.length / NUMBERS_PER_STEP, at);
    if (text.length === MAX_NUMBERS)
      fail(
        context,
        at,
        `a list of ${MAX_NUMBERS} bytes or more is not read: it could be the bytes of something hidden`,
      );
    if (redactor.text(text) !== undefined)
      fail(context, at, 'these numbers are the bytes of something hidden: they are not read one by one');
  }
  if (harmless.length < MAX_REMEMBERED) harmless[harmless.length] = list;
}

export function refuseWrittenBuffer(context: Context, holder: object, at: number): void {
  if (isWrittenBuffer(holder)) fail(context, at, 'the bytes of a buffer are not read one by one, nor as JSON has them');
}

/** Also by which indices it has, its length would be told. */
export function refuseBoxed(context: Context, holder: object, at: number): void {
  if (isBoxedPrimitive(holder)) fail(context, at, 'a boxed primitive is not looked into');
}

/** JavaScript lists no keys of what a Map or a Set holds, as if it were empty, which misleads. */
export function refuseEntries(context: Context, holder: object, at: number): void {
  if (isMap(holder) && (mapSize(holder) ?? 0) > 0)
    fail(context, at, 'the entries of a Map are no properties; write [...map.entries()], or [...map.keys()]');
  if (isSet(holder) && (setSize(holder) ?? 0) > 0)
    fail(context, at, 'the items of a Set are no properties; write [...set]');
}
