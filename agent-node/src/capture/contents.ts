import { type CapturedValue, LIMITS, type Property } from '@borescope/agent-protocol';
import { isStackUnsafe, safeStack } from './error-stack.ts';
import { jsonBytes } from './json-bytes.ts';
import { holdsNamedValue, NAMING_PROPERTIES } from './named-value.ts';
import {
  descriptorOf,
  hasOwn,
  isArray,
  isBoxedPrimitive,
  isModuleNamespace,
  isProxy,
  mapEntries,
  mapSize,
  nextEntry,
  nextValue,
  ownData,
  prototypeOf,
  setSize,
  setValues,
  symbolDescription,
} from './primordials.ts';
import { shape, shapeSecret } from './shape.ts';
import { plainText } from './text.ts';
import { unboxed } from './unboxed.ts';
import { type ContainerNode, countKind, cutMarker, follow, MARKED_NAME_BYTES, pay, type Walk } from './walk.ts';

/** `{"name":,"value":},` and, for a symbol, `"symbol":true,`. */
const PROPERTY_BYTES = 19;
const SYMBOL_BYTES = 14;
/** How far up a `message` that is not the error's own is looked for. */
const MAX_CHAIN = 10;

/** Marks of `readOwn` for what is no value. */
const GETTER: unique symbol = Symbol('getter');
const UNREADABLE: unique symbol = Symbol('unreadable');
const TDZ: unique symbol = Symbol('tdz');

/** Fills the node of the object at `index` of the queue, as far as the budgets go. */
export function fill(walk: Walk, index: number): void {
  const node = walk.nodes[index];
  const object = walk.objects[index];
  if (node === undefined || object === undefined) return;
  fillNode(walk, index, node, object);
}

function fillNode(walk: Walk, index: number, node: ContainerNode, object: object): boolean {
  switch (node.type) {
    case 'object':
      return fillObject(walk, index, node, object);
    case 'array':
      return isArray(object) && fillArray(walk, index, node, object);
    case 'map':
      return fillMap(walk, index, node, object);
    case 'set':
      return fillSet(walk, index, node, object);
    case 'error':
      return fillError(walk, index, node, object);
  }
}

type NodeOf<Type> = Extract<ContainerNode, { type: Type }>;

function fillObject(walk: Walk, index: number, node: NodeOf<'object'>, object: object): boolean {
  if (isBoxedPrimitive(object)) {
    return addProperty(walk, index, node.properties, '[[PrimitiveValue]]', unboxed(object), false);
  }
  const { names, symbols, count: total } = walk.memory.wide(object, LIMITS.objectProperties);
  if (total > LIMITS.objectProperties) node.size = total;
  const { properties } = node;
  for (let i = 0; i < names.length && properties.length < LIMITS.objectProperties; i++) {
    const key = names[i];
    if (key === undefined || addOwn(walk, index, properties, object, key)) continue;
    node.size = total;
    return false;
  }
  for (let i = 0; i < symbols.length && properties.length < LIMITS.objectProperties; i++) {
    const key = symbols[i];
    if (key === undefined || addOwn(walk, index, properties, object, key)) continue;
    node.size = total;
    return false;
  }
  return true;
}

function addOwn(walk: Walk, index: number, properties: Property[], object: object, key: string | symbol): boolean {
  const value = readOwn(object, key);
  if (typeof key === 'string') {
    const beside = holdsNamedValue(key) ? secretBeside(walk, object) : undefined;
    return addProperty(walk, index, properties, key, value, false, beside);
  }
  return addProperty(walk, index, properties, symbolDescription(key) ?? '', value, true);
}

