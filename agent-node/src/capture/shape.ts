import { type CapturedValue, LIMITS } from '@borescope/agent-protocol';
import { BLOCKED_CLASS, BYTES, isCount, STRICT } from '@borescope/redaction';
import { bufferNode, spellsSecret } from './buffer.ts';
import { countProperties, EXTRAS_BYTES, extraKeys } from './extra-keys.ts';
import { jsonBytes } from './json-bytes.ts';
import {
  ArrayPrototype,
  DatePrototype,
  dateIso,
  dateTime,
  functionText,
  isAnyArrayBuffer,
  isArray,
  isArrayBufferView,
  isBoxedPrimitive,
  isDate,
  isMap,
  isModuleNamespace,
  isNaNumber,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  mapSize,
  ObjectPrototype,
  ownData,
  PromisePrototype,
  prototypeOf,
  REGEXP_FLAGS,
  RegExpPrototype,
  regexpSource,
  setSize,
  sliceText,
  symbolDescription,
} from './primordials.ts';
import { withoutEscapes } from './regexp-source.ts';
import { bigintNode, numberNode, plainText, textNode } from './text.ts';
import { countKind, hidden, type LeafNode, type Walk } from './walk.ts';
import { isWebMap } from './web-map.ts';

/** `{"type":"object","class":,"properties":[],"size":1234567890},` */
const SHELL_BYTES = 62;
/** `{"type":"depth","class":,"size":1234567890},` */
const DEPTH_BYTES = 48;
const NAME_LENGTH = 256;

/**
 * The node of a value, its contents still missing: `walk.cost` has its bytes, `walk.opened` the object whose contents are
 * to follow. `level` is the nesting level that the contents would have, `parent` the place of the holder in the queue.
 */
export function shape(walk: Walk, value: unknown, level: number, parent: number): CapturedValue {
  walk.opened = undefined;
  switch (typeof value) {
    case 'string':
      return textNode(walk, value);
    case 'number':
      return numberNode(walk, value);
    case 'boolean':
      if (isStrict(walk)) return hidden(walk, { kind: STRICT, of: 'boolean' });
      walk.cost = 33;
      return { type: 'boolean', value };
    case 'undefined':
      walk.cost = 20;
      return { type: 'undefined' };
    case 'bigint':
      return bigintNode(walk, value);
    case 'symbol': {
      const description = symbolDescription(value);
      const shown = description === undefined ? undefined : plainText(walk, description, NAME_LENGTH);
      walk.cost = shown === undefined ? 17 : 32 + jsonBytes(shown);
      return { type: 'symbol', description: shown };
    }
    case 'function':
      if (isProxy(value)) return proxyNode(walk);
      return isBlocked(walk, value)
        ? blockedNode(walk, value)
        : withExtras(walk, functionNode(walk, value), value, level);
    case 'object':
      if (value === null) {
        walk.cost = 15;
        return { type: 'null' };
      }
      if (isProxy(value)) return proxyNode(walk);
      return isBlocked(walk, value) ? blockedNode(walk, value) : objectNode(walk, value, level, parent);
    default:
      return { type: 'truncated', reason: 'error' };
  }
}

/** What stands in the place of a value whose name says that it is secret. That there is none, a count, or a function, is shown. */
export function shapeSecret(walk: Walk, kind: string, value: unknown, level: number, parent: number): CapturedValue {
  if (isCount(kind, typeof value)) return shape(walk, value, level, parent);
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return shape(walk, value, level, parent);
    case 'function': {
      // That there is one is shown; what was put on it is not.
      const node = shape(walk, value, level, parent);
      if (walk.opened !== undefined) countKind(walk, kind);
      walk.opened = undefined;
      return node;
    }
    case 'string':
      walk.opened = undefined;
      return hidden(walk, walk.memory.redactor.hide(kind, 'string', value));
    default:
      if (value === null) return shape(walk, value, level, parent);
      walk.opened = undefined;
      return hidden(walk, walk.memory.redactor.hide(kind, typeof value));
  }
}

/** Booleans and dates are values that no rule is asked for. */
function isStrict({ memory }: Walk): boolean {
  return memory.redactor.mode === 'strict';
}

function isBlocked({ memory }: Walk, value: object): boolean {
  return memory.blocked?.(value) === true;
}

function blockedNode(walk: Walk, value: object): CapturedValue {
  return hidden(walk, { kind: BLOCKED_CLASS, of: typeof value });
}

function proxyNode(walk: Walk): CapturedValue {
  walk.cost = 16;
  return { type: 'proxy' };
}

