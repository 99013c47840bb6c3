/**
 * The built-ins that run in the application's thread, taken when the agent is loaded: the application may replace any of
 * them later, and a replaced one would be the application's code.
 */
import { types } from 'node:util';

type Method = (this: never, ...rest: never) => unknown;

/**
 * A method as a function over its receiver, without a look-up on the receiver. The signature is the caller's claim. A
 * bound `call` is what V8 can inline; `Reflect.apply` would make an array for each call.
 */
export function uncurry<Signature>(method: Method): Signature {
  return Function.prototype.call.bind(method) as Signature;
}

/** The getter of a built-in accessor, or one that gives undefined where this version of Node has none. */
export function uncurryGetter<Result>(holder: object, name: PropertyKey): (self: unknown) => Result | undefined {
  const found = Reflect.getOwnPropertyDescriptor(holder, name)?.get;
  return found ? uncurry<(self: unknown) => Result>(found) : () => undefined;
}

export const descriptorOf: (object: object, key: PropertyKey) => PropertyDescriptor | undefined =
  Reflect.getOwnPropertyDescriptor;
export const prototypeOf: (object: object) => object | null = Reflect.getPrototypeOf;
export const define: (object: object, key: PropertyKey, attributes: PropertyDescriptor) => boolean =
  Reflect.defineProperty;
export const hasOwn: (object: object, key: PropertyKey) => boolean = Object.hasOwn;
/** `key in object`, for our own unions: `in` would also see what the application put on `Object.prototype`. */
export const owns: <T extends object, Key extends string>(
  object: T,
  key: Key,
) => object is Extract<T, { [K in Key]: unknown }> = Object.hasOwn as never;
/** Nine times faster than `Reflect.ownKeys`, which does not use what V8 keeps with the shape. */
export const ownNames: (object: object) => string[] = Object.getOwnPropertyNames;
/** Without the methods of a class, which are code and no state. */
export const ownEnumerableNames: (object: object) => string[] = Object.keys;
export const ownSymbols: (object: object) => symbol[] = Object.getOwnPropertySymbols;
export const isArray: (value: unknown) => value is unknown[] = Array.isArray;

export const isProxy: (value: unknown) => boolean = types.isProxy;
export const isMap: (value: unknown) => value is Map<unknown, unknown> = types.isMap;
export const isSet: (value: unknown) => value is Set<unknown> = types.isSet;
export const isDate: (value: unknown) => value is Date = types.isDate;
export const isRegExp: (value: unknown) => value is RegExp = types.isRegExp;
export const isPromise: (value: unknown) => boolean = types.isPromise;
export const isNativeError: (value: unknown) => value is Error = types.isNativeError;
export const isAnyArrayBuffer: (value: unknown) => value is ArrayBuffer | SharedArrayBuffer = types.isAnyArrayBuffer;
export const isSharedArrayBuffer: (value: unknown) => boolean = types.isSharedArrayBuffer;
export const isArrayBufferView: (value: unknown) => value is NodeJS.ArrayBufferView = types.isArrayBufferView;
export const isUint8Array: (value: unknown) => value is Uint8Array = types.isUint8Array;
export const isUint8ClampedArray: (value: unknown) => boolean = types.isUint8ClampedArray;
export const isInt8Array: (value: unknown) => boolean = types.isInt8Array;
export const isFloat32Array: (value: unknown) => boolean = types.isFloat32Array;
export const isFloat64Array: (value: unknown) => boolean = types.isFloat64Array;
export const isDataView: (value: unknown) => boolean = types.isDataView;
export const isBoxedPrimitive: (value: unknown) => boolean = types.isBoxedPrimitive;
export const isNumberObject: (value: unknown) => boolean = types.isNumberObject;
export const isStringObject: (value: unknown) => boolean = types.isStringObject;
export const isBooleanObject: (value: unknown) => boolean = types.isBooleanObject;
export const isBigIntObject: (value: unknown) => boolean = types.isBigIntObject;
export const isModuleNamespace: (value: unknown) => boolean = types.isModuleNamespaceObject;

export const ObjectPrototype: object = Object.prototype;
export const ArrayPrototype: object = Array.prototype;
export const FunctionPrototype: object = Function.prototype;
export const ErrorPrototype: object = Error.prototype;
export const DatePrototype: object = Date.prototype;
export const RegExpPrototype: object = RegExp.prototype;
export const PromisePrototype: object = Promise.prototype;