/** The kind by which `{name: 'password', value: '...'}` hides its value: the name stands beside it. */
function secretBeside(walk: Walk, object: object): string | undefined {
  for (let i = 0; i < NAMING_PROPERTIES.length; i++) {
    const name = ownData(object, NAMING_PROPERTIES[i] ?? '');
    const secret = typeof name === 'string' ? walk.memory.names(name).secret : undefined;
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/** The value of an own property, or a mark. No getter runs; `stack` is read only where that runs nothing. */
function readOwn(object: object, key: string | symbol): unknown {
  try {
    if (key === 'stack') {
      if (isStackUnsafe(object)) return GETTER;
      const stack = safeStack(object);
      if (stack !== undefined) return stack;
    }
    const found = descriptorOf(object, key);
    if (found === undefined) return UNREADABLE;
    return hasOwn(found, 'value') ? found.value : GETTER;
  } catch {
    return isModuleNamespace(object) ? TDZ : UNREADABLE;
  }
}

/** False where it did not fit; then a marker stands in its place, if that fits. */
function addProperty(
  walk: Walk,
  index: number,
  properties: Property[],
  name: string,
  value: unknown,
  symbol: boolean,
  beside?: string,
): boolean {
  const record = walk.memory.names(name);
  const level = (walk.levels[index] ?? 0) + 1;
  const redactions = walk.redactions;
  const captured = shapeNamed(walk, record.secret ?? beside, value, level, index);
  const shown = walk.unlinked && record.kinds.length > 0 ? `[redacted:${record.kinds[0] ?? ''}]` : record.shown;
  const property: Property = symbol ? { name: shown, value: captured, symbol: true } : { name: shown, value: captured };
  if (!pay(walk, PROPERTY_BYTES + record.bytes + (symbol ? SYMBOL_BYTES : 0))) {
    walk.redactions = redactions;
    // The envelope has room for the marker, and for a name of usual length.
    property.value = cutMarker(walk);
    if (record.bytes <= MARKED_NAME_BYTES) properties[properties.length] = property;
    return false;
  }
  for (let i = 0; i < record.kinds.length; i++) countKind(walk, record.kinds[i] ?? '');
  properties[properties.length] = property;
  follow(walk, captured, level, index, property);
  return true;
}

function shapeNamed(
  walk: Walk,
  secret: string | undefined,
  value: unknown,
  level: number,
  parent: number,
): CapturedValue {
  if (typeof value === 'symbol') {
    const mark = value === GETTER || value === UNREADABLE || value === TDZ;
    if (mark) {
      walk.opened = undefined;
      walk.cost = 40;
      if (value === GETTER) return { type: 'getter' };
      return value === TDZ ? { type: 'uninitialized' } : { type: 'truncated', reason: 'error' };
    }
  }
  if (secret !== undefined) return shapeSecret(walk, secret, value, level, parent);
  return shape(walk, value, level, parent);
}

function fillArray(walk: Walk, index: number, node: NodeOf<'array'>, array: unknown[]): boolean {
  const { length } = array;
  if (length > LIMITS.collectionItems) node.length = length;
  const alternating = length % 2 === 0;
  for (let i = 0; i < length && i < LIMITS.collectionItems; i++) {
    const found = descriptorOf(array, i);
    let placed: boolean;
    if (found === undefined) placed = addMark(walk, node.items, { type: 'hole' });
    else if (!hasOwn(found, 'value')) placed = addMark(walk, node.items, { type: 'getter' });
    else
      placed = addItem(
        walk,
        index,
        node.items,
        found.value,
        alternating && i % 2 === 1 ? secretBefore(walk, array, i) : undefined,
      );
    if (placed) continue;
    node.length = length;
    return false;
  }
  return true;
}

/**
 * `['password', 'x']`, as `Object.entries` has it, and lists of alternating names and values, as Node's `rawHeaders`: an
 * item is the name of the next.
 */
function secretBefore(walk: Walk, array: unknown[], index: number): string | undefined {
  const name = ownData(array, index - 1);
  return typeof name === 'string' ? walk.memory.names(name).secret : undefined;
}

function addItem(walk: Walk, index: number, items: CapturedValue[], value: unknown, secret?: string): boolean {
  const level = (walk.levels[index] ?? 0) + 1;
  const redactions = walk.redactions;
  const captured =
    secret === undefined ? shape(walk, value, level, index) : shapeSecret(walk, secret, value, level, index);
  if (pay(walk, 1)) {
    const at = items.length;
    items[at] = captured;
    if (walk.opened !== undefined) follow(walk, captured, level, index, items);
    return true;
  }
  walk.redactions = redactions;
  items[items.length] = cutMarker(walk);
  return false;
}

function addMark(walk: Walk, items: CapturedValue[], mark: CapturedValue): boolean {
  walk.cost = 20;
  walk.opened = undefined;
  const placed = pay(walk, 1);
  items[items.length] = placed ? mark : cutMarker(walk);
  return placed;
}

function fillMap(walk: Walk, index: number, node: NodeOf<'map'>, map: object): boolean {
  const size = mapSize(map) ?? 0;
  if (size > LIMITS.collectionItems) node.size = size;
  const iterator = mapEntries(map);
  for (let i = 0; i < LIMITS.collectionItems; i++) {
    const step = nextEntry(iterator);
    if (step.done) return true;
    const key = step.value[0];
    const secret = typeof key === 'string' ? walk.memory.names(key).secret : undefined;
    const pair: CapturedValue[] = [];
    if (!addItem(walk, index, pair, key) || !addItem(walk, index, pair, step.value[1], secret)) {
      node.size = size;
      if (pair.length === 1) pair[1] = cutMarker(walk);
      node.entries[i] = pair as [CapturedValue, CapturedValue];
      return false;
    }
    node.entries[i] = pair as [CapturedValue, CapturedValue];
    walk.bytesLeft -= 3;
  }
  return true;
}

function fillSet(walk: Walk, index: number, node: NodeOf<'set'>, set: object): boolean {
  const size = setSize(set) ?? 0;
  if (size > LIMITS.collectionItems) node.size = size;
  const iterator = setValues(set);
  for (let i = 0; i < LIMITS.collectionItems; i++) {
    const step = nextValue(iterator);
    if (step.done) return true;
    if (addItem(walk, index, node.items, step.value)) continue;
    node.size = size;
    return false;
  }
  return true;
}

function fillError(walk: Walk, index: number, node: NodeOf<'error'>, error: object): boolean {
  node.message = plainText(walk, messageOf(error), LIMITS.stringLength);
  walk.cost = jsonBytes(node.message);
  if (!pay(walk, 0)) {
    node.message = '';
    return false;
  }
  const stack = safeStack(error);
  if (stack !== undefined) {
    const text = plainText(walk, stack, LIMITS.stringLength);
    walk.cost = 10 + jsonBytes(text);
    if (!pay(walk, 0)) return false;
    node.stack = text;
  }
  if (hasOwn(error, 'cause')) {
    const level = (walk.levels[index] ?? 0) + 1;
    const cause = readOwn(error, 'cause');
    const captured = shapeNamed(walk, walk.memory.names('cause').secret, cause, level, index);
    if (!pay(walk, 10)) {
      node.cause = cutMarker(walk);
      return false;
    }
    node.cause = captured;
    follow(walk, captured, level, index, node);
  }
  const { names } = walk.memory.wide(error, LIMITS.objectProperties + 3);
  const properties: Property[] = [];
  for (let i = 0; i < names.length && properties.length < LIMITS.objectProperties; i++) {
    const key = names[i];
    if (key === undefined || key === 'message' || key === 'stack' || key === 'cause') continue;
    node.properties = properties;
    if (!addOwn(walk, index, properties, error, key)) return false;
  }
  return true;
}

/** Own, or inherited as a data property: some classes keep one on their prototype. */
function messageOf(error: object): string {
  let holder: object | null = error;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !isProxy(holder); i++) {
    if (hasOwn(holder, 'message')) {
      const message = ownData(holder, 'message');
      return typeof message === 'string' ? message : '';
    }
    holder = prototypeOf(holder);
  }
  return '';
}
