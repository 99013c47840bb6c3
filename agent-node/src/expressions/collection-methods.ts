import { nameOfKey } from '../capture/named-value.ts';
import {
  descriptorOf,
  hasOwn,
  isArray,
  isMap,
  isNaNumber,
  isProxy,
  isSet,
  mapEntries,
  mapGet,
  mapHas,
  mapSize,
  nextEntry,
  nextValue,
  setHas,
  setSize,
  setValues,
} from '../capture/primordials.ts';
import { allow, type Call } from './built-ins.ts';
import { brief, isObject, numeric, text } from './coercion.ts';
import { type Context, dataOf, fail, MAX_ITEMS, MAX_TEXT, takeSteps } from './context.ts';
import { sameAs } from './equality.ts';
import { refuseBlocked, refuseSealed } from './sealed.ts';
import { taintByContent, taintByName, taintByTruth, withoutName, withoutSecrets } from './taint.ts';
import { refuseSpelled, withoutNameBefore } from './unnamed.ts';

const prototype = Array.prototype;
const { max: larger, min: smaller } = Math;

allow(prototype, 'includes', (context, call) => {
  const array = receiverArray(context, call);
  const wanted = call.arguments[0];
  const wantsNaN = isNaNValue(wanted);
  const isWanted = sameAs(context, wanted, call.at);
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (isWanted(item) || (wantsNaN && isNaNValue(item))) return true;
  }
  return false;
});

allow(prototype, 'indexOf', (context, call) => {
  const array = receiverArray(context, call);
  const isWanted = sameAs(context, call.arguments[0], call.at);
  for (let i = 0; i < array.length; i++) {
    if (isWanted(itemOf(context, array, i, call.at)) && hasOwn(array, i)) return i;
  }
  return -1;
});

allow(prototype, 'lastIndexOf', (context, call) => {
  const array = receiverArray(context, call);
  const isWanted = sameAs(context, call.arguments[0], call.at);
  for (let i = array.length - 1; i >= 0; i--) {
    if (isWanted(itemOf(context, array, i, call.at)) && hasOwn(array, i)) return i;
  }
  return -1;
});

allow(prototype, 'at', (context, call) => {
  const array = receiverArray(context, call);
  const index = wholeNumber(context, call, 0, 0);
  return itemOf(context, array, index < 0 ? array.length + index : index, call.at);
});

allow(prototype, 'slice', (context, call) => {
  const array = receiverArray(context, call);
  const { length } = array;
  const from = clampIndex(wholeNumber(context, call, 0, 0), length);
  const to = clampIndex(wholeNumber(context, call, 1, length), length);
  const items: unknown[] = [];
  for (let i = from; i < to; i++) append(context, items, itemOf(context, array, i, call.at), call.at);
  return items;
});

allow(prototype, 'concat', (context, call) => {
  const items: unknown[] = [];
  appendAll(context, items, receiverArray(context, call), call.at);
  for (let i = 0; i < call.arguments.length; i++) {
    const argument = call.arguments[i];
    if (!isProxy(argument) && isArray(argument)) appendAll(context, items, argument, call.at);
    else append(context, items, argument, call.at);
  }
  return items;
});

allow(prototype, 'join', (context, call) => {
  const array = receiverArray(context, call);
  const separator =
    call.arguments[0] === undefined ? ',' : withoutSecrets(context, text(context, call.arguments[0], call.at));
  let made = '';
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (i > 0) made += separator;
    if (item !== null && item !== undefined) made += withoutSecrets(context, text(context, item, call.at));
    if (made.length > MAX_TEXT) fail(context, call.at, `it would make a text of more than ${MAX_TEXT} characters`);
  }
  return made;
});

allow(Map.prototype, 'get', (context, call) => {
  const { receiver } = call;
  if (isProxy(receiver) || !isMap(receiver)) return fail(context, call.at, `\`${call.label}\` is not called on a Map`);
  const key = call.arguments[0];
  const value = mapGet(receiver, entryKey(context, key, call.at));
  taintByName(context, nameOfKey(key) ?? '', value);
  return value;
});