export const codeAt = uncurry<(text: string, index: number) => number>(String.prototype.charCodeAt);
export const sliceText = uncurry<(text: string, from: number, to?: number) => string>(String.prototype.slice);
export const indexOfText = uncurry<(text: string, part: string, from?: number) => number>(String.prototype.indexOf);
export const isNaNumber: (value: number) => boolean = Number.isNaN;
export const textOf: (value: unknown) => string = String;
export const toBigInt: (value: string | number | bigint | boolean) => bigint = BigInt;
export const fromCode: (code: number) => string = String.fromCharCode;

export const PlainMap = Map;
export const PlainWeakMap = WeakMap;
export const mapGet = uncurry<(map: object, key: unknown) => unknown>(Map.prototype.get);
export const mapHas = uncurry<(map: object, key: unknown) => boolean>(Map.prototype.has);
export const mapSet = uncurry<(map: object, key: unknown, value: unknown) => void>(Map.prototype.set);
export const mapClear = uncurry<(map: object) => void>(Map.prototype.clear);
export const mapSize = uncurryGetter<number>(Map.prototype, 'size');
export const mapEntries = uncurry<(map: object) => object>(Map.prototype.entries);
export const nextEntry = uncurry<(iterator: object) => { done?: boolean; value: [unknown, unknown] }>(
  new Map().entries().next,
);
export const setHas = uncurry<(set: object, key: unknown) => boolean>(Set.prototype.has);
export const setSize = uncurryGetter<number>(Set.prototype, 'size');
export const setValues = uncurry<(set: object) => object>(Set.prototype.values);
export const nextValue = uncurry<(iterator: object) => { done?: boolean; value: unknown }>(new Set().values().next);

export const weakGet = uncurry<(map: object, key: object) => unknown>(WeakMap.prototype.get);
export const weakSet = uncurry<(map: object, key: object, value: unknown) => void>(WeakMap.prototype.set);

export const dateTime = uncurry<(date: Date) => number>(Date.prototype.getTime);
export const dateIso = uncurry<(date: Date) => string>(Date.prototype.toISOString);
export const functionText = uncurry<(fn: unknown) => string>(Function.prototype.toString);
export const symbolDescription = uncurryGetter<string>(Symbol.prototype, 'description');
export const numberValue = uncurry<(value: unknown) => number>(Number.prototype.valueOf);
export const stringValue = uncurry<(value: unknown) => string>(String.prototype.valueOf);
export const booleanValue = uncurry<(value: unknown) => boolean>(Boolean.prototype.valueOf);
export const bigintValue = uncurry<(value: unknown) => bigint>(BigInt.prototype.valueOf);
export const symbolValue = uncurry<(value: unknown) => symbol>(Symbol.prototype.valueOf);

const TypedArrayPrototype = Reflect.getPrototypeOf(Uint8Array.prototype) ?? Uint8Array.prototype;
export const typedArrayLength = uncurryGetter<number>(TypedArrayPrototype, 'length');
export const typedArrayBytes = uncurryGetter<number>(TypedArrayPrototype, 'byteLength');
export const dataViewBytes = uncurryGetter<number>(DataView.prototype, 'byteLength');
export const arrayBufferBytes = uncurryGetter<number>(ArrayBuffer.prototype, 'byteLength');
export const sharedBufferBytes = uncurryGetter<number>(SharedArrayBuffer.prototype, 'byteLength');

export const regexpSource = uncurryGetter<string>(RegExp.prototype, 'source');
/** In the order of `RegExp.prototype.flags`, which itself would read each of them from the object, own ones first. */
export const REGEXP_FLAGS: readonly (readonly [letter: string, isSet: (self: unknown) => boolean | undefined])[] = [
  ['d', uncurryGetter<boolean>(RegExp.prototype, 'hasIndices')],
  ['g', uncurryGetter<boolean>(RegExp.prototype, 'global')],
  ['i', uncurryGetter<boolean>(RegExp.prototype, 'ignoreCase')],
  ['m', uncurryGetter<boolean>(RegExp.prototype, 'multiline')],
  ['s', uncurryGetter<boolean>(RegExp.prototype, 'dotAll')],
  ['u', uncurryGetter<boolean>(RegExp.prototype, 'unicode')],
  ['v', uncurryGetter<boolean>(RegExp.prototype, 'unicodeSets')],
  ['y', uncurryGetter<boolean>(RegExp.prototype, 'sticky')],
];

/**
 * The value of an own data property. Undefined where there is none, or an accessor: no getter runs. `object` is not a
 * Proxy.
 */
export function ownData(object: object, key: PropertyKey): unknown {
  const found = descriptorOf(object, key);
  // A descriptor inherits from `Object.prototype`, on which an application can put a `value`.
  return found !== undefined && hasOwn(found, 'value') ? found.value : undefined;
}
