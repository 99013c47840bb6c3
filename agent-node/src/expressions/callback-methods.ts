import { hasOwn, isArray, isProxy } from '../capture/primordials.ts';
import { allow, type BuiltIn, builtIn, type Call, type Callback } from './built-ins.ts';
import { append, appendAll, itemOf, receiverArray, spreadInto } from './collection-methods.ts';
import { type Context, fail, takeSteps } from './context.ts';
import { isTruthy, taintByContent } from './taint.ts';
import { refuseSpelled } from './unnamed.ts';

const prototype = Array.prototype;
const MAX_FLATTENED = 10;

allow(prototype, 'some', (context, call) => {
  const { array, each } = started(context, call);
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (hasOwn(array, i) && isTruthy(context, each(context, [item, i, array]))) return true;
  }
  return false;
});

allow(prototype, 'every', (context, call) => {
  const { array, each } = started(context, call);
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (hasOwn(array, i) && !isTruthy(context, each(context, [item, i, array]))) return false;
  }
  return true;
});

allow(prototype, 'filter', (context, call) => {
  const { array, each } = started(context, call);
  const items: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (hasOwn(array, i) && isTruthy(context, each(context, [item, i, array]))) append(context, items, item, call.at);
  }
  return items;
});

allow(prototype, 'map', (context, call) => {
  const { array, each } = started(context, call);
  const items: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (!hasOwn(array, i)) return fail(context, call.at, 'a list with holes is not mapped; filter it first');
    append(context, items, each(context, [item, i, array]), call.at);
  }
  return items;
});

allow(prototype, 'flatMap', (context, call) => {
  const { array, each } = started(context, call);
  const items: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (hasOwn(array, i)) flatten(context, items, each(context, [item, i, array]), 1, call.at);
  }
  return items;
});

allow(prototype, 'flat', (context, call) => {
  const depth = call.arguments[0] ?? 1;
  if (typeof depth !== 'number' || !(depth >= 0 && depth <= MAX_FLATTENED))
    return fail(context, call.at, `a depth is 0 to ${MAX_FLATTENED} here`);
  taintByContent(context, depth, call.at);
  const array = receiverArray(context, call);
  const items: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (hasOwn(array, i)) flatten(context, items, item, depth, call.at);
  }
  return items;
});

function flatten(context: Context, items: unknown[], item: unknown, depth: number, at: number): void {
  if (depth < 1 || isProxy(item) || !isArray(item)) append(context, items, item, at);
  else if (depth < 2) appendAll(context, items, item, at);
  else {
    refuseSpelled(context, item, at);
    for (let i = 0; i < item.length; i++) flatten(context, items, itemOf(context, item, i, at), depth - 1, at);
  }
}

for (const [name, fromEnd, givesIndex] of [
  ['find', false, false],
  ['findIndex', false, true],
  ['findLast', true, false],
  ['findLastIndex', true, true],
] as const) {
  allow(prototype, name, (context, call) => {
    const { array, each } = started(context, call);
    const last = array.length - 1;
    for (let i = 0; i <= last; i++) {
      const index = fromEnd ? last - i : i;
      const item = itemOf(context, array, index, call.at);
      if (isTruthy(context, each(context, [item, index, array]))) return givesIndex ? index : item;
    }
    return givesIndex ? -1 : undefined;
  });
}

allow(prototype, 'reduce', (context, call) => {
  const { array, each } = started(context, call);
  const first = call.callback === undefined ? 1 : 0;
  let begun = call.arguments.length > first;
  let value = call.arguments[first];
  for (let i = 0; i < array.length; i++) {
    const item = itemOf(context, array, i, call.at);
    if (!hasOwn(array, i)) continue;
    value = begun ? each(context, [value, item, i, array]) : item;
    begun = true;
  }
  return begun ? value : fail(context, call.at, 'an empty list is not reduced without an initial value');
});

allow(Array, 'from', (context, call) => {
  const items: unknown[] = [];
  spreadInto(context, items, call.arguments[0], call.at);
  if (call.callback === undefined && call.arguments[1] === undefined) return items;
  const each = call.callback ?? builtInCallback(context, call, call.arguments[1]);
  const made: unknown[] = [];
  for (let i = 0; i < items.length; i++) append(context, made, each(context, [items[i], i]), call.at);
  return made;
});

function started(context: Context, call: Call): { array: unknown[]; each: Callback } {
  return {
    array: receiverArray(context, call),
    each: call.callback ?? builtInCallback(context, call, call.arguments[0]),
  };
}

/** `list.filter(Boolean)`, `list.map(String)`. */
function builtInCallback(context: Context, { label, at }: Call, given: unknown): Callback {
  const run: BuiltIn | undefined = builtIn(given);
  if (run === undefined)
    return fail(
      context,
      at,
      typeof given === 'function'
        ? `\`${label}\` was given a function of the application, which is not run; write an arrow: item => item.id`
        : `\`${label}\` needs an arrow function: item => item.id`,
    );
  return (inner, values) => {
    takeSteps(inner, 1, at);
    return run(inner, { receiver: undefined, arguments: values, callback: undefined, label, at });
  };
}
