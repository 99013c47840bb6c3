/**
 * What the redactor uses of the language, taken once when this module loads: it runs inside the application's thread,
 * and an application may replace `String.prototype.charCodeAt` or `JSON.parse` later. No regular expression is run
 * anywhere in this package, because each run would change `RegExp.$1` and its kin under the application's hands.
 */
type Uncurried<This, Arguments extends unknown[], Result> = (self: This, ...rest: Arguments) => Result;

function uncurry<This, Arguments extends unknown[], Result>(
  method: (this: This, ...rest: Arguments) => Result,
): Uncurried<This, Arguments, Result> {
  return Function.prototype.call.bind(method) as Uncurried<This, Arguments, Result>;
}

/** UTF-16 code unit at an index; NaN outside of the text. */
export const codeAt: (text: string, index: number) => number = uncurry(String.prototype.charCodeAt);
export const sliceText: (text: string, from: number, to: number) => string = uncurry(String.prototype.slice);
export const indexOf: (text: string, part: string, from: number) => number = uncurry(String.prototype.indexOf);
export const lowerCase: (text: string) => string = uncurry(String.prototype.toLowerCase);
export const least = Math.min;
export const most = Math.max;
export const multiply32 = Math.imul;
export const fromCode: (code: number) => string = String.fromCharCode;
export const leadingZeros = Math.clz32;
export const toText: (value: unknown) => string = String;
export const isSafeInteger: (value: unknown) => boolean = Number.isSafeInteger;
export const Bytes = Uint8Array;
export const Words = Uint16Array;
export const Integers16 = Int16Array;
export const Integers32 = Int32Array;
const owns: (object: object, key: string) => boolean = uncurry(Object.prototype.hasOwnProperty);

/** An own property: where it is missing, one that the application has put on `Object.prototype` is not taken for it. */
export function own<Holder extends object, Key extends keyof Holder & string>(
  object: Holder,
  key: Key,
): Holder[Key] | undefined {
  return owns(object, key) ? object[key] : undefined;
}

const PlainMap = Map;
type AnyMap = Map<string, unknown>;
const mapGet: (map: AnyMap, key: string) => unknown = uncurry(Map.prototype.get);
const mapSet: (map: AnyMap, key: string, value: unknown) => unknown = uncurry(Map.prototype.set);
const mapClear: (map: AnyMap) => void = uncurry(Map.prototype.clear);

const PlainWeakMap = WeakMap;
type AnyWeakMap = WeakMap<object, unknown>;
const weakGet: (map: AnyWeakMap, key: object) => unknown = uncurry(WeakMap.prototype.get);
const weakSet: (map: AnyWeakMap, key: object, value: unknown) => unknown = uncurry(WeakMap.prototype.set);

/** What is known of objects, for as long as they live. */
export interface ObjectMemo<Key extends object, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
}

export function createObjectMemo<Key extends object, Value>(): ObjectMemo<Key, Value> {
  const map = new PlainWeakMap<Key, Value>();
  return {
    get: (key) => weakGet(map, key) as Value | undefined,
    set(key, value) {
      weakSet(map, key, value);
    },
  };
}

/** A map of names to verdicts, which the application cannot get between. */
export interface Memo {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  clear(): void;
  size(): number;
}

export function createMemo(): Memo {
  const map = new PlainMap<string, unknown>();
  let entries = 0;
  return {
    get(key) {
      const found = mapGet(map, key);
      return typeof found === 'string' ? found : undefined;
    },
    set(key, value) {
      mapSet(map, key, value);
      entries++;
    },
    clear() {
      mapClear(map);
      entries = 0;
    },
    size: () => entries,
  };
}