function objectNode(walk: Walk, value: object, level: number, parent: number): CapturedValue {
  for (let holder = parent, levels = 1; holder >= 0; holder = walk.parents[holder] ?? -1, levels++) {
    if (walk.objects[holder] !== value) continue;
    walk.cost = 32;
    return { type: 'circular', levels };
  }
  if (isStrict(walk) && isDate(value)) return hidden(walk, { kind: STRICT, of: 'object' });
  const prototype = prototypeOf(value);
  if (isArray(value)) {
    if (level > LIMITS.depth) return depthNode(walk, className(walk, prototype), value.length);
    if (spellsSecret(walk.memory.redactor, value)) return hidden(walk, { kind: BYTES, of: 'object' });
    walk.opened = value;
    walk.cost = SHELL_BYTES;
    if (prototype === ArrayPrototype) return { type: 'array', items: [], length: undefined };
    return { type: 'array', class: className(walk, prototype), items: [], length: undefined };
  }
  // An object literal, the most frequent kind: nothing else that has a kind of its own inherits from here directly.
  if (prototype !== ObjectPrototype && prototype !== null) {
    if (isMap(value)) {
      const name = className(walk, prototype);
      if (level > LIMITS.depth) return depthNode(walk, name, mapSize(value));
      walk.opened = value;
      return { type: 'map', class: name === 'Map' ? undefined : name, entries: [], size: undefined };
    }
    if (isSet(value)) {
      const name = className(walk, prototype);
      if (level > LIMITS.depth) return depthNode(walk, name, setSize(value));
      walk.opened = value;
      return { type: 'set', class: name === 'Set' ? undefined : name, items: [], size: undefined };
    }
    if (isNativeError(value)) {
      const name = className(walk, prototype);
      if (level > LIMITS.depth) return depthNode(walk, name, undefined);
      walk.opened = value;
      walk.cost += 60;
      return { type: 'error', class: name, message: '', stack: undefined, cause: undefined };
    }
    const node = leafNode(walk, value, prototype, level);
    if (node !== undefined) return withExtras(walk, node, value, level);
  }
  const record = walk.memory.classes(prototype);
  walk.cost = SHELL_BYTES + record.bytes;
  const name = prototype === null && isModuleNamespace(value) ? 'Module' : record.name;
  if (level > LIMITS.depth) return depthNode(walk, name, record.web === undefined ? countOf(walk, value) : undefined);
  if (record.web !== undefined && isWebMap(record.web, value)) {
    walk.opened = value;
    return { type: 'map', class: name, entries: [], size: undefined };
  }
  walk.opened = value;
  return { type: 'object', class: name, properties: [], size: undefined };
}

/** Of an object that is neither container nor plain object. */
function leafNode(walk: Walk, value: object, prototype: object, level: number): LeafNode | undefined {
  if (isDate(value)) return dateNode(walk, value, ownClass(walk, prototype, DatePrototype, 'Date'));
  if (isRegExp(value)) return regexpNode(walk, value, ownClass(walk, prototype, RegExpPrototype, 'RegExp'));
  if (isPromise(value)) {
    const named = ownClass(walk, prototype, PromisePrototype, 'Promise');
    walk.cost += 18;
    return named === undefined ? { type: 'promise' } : { type: 'promise', class: named };
  }
  if (isArrayBufferView(value) || isAnyArrayBuffer(value)) {
    return bufferNode(walk, value, className(walk, prototype), level <= LIMITS.depth);
  }
  return undefined;
}

/** Where it is not the usual one. Also sets `cost` to what telling it takes. */
function ownClass(walk: Walk, prototype: object, usual: object, usualName: string): string | undefined {
  walk.cost = 0;
  if (prototype === usual) return undefined;
  const { name, bytes } = walk.memory.classes(prototype);
  // Another realm's.
  if (name === usualName) return undefined;
  walk.cost = 9 + bytes;
  return name;
}

/** Tells that the value has properties beside what its kind is made of; they follow where its level is shown. */
function withExtras(walk: Walk, node: LeafNode, value: object, level: number): LeafNode {
  const count = countProperties(walk, value, extraKeys(walk.memory.wide, value, LIMITS.objectProperties));
  if (count === 0) return node;
  node.propertyCount = count;
  walk.cost += EXTRAS_BYTES;
  if (level <= LIMITS.depth) walk.opened = value;
  return node;
}

/** Also sets `cost` to that of a container with this class. */
function className(walk: Walk, prototype: object | null): string {
  const record = walk.memory.classes(prototype);
  walk.cost = SHELL_BYTES + record.bytes;
  return record.name;
}

function depthNode(walk: Walk, name: string, size: number | undefined): CapturedValue {
  walk.cost -= SHELL_BYTES - DEPTH_BYTES;
  return { type: 'depth', class: name, size };
}

function countOf(walk: Walk, value: object): number | undefined {
  // A boxed string has a key for each of its characters.
  if (isBoxedPrimitive(value)) return undefined;
  return walk.memory.wide(value, LIMITS.objectProperties).count;
}

function dateNode(walk: Walk, value: Date, named: string | undefined): LeafNode {
  const time = dateTime(value);
  walk.cost += 52;
  const iso = isNaNumber(time) ? undefined : dateIso(value);
  return named === undefined ? { type: 'date', value: iso } : { type: 'date', class: named, value: iso };
}

function regexpNode(walk: Walk, value: RegExp, named: string | undefined): LeafNode {
  const source = plainText(walk, readableSource(walk, regexpSource(value) ?? ''), LIMITS.stringLength);
  let flags = '';
  for (let i = 0; i < REGEXP_FLAGS.length; i++) {
    const flag = REGEXP_FLAGS[i];
    if (flag?.[1](value)) flags += flag[0];
  }
  walk.cost += 50 + jsonBytes(source);
  return named === undefined ? { type: 'regexp', source, flags } : { type: 'regexp', class: named, source, flags };
}

/** The source; without its escapes where only so something is found in it, as in `ann@example\.com`. */
function readableSource(walk: Walk, source: string): string {
  const plain = withoutEscapes(source, LIMITS.stringLength);
  return walk.memory.redactor.text(plain) === undefined ? source : plain;
}

function functionNode(walk: Walk, value: object): LeafNode {
  const own = ownData(value, 'name');
  const { shown, bytes } = walk.memory.names(typeof own === 'string' ? own : '');
  walk.cost = 44 + bytes;
  // A slice of the source, not a copy. Reading `prototype` instead would make V8 allocate one.
  if (sliceText(functionText(value), 0, 5) !== 'class') return { type: 'function', name: shown };
  return { type: 'function', name: shown, class: true };
}
