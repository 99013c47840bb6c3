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

/** A map whose methods are those of this moment. */
export interface Memo<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  clear(): void;
  size(): number;
}

export function createMemo<Value>(): Memo<Value> {
  const map = new Map<string, Value>();
  let entries = 0;
  const get = map.get.bind(map);
  const set = map.set.bind(map);
  const clear = map.clear.bind(map);
  return {
    get,
    set(key, value) {
      set(key, value);
      entries++;
    },
    clear() {
      clear();
      entries = 0;
    },
    size: () => entries,
  };
}
