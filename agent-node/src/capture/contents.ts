import { type CapturedValue, LIMITS, type Property } from '@borescope/agent-protocol';
import { URL_CREDENTIALS } from '@borescope/redaction';
import { safeStack } from './error-stack.ts';
import { countProperties, EXTRAS_BYTES, extraKeys } from './extra-keys.ts';
import { jsonBytes } from './json-bytes.ts';
import { nameOfItem, nameOfKey } from './named-value.ts';
import { headersOf, type NodeClass, splitKeys } from './node-class.ts';
import {
  descriptorOf,
  hasOwn,
  isArray,
  isBoxedPrimitive,
  isMap,
  isProxy,
  mapEntries,
  mapSize,
  nextEntry,
  nextValue,
  ownData,
  prototypeOf,
  setSize,
  setValues,
} from './primordials.ts';
import { addKeys, addOwnKeys, addProperty, readOwn, secretUnder, shapeNamed } from './properties.ts';
import { shape, shapeSecret } from './shape.ts';
import { plainText } from './text.ts';
import { unboxed } from './unboxed.ts';
import { isEmptyPart, URL_PARTS, USER_NAME } from './url.ts';
import { type ContainerNode, cutMarker, follow, isLeaf, pay, type Walk } from './walk.ts';
import { readWebMap } from './web-map.ts';
import type { OwnKeys } from './wide-objects.ts';

/** How far up a `message` that is not the error's own is looked for. */
const MAX_CHAIN = 10;

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
      return fillExtras(walk, index, node, object, isArray(object) && fillArray(walk, index, node, object));
    case 'map':
      return fillExtras(walk, index, node, object, fillMap(walk, index, node, object));
    case 'set':
      return fillExtras(walk, index, node, object, fillSet(walk, index, node, object));
    case 'error':
      return fillExtras(walk, index, node, object, fillError(walk, index, node, object));
    default:
      return fillExtras(walk, index, node, object, true);
  }
}

type NodeOf<Type> = Extract<ContainerNode, { type: Type }>;

function fillObject(walk: Walk, index: number, node: NodeOf<'object'>, object: object): boolean {
  const { properties } = node;
  const boxed = isBoxedPrimitive(object);
  if (boxed && !addProperty(walk, index, properties, '[[PrimitiveValue]]', unboxed(object), false)) return false;
  if (!boxed && walk.memory.classes(prototypeOf(object)).web === 'url' && !addUrl(walk, index, properties, object)) {
    return false;
  }
  const keys = boxed
    ? extraKeys(walk.memory.wide, object, LIMITS.objectProperties)
    : walk.memory.wide(object, LIMITS.objectProperties);
  const total = properties.length + countProperties(walk, object, keys);
  if (total > LIMITS.objectProperties) node.size = total;
  const kind = boxed ? undefined : walk.memory.classes(prototypeOf(object)).node;
  const whole =
    kind === undefined
      ? addKeys(walk, index, properties, object, keys)
      : addNodesObject(walk, index, properties, object, kind, keys);
  if (whole) return true;
  node.size = total;
  return false;
}

/** First what a developer looks for; what is Node's own comes last, and its objects are named and not opened. */
function addNodesObject(
  walk: Walk,
  index: number,
  properties: Property[],
  object: object,
  kind: NodeClass,
  keys: OwnKeys,
): boolean {
  const { asked, inner } = splitKeys(kind, keys);
  const headers = headersOf(kind, object);
  if (headers !== undefined && !addProperty(walk, index, properties, 'headers', headers, false)) return false;
  if (!addKeys(walk, index, properties, object, asked)) return false;
  // Contents at the deepest level have none of their own; all that this object holds else is queued already.
  walk.levels[index] = LIMITS.depth;
  return addOwnKeys(walk, index, properties, object, inner);
}

function addUrl(walk: Walk, index: number, properties: Property[], url: object): boolean {
  for (let i = 0; i < URL_PARTS.length; i++) {
    const part = URL_PARTS[i];
    const value = part?.[1](url);
    if (part === undefined || isEmptyPart(value)) continue;
    const beside = part[0] === USER_NAME && walk.memory.redactor.mode !== 'off' ? URL_CREDENTIALS : undefined;
    if (!addProperty(walk, index, properties, part[0], value, false, beside)) return false;
  }
  return true;
}

/** What the value has beside what its kind is made of, where that was placed `whole`; else only how much it is. */
function fillExtras(
  walk: Walk,
  index: number,
  node: Exclude<ContainerNode, { type: 'object' }>,
  object: object,
  whole: boolean,
): boolean {
  const keys = extraKeys(walk.memory.wide, object, LIMITS.objectProperties);
  const count = countProperties(walk, object, keys);
  if (count === 0) return whole;
  node.propertyCount = count;
  if (!whole) return false;
  if (!isLeaf(node)) {
    // A leaf's was paid for when the leaf was made.
    walk.cost = EXTRAS_BYTES;
    if (!pay(walk, 0)) return false;
  }
  const properties: Property[] = [];
  node.properties = properties;
  if (!addKeys(walk, index, properties, object, keys)) return false;
  if (count <= LIMITS.objectProperties) node.propertyCount = undefined;
  return true;
}

function fillArray(walk: Walk, index: number, node: NodeOf<'array'>, array: unknown[]): boolean {
  const { length } = array;
  if (length > LIMITS.collectionItems) node.length = length;
  for (let i = 0; i < length && i < LIMITS.collectionItems; i++) {
    const found = descriptorOf(array, i);
    let placed: boolean;
    if (found === undefined) placed = addMark(walk, node.items, { type: 'hole' });
    else if (!hasOwn(found, 'value')) placed = addMark(walk, node.items, { type: 'getter' });
    else placed = addItem(walk, index, node.items, found.value, secretOfItem(walk, array, i, found.value));
    if (placed) continue;
    node.length = length;
    return false;
  }
  return true;
}

function secretOfItem(walk: Walk, array: unknown[], index: number, value: unknown): string | undefined {
  const name = nameOfItem(array, index);
  return name === undefined ? undefined : secretUnder(walk, name, value);
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
  const web = isMap(map) ? undefined : readWebMap(walk.memory.classes(prototypeOf(map)).web, map);
  const size = web === undefined ? (mapSize(map) ?? 0) : web.size;
  if (size > LIMITS.collectionItems) node.size = size;
  const iterator = web === undefined ? mapEntries(map) : undefined;
  for (let i = 0; i < LIMITS.collectionItems; i++) {
    const entry = iterator === undefined ? web?.next() : nextOf(iterator);
    if (entry === undefined) return true;
    const key = entry[0];
    const name = nameOfKey(key);
    const secret = name === undefined ? undefined : secretUnder(walk, name, entry[1]);
    const pair: CapturedValue[] = [];
    if (!addItem(walk, index, pair, key) || !addItem(walk, index, pair, entry[1], secret)) {
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

function nextOf(iterator: object): readonly [unknown, unknown] | undefined {
  const step = nextEntry(iterator);
  return step.done ? undefined : step.value;
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
