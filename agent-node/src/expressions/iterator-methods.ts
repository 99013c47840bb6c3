import { isMap, isProxy, isSet } from '../capture/primordials.ts';
import { allow } from './built-ins.ts';
import { append, appendAll, receiverArray, spreadInto } from './collection-methods.ts';
import { type Context, fail } from './context.ts';

/**
 * The list of what an iterator would give. The parser lets these be called only where they are spread at once, so that
 * no expression can tell the difference.
 */
type Part = 'keys' | 'values' | 'entries';

allowOf(Map.prototype, isMap, 'a Map', (pair, part) =>
  part === 'entries' ? pair : (pair as readonly unknown[])[part === 'keys' ? 0 : 1],
);
allowOf(Set.prototype, isSet, 'a Set', (item, part) => (part === 'entries' ? [item, item] : item));

function allowOf(
  prototype: object,
  isKind: (value: unknown) => boolean,
  kind: string,
  take: (item: unknown, part: Part) => unknown,
): void {
  // A Set has one function for its keys and its values.
  for (const part of ['keys', 'values', 'entries'] as const) {
    allow(prototype, part, (context, { receiver, label, at }) => {
      if (isProxy(receiver) || !isKind(receiver)) return fail(context, at, `\`${label}\` is not called on ${kind}`);
      const all: unknown[] = [];
      spreadInto(context, all, receiver, at);
      const items: unknown[] = [];
      for (let i = 0; i < all.length; i++) append(context, items, take(all[i], part), at);
      return items;
    });
  }
}

for (const part of ['keys', 'values', 'entries'] as const) {
  allow(Array.prototype, part, (context, call) => {
    const values: unknown[] = [];
    appendAll(context, values, receiverArray(context, call), call.at);
    return part === 'values' ? values : indexed(context, values, part, call.at);
  });
}

function indexed(context: Context, values: readonly unknown[], part: Part, at: number): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < values.length; i++) append(context, items, part === 'keys' ? i : [i, values[i]], at);
  return items;
}
