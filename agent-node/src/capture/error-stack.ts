import {
  descriptorOf,
  ErrorPrototype,
  FunctionPrototype,
  functionText,
  hasOwn,
  indexOfText,
  isProxy,
  ObjectPrototype,
  prototypeOf,
  uncurry,
} from './primordials.ts';

const ErrorConstructor = Error;
/** From Node 22 on there is a formatter of Node's own. What stands there at load may also be the application's. */
const NODES_FORMATTER = 'function ErrorPrepareStackTrace(';
const atLoad: unknown = Reflect.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value;
const ownFormatter: unknown =
  typeof atLoad === 'function' && !isProxy(atLoad) && indexOfText(functionText(atLoad), NODES_FORMATTER) === 0
    ? atLoad
    : undefined;
/** From Node 22 on `stack` is an accessor; this is V8's own getter, which every error of the realm shares. */
const stackGetter = Reflect.getOwnPropertyDescriptor(new Error('probe'), 'stack')?.get;
const readByGetter = stackGetter ? uncurry<(self: unknown) => unknown>(stackGetter) : undefined;
const MAX_CHAIN = 20;

/**
 * Reading `stack`, even its descriptor, could run code of the application. V8 formats a stack when it is first read, by
 * the application's `Error.prepareStackTrace` where there is one; and reading it early would give the application another
 * stack than its own formatter would have made. So it is read only while nobody has set one. `captureStackTrace` gives
 * any object such a `stack`. From Node 22 on the descriptor is harmless: it is an accessor.
 */
export function isStackUnsafe(object: object): boolean {
  return stackGetter === undefined && !mayFormat(object);
}

/** The `stack` that V8 gave to an object; undefined where it has none, or where reading it could run code. */
export function safeStack(object: object): string | undefined {
  if (!hasOwn(object, 'stack') || !mayFormat(object)) return undefined;
  const found = descriptorOf(object, 'stack');
  if (found === undefined) return undefined;
  if (hasOwn(found, 'value')) return typeof found.value === 'string' ? found.value : undefined;
  if (readByGetter === undefined || found.get !== stackGetter) return undefined;
  const stack = readByGetter(object);
  return typeof stack === 'string' ? stack : undefined;
}

function mayFormat(object: object): boolean {
  return ofThisRealm(object) && formatterIsNodes() && isPlain(object, 'name') && isPlain(object, 'message');
}

/** The first line of a stack is `Error.prototype.toString`, which would run a getter, or the `toString` of an object. */
function isPlain(object: object, key: string): boolean {
  let holder: object | null = object;
  for (let i = 0; i < MAX_CHAIN && holder !== null; i++) {
    if (isProxy(holder)) return false;
    const found = descriptorOf(holder, key);
    if (found !== undefined) {
      if (!hasOwn(found, 'value')) return false;
      const value: unknown = found.value;
      return typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol';
    }
    holder = prototypeOf(holder);
  }
  return holder === null;
}

function formatterIsNodes(): boolean {
  const global = descriptorOf(globalThis, 'Error');
  if (global === undefined || !hasOwn(global, 'value') || global.value !== ErrorConstructor) return false;
  const own = descriptorOf(ErrorConstructor, 'prepareStackTrace');
  if (own !== undefined) return hasOwn(own, 'value') && (own.value === ownFormatter || own.value === undefined);
  return (
    prototypeOf(ErrorConstructor) === FunctionPrototype &&
    !hasOwn(FunctionPrototype, 'prepareStackTrace') &&
    !hasOwn(ObjectPrototype, 'prepareStackTrace')
  );
}

/** Another realm's error is formatted by another `Error.prepareStackTrace`, which cannot be seen from here. */
function ofThisRealm(object: object): boolean {
  let prototype = prototypeOf(object);
  if (prototype === null) return true;
  for (let i = 0; i < MAX_CHAIN && prototype !== null && !isProxy(prototype); i++) {
    if (prototype === ErrorPrototype || prototype === ObjectPrototype) return true;
    prototype = prototypeOf(prototype);
  }
  return false;
}
