import {
  dateIso,
  dateTime,
  define,
  descriptorOf,
  hasOwn,
  isArray,
  isDate,
  isNaNumber,
  isProxy,
  toBigInt,
  uncurry,
} from '../capture/primordials.ts';
import { allow, type Call } from './built-ins.ts';
import { METHODS, STATICS } from './callable.ts';
import { isObject, numeric, orderable, text } from './coercion.ts';
import { type Context, dataOf, fail, MAX_ITEMS, takeSteps } from './context.ts';
import { labelOfKey } from './label.ts';
import { propertyKey } from './member.ts';
import { namesWithin } from './own-names.ts';
import { refuseSealed } from './sealed.ts';
import { stringify } from './stringify.ts';
import { isTruthy, taintByContent, withoutName } from './taint.ts';
import { nameBeside, refuseBoxed, refuseEntries, refuseItems } from './unnamed.ts';

const { apply } = Reflect;
/** Characters of a text that is read as a date, and as a bigint. */
const MAX_DATE = 100;
const MAX_DIGITS = 1000;

allow(Object, 'keys', (context, call) => {
  const keys: string[] = [];
  eachOwn(context, call.arguments[0], call.at, (key) => {
    keys[keys.length] = key;
  });
  return keys;
});

allow(Object, 'values', (context, call) => {
  const values: unknown[] = [];
  eachOwn(context, call.arguments[0], call.at, (key, found) => {
    values[values.length] = withoutNames(
      context,
      call.arguments[0],
      key,
      dataOf(context, found, labelOfKey(context, key), call.at),
    );
  });
  return values;
});

allow(Object, 'entries', (context, call) => {
  const entries: unknown[] = [];
  eachOwn(context, call.arguments[0], call.at, (key, found) => {
    const value = dataOf(context, found, labelOfKey(context, key), call.at);
    entries[entries.length] = [key, withoutNames(context, call.arguments[0], key, value)];
  });
  return entries;
});

function withoutNames(context: Context, holder: unknown, key: string, value: unknown): unknown {
  const beside = nameBeside(context, holder, key);
  return withoutName(context, key, beside === undefined ? value : withoutName(context, beside, value));
}

allow(Object, 'hasOwn', (context, call) => ownsKey(context, call, call.arguments[0], call.arguments[1]));
allow(Object.prototype, 'hasOwnProperty', (context, call) => ownsKey(context, call, call.receiver, call.arguments[0]));

allow(Array, 'isArray', (context, { arguments: { 0: value }, at }) =>
  isProxy(value) ? fail(context, at, 'a Proxy is not looked into') : isArray(value),
);

allow(JSON, 'stringify', (context, call) => {
  if (call.arguments.length > 1) return fail(context, call.at, 'JSON.stringify takes one argument here');
  return stringify(context, call.arguments[0], call.at);
});

allow(globalThis, 'String', (context, call) =>
  call.arguments.length === 0 ? '' : text(context, call.arguments[0], call.at),
);
allow(globalThis, 'Boolean', (context, call) => isTruthy(context, call.arguments[0]));
allow(globalThis, 'Number', (context, call) => {
  const value = call.arguments[0];
  if (typeof value !== 'bigint') return call.arguments.length === 0 ? 0 : numeric(context, value, call.at);
  taintByContent(context, value, call.at);
  return toNumber(value);
});

allow(globalThis, 'BigInt', (context, call) => {
  const value = orderable(context, call.arguments[0], call.at);
  if (typeof value === 'string') {
    if (value.length > MAX_DIGITS) return fail(context, call.at, `a bigint has at most ${MAX_DIGITS} digits here`);
  }
  taintByContent(context, value, call.at);
  try {
    return toBigInt(value ?? 'nothing');
  } catch {
    return fail(context, call.at, 'it is no whole number');
  }
});

const toNumber = Number;

for (const name of ['isInteger', 'isSafeInteger', 'isFinite', 'isNaN'] as const) {
  const native = Number[name];
  allow(Number, name, (context, call) => {
    taintByContent(context, call.arguments[0], call.at);
    return native(call.arguments[0]);
  });
}

const { isNaN: globalIsNaN, isFinite: globalIsFinite, parseInt: parseInteger, parseFloat: parseDecimal } = globalThis;
allow(globalThis, 'isNaN', (context, call) => globalIsNaN(numeric(context, call.arguments[0], call.at)));
allow(globalThis, 'isFinite', (context, call) => globalIsFinite(numeric(context, call.arguments[0], call.at)));
/** The same functions as `Number.parseInt` and `Number.parseFloat`. */
allow(globalThis, 'parseFloat', (context, call) => {
  const digits = text(context, call.arguments[0], call.at);
  taintByContent(context, digits, call.at);
  return parseDecimal(digits);
});
allow(globalThis, 'parseInt', (context, call) => {
  const radix = call.arguments[1];
  const digits = text(context, call.arguments[0], call.at);
  taintByContent(context, digits, call.at);
  return radix === undefined ? parseInteger(digits) : parseInteger(digits, numeric(context, radix, call.at));
});

