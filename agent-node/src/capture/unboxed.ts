import {
  bigintValue,
  booleanValue,
  isBigIntObject,
  isBooleanObject,
  isNumberObject,
  isStringObject,
  numberValue,
  stringValue,
  symbolValue,
} from './primordials.ts';

/** What `Object('x')`, `new Number(1)` and their kin hold. */
export function unboxed(object: object): unknown {
  if (isStringObject(object)) return stringValue(object);
  if (isNumberObject(object)) return numberValue(object);
  if (isBooleanObject(object)) return booleanValue(object);
  if (isBigIntObject(object)) return bigintValue(object);
  return symbolValue(object);
}
