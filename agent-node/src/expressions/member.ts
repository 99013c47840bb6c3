import { isStackUnsafe, safeStack } from '../capture/error-stack.ts';
import { readHeaders } from '../capture/node-class.ts';
import {
  codeAt,
  descriptorOf,
  fromCode,
  hasOwn,
  isMap,
  isModuleNamespace,
  isProxy,
  isRegExp,
  isSet,
  mapGet,
  mapHas,
  prototypeOf,
  symbolDescription,
} from '../capture/primordials.ts';
import { isUrl, USER_NAME } from '../capture/url.ts';
import { ACCESSORS } from './accessors.ts';
import { brief, isObject, primitive, text } from './coercion.ts';
import { type Context, dataOf, fail, MAX_TEXT } from './context.ts';
import { refuseBlocked } from './sealed.ts';
import { taintByContent, taintByName, taintBySource, taintByUser } from './taint.ts';
import { indexOfKey, nameBeside, refuseBoxed, refuseItems, refuseWrittenBuffer } from './unnamed.ts';

const MAX_CHAIN = 100;

const StringPrototype = String.prototype;
const NumberPrototype = Number.prototype;
const BooleanPrototype = Boolean.prototype;
const BigIntPrototype = BigInt.prototype;
const SymbolPrototype = Symbol.prototype;

/** What stands between the brackets of `object[value]`: one that is hidden could be found by what it finds. */
export function propertyKey(context: Context, value: unknown, at: number): string | symbol {
  const plain = primitive(context, value, at);
  if (typeof plain === 'symbol') return plain;
  const key = text(context, brief(context, plain, at), at);
  taintByContent(context, plain, at);
  if (typeof plain !== 'string') taintByContent(context, key, at);
  return key;
}

/**
 * `base[key]` without running anything: own and inherited data properties, and the built-in accessors of the allow-list.
 * `label` is how the expression names it, `at` the column of the name.
 */
export function readMember(context: Context, base: unknown, key: string | symbol, label: string, at: number): unknown {
  if (base === null || base === undefined) {
    return fail(
      context,
      at,
      `\`${label}\` cannot be read: what is before it is ${base === null ? 'null' : 'undefined'}; use ?.`,
    );
  }
  if (isObject(base) && !isProxy(base)) {
    refuseBlocked(context, base, at);
    if (key === 'length') refuseBoxed(context, base, at);
    if (key === 'data') refuseWrittenBuffer(context, base, at);
    if (typeof key === 'string' && indexOfKey(key) >= 0) refuseItems(context, base, at);
  }
  const value =
    typeof base === 'string'
      ? readText(context, base, key, label, at)
      : readChain(context, start(base), base, key, label, at);
  if (typeof key === 'symbol') taintByName(context, symbolDescription(key) ?? '', value);
  else {
    if (value === undefined && isObject(base) && !isProxy(base)) refuseEntry(context, base, key, label, at);
    taintByName(context, key, value);
    const name = nameBeside(context, base, key);
    if (name !== undefined) taintByName(context, name, value);
    if (key === USER_NAME && isUrl(base)) taintByUser(context, value);
    if (key === 'source' && typeof value === 'string' && isRegExp(base)) taintBySource(context, value, at);
  }
  return value;
}

/** JavaScript gives undefined for the entry of a map or a set that is read as a property, which misleads. */
function refuseEntry(context: Context, base: object, key: string, label: string, at: number): void {
  if (isMap(base) && mapHas(base, key) && !hasOwn(base, key)) {
    fail(context, at, `\`${label}\` is an entry of a Map and no property; write .get(key)`);
  }
  if (isSet(base) && indexOfKey(key) >= 0 && !hasOwn(base, key)) {
    fail(context, at, `\`${label}\` is an index, which a Set does not have; write [...set][index], or .has(item)`);
  }
}

function readText(context: Context, base: string, key: string | symbol, label: string, at: number): unknown {
  if (key === 'length') return lengthOf(context, base, at);
  const index = typeof key === 'string' ? indexOfKey(key) : -1;
  if (index < 0) return readChain(context, StringPrototype, base, key, label, at);
  taintByContent(context, base, at);
  return index < base.length ? fromCode(codeAt(base, index)) : undefined;
}

/**
 * Of what is hidden only the length class is told: ten exact lengths of a name, or of an address, are ten groups of
 * people. That of a longer text is told, as it is with one that was cut for a hit.
 */
function lengthOf(context: Context, text: string, at: number): number {
  if (text.length <= MAX_TEXT || context.hidesAll()) taintByContent(context, text, at);
  return text.length;
}

function start(base: unknown): object {
  if (isObject(base)) return base;
  switch (typeof base) {
    case 'number':
      return NumberPrototype;
    case 'boolean':
      return BooleanPrototype;
    case 'bigint':
      return BigIntPrototype;
    default:
      return SymbolPrototype;
  }
}

function readChain(
  context: Context,
  from: object,
  receiver: unknown,
  key: string | symbol,
  label: string,
  at: number,
): unknown {
  let holder: object | null = from;
  for (let i = 0; i < MAX_CHAIN && holder !== null; i++) {
    if (isProxy(holder)) return fail(context, at, `\`${label}\` is behind a Proxy, which is not looked into`);
    const found = ownDescriptor(context, holder, key, label, at);
    if (found !== undefined) {
      if (hasOwn(found, 'value')) return found.value;
      const accessor = mapGet(ACCESSORS, found.get) as ((receiver: unknown) => unknown) | undefined;
      const value = accessor?.(receiver);
      if (value !== undefined) return value;
      if (key === 'stack' && isObject(receiver)) {
        const stack = safeStack(receiver);
        if (stack !== undefined) return stack;
      }
      if (key === 'headers' && isObject(receiver)) {
        const headers = readHeaders(found.get, receiver);
        if (headers !== undefined) return headers;
        if (!isProxy(receiver) && hasOwn(receiver, 'rawHeaders'))
          return fail(
            context,
            at,
            `\`${label}\` is a getter, and is not run; read rawHeaders, a list of names and values`,
          );
      }
      return dataOf(context, found, label, at);
    }
    holder = prototypeOf(holder);
  }
  return undefined;
}

function ownDescriptor(
  context: Context,
  holder: object,
  key: string | symbol,
  label: string,
  at: number,
): PropertyDescriptor | undefined {
  if (key === 'stack' && hasOwn(holder, key) && isStackUnsafe(holder)) {
    return fail(
      context,
      at,
      `\`${label}\` would be made by the application's Error.prepareStackTrace, which is not run`,
    );
  }
  try {
    return descriptorOf(holder, key);
  } catch {
    const why = isModuleNamespace(holder) ? 'is not initialised yet' : 'cannot be read';
    return fail(context, at, `\`${label}\` ${why}`);
  }
}