for (const name of STATICS['Math'] ?? []) {
  const native: unknown = descriptorOf(Math, name)?.value;
  if (typeof native !== 'function') continue;
  allow(Math, name, (context, call) => {
    const numbers: number[] = [];
    for (let i = 0; i < call.arguments.length; i++) {
      numbers[i] = numeric(context, call.arguments[i], call.at);
    }
    return apply(native, undefined, numbers);
  });
}

for (const name of ['toFixed', 'toPrecision', 'toString', 'valueOf'] as const) {
  const native = uncurry<(self: number, digits?: number) => unknown>(Number.prototype[name]);
  allow(Number.prototype, name, (context, call) => {
    const { receiver, at } = call;
    if (typeof receiver !== 'number') return fail(context, at, `\`${call.label}\` is not called on a number`);
    taintByContent(context, receiver, at);
    const digits = call.arguments[0];
    if (digits === undefined) return native(receiver);
    const count = numeric(context, digits, at);
    if (!(count >= 0 && count <= 100)) return fail(context, at, 'the argument is out of range');
    if (name === 'toString' && !(count >= 2 && count <= 36)) return fail(context, at, 'a radix is 2 to 36');
    if (name === 'toPrecision' && count < 1) return fail(context, at, 'a precision is 1 to 100');
    return native(receiver, count);
  });
}

const bigintToString = uncurry<(self: bigint) => string>(BigInt.prototype.toString);
allow(BigInt.prototype, 'toString', (context, { receiver, label, at }) =>
  typeof receiver === 'bigint'
    ? text(context, receiver, at) || bigintToString(receiver)
    : fail(context, at, `\`${label}\` is not called on a bigint`),
);

for (const name of METHODS.date) {
  if (name === 'toISOString' || name === 'toJSON') continue;
  const native: unknown = descriptorOf(Date.prototype, name)?.value;
  if (typeof native !== 'function') continue;
  allow(Date.prototype, name, (context, call) => apply(native, receiverDate(context, call), []));
}
for (const name of ['toISOString', 'toJSON'] as const) {
  allow(Date.prototype, name, (context, call) => {
    const date = receiverDate(context, call);
    const time = dateTime(date);
    return isNaNumber(time) ? fail(context, call.at, 'the date is invalid') : dateIso(date);
  });
}
const { now, parse: parseTime } = Date;
allow(Date, 'now', () => now());
allow(Date, 'parse', (context, call) => {
  const given = text(context, call.arguments[0], call.at);
  if (given.length > MAX_DATE) return fail(context, call.at, `a date has at most ${MAX_DATE} characters`);
  taintByContent(context, given, call.at);
  return parseTime(given);
});

function receiverDate(context: Context, { receiver, label, at }: Call): Date {
  if (isProxy(receiver) || !isDate(receiver)) return fail(context, at, `\`${label}\` is not called on a Date`);
  return receiver;
}

function ownsKey(context: Context, call: Call, object: unknown, name: unknown): boolean {
  const key = propertyKey(context, name, call.at);
  if (!isObject(object)) return fail(context, call.at, `\`${call.label}\` is asked of something that is not an object`);
  refuseSealed(context, object, call.at);
  refuseBoxed(context, object, call.at);
  return hasOwn(object, key);
}

/** Own enumerable properties with text keys. */
function eachOwn(
  context: Context,
  object: unknown,
  at: number,
  visit: (key: string, found: PropertyDescriptor) => void,
): void {
  if (!isObject(object)) fail(context, at, 'only an object has keys here');
  refuseSealed(context, object, at);
  refuseItems(context, object, at);
  refuseEntries(context, object, at);
  const names = namesWithin(context, object, MAX_ITEMS, at);
  for (let i = 0; i < names.length; i++) {
    takeSteps(context, 1, at);
    const name = names[i] ?? '';
    if (name === 'stack') continue;
    const found = descriptorOf(object, name);
    if (found !== undefined && found.enumerable === true) visit(name, found);
  }
}

/** `{...value}`. What has its name beside it would lose it: to another name that is written there, or with the list that it is in. */
export function copyOwn(context: Context, target: object, value: unknown, at: number): void {
  if (value === null || value === undefined) return;
  eachOwn(context, value, at, (key, found) => {
    const held = dataOf(context, found, labelOfKey(context, key), at);
    const beside = nameBeside(context, value, key);
    setOwn(target, key, beside === undefined ? held : withoutName(context, beside, held));
  });
}

export function setOwn(target: object, key: string | symbol, value: unknown): void {
  define(target, key, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
