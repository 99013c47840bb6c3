import { isArray, isArrayBufferView, isDataView, ownNames, typedArrayLength } from '../capture/primordials.ts';
import { knownWidth, noteWidth } from '../capture/wide-objects.ts';
import { type Context, fail } from './context.ts';

/**
 * The own names of an object that has at most `limit` of them. V8 cannot count them without listing all, at 0.5 to 1.5 us
 * each: so what has items is refused by their number first, and a plain object that turned out to be wide is listed once
 * for as long as it lives, here or by a capture.
 */
export function namesWithin(context: Context, object: object, limit: number, at: number): readonly string[] {
  if (itemCount(object) > limit || (knownWidth(object) ?? 0) > limit) return tooMany(context, limit, at);
  const names = ownNames(object);
  if (names.length <= limit) return names;
  noteWidth(object, names.length);
  return tooMany(context, limit, at);
}

/** Each item has a name, its index. */
function itemCount(object: object): number {
  if (isArray(object)) return object.length;
  return isArrayBufferView(object) && !isDataView(object) ? (typedArrayLength(object) ?? 0) : 0;
}

function tooMany(context: Context, limit: number, at: number): never {
  return fail(context, at, `the object has more than ${limit} properties`);
}