allow(Map.prototype, 'has', (context, { receiver, label, at, arguments: { 0: key } }) =>
  !isProxy(receiver) && isMap(receiver)
    ? mapHas(receiver, entryKey(context, key, at))
    : fail(context, at, `\`${label}\` is not called on a Map`),
);

allow(Set.prototype, 'has', (context, { receiver, label, at, arguments: { 0: item } }) =>
  !isProxy(receiver) && isSet(receiver)
    ? setHas(receiver, entryKey(context, item, at))
    : fail(context, at, `\`${label}\` is not called on a Set`),
);

/** Found in a map or a set, a hidden text or number would be known: what it is looked up for is enough to refuse. */
function entryKey(context: Context, key: unknown, at: number): unknown {
  taintByContent(context, brief(context, key, at), at);
  return key;
}

function isNaNValue(value: unknown): boolean {
  return typeof value === 'number' && isNaNumber(value);
}

export function receiverArray(context: Context, { receiver, label, at }: Call): unknown[] {
  if (isProxy(receiver) || !isArray(receiver)) return fail(context, at, `\`${label}\` is not called on an array`);
  refuseSpelled(context, receiver, at);
  return receiver;
}

export function itemOf(context: Context, array: unknown[], index: number, at: number): unknown {
  takeSteps(context, 1, at);
  refuseBlocked(context, array, at);
  const found = descriptorOf(array, index);
  if (found === undefined) return undefined;
  const item = dataOf(context, found, `[${index}]`, at);
  taintByTruth(context, item);
  return withoutNameBefore(context, array, index, item);
}

function wholeNumber(context: Context, call: Call, index: number, otherwise: number): number {
  const value = call.arguments[index];
  if (value === undefined) return otherwise;
  const number = numeric(context, value, call.at);
  if (!(number < 0) && !(number > 0)) return 0;
  return number - (number % 1);
}

function clampIndex(index: number, length: number): number {
  return index < 0 ? larger(index + length, 0) : smaller(index, length);
}

export function append(context: Context, items: unknown[], item: unknown, at: number): void {
  if (items.length >= MAX_ITEMS) fail(context, at, `it would make more than ${MAX_ITEMS} items`);
  items[items.length] = item;
}

export function appendAll(context: Context, items: unknown[], array: unknown[], at: number): void {
  refuseSpelled(context, array, at);
  for (let i = 0; i < array.length; i++) append(context, items, itemOf(context, array, i, at), at);
}

/** `...value` in an array or in arguments: the items of arrays, maps, sets and texts, without asking for an iterator. */
export function spreadInto(context: Context, items: unknown[], value: unknown, at: number): void {
  if (typeof value === 'string') fail(context, at, 'a text is not spread; read the text itself');
  if (isObject(value)) refuseSealed(context, value, at);
  if (isArray(value)) appendAll(context, items, value, at);
  else if (isMap(value)) spreadMap(context, items, value, at);
  else if (isSet(value)) spreadSet(context, items, value, at);
  else fail(context, at, 'only arrays, maps and sets are spread here: another iterator would run');
}

function spreadSet(context: Context, items: unknown[], set: object, at: number): void {
  if ((setSize(set) ?? 0) > MAX_ITEMS) fail(context, at, `it would make more than ${MAX_ITEMS} items`);
  const iterator = setValues(set);
  for (let step = nextValue(iterator); !step.done; step = nextValue(iterator)) append(context, items, step.value, at);
}

function spreadMap(context: Context, items: unknown[], map: object, at: number): void {
  if ((mapSize(map) ?? 0) > MAX_ITEMS) fail(context, at, `it would make more than ${MAX_ITEMS} items`);
  const iterator = mapEntries(map);
  for (let step = nextEntry(iterator); !step.done; step = nextEntry(iterator)) {
    takeSteps(context, 1, at);
    const key = step.value[0];
    const name = nameOfKey(key);
    const value = name === undefined ? step.value[1] : withoutName(context, name, step.value[1]);
    append(context, items, [key, value], at);
  }
}
