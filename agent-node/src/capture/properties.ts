import { type CapturedValue, LIMITS, type Property } from '@borescope/agent-protocol';
import { BYTES, isHolding, isNaming, namesBeside } from '@borescope/redaction';
import { spellsSecret } from './buffer.ts';
import { isStackUnsafe, safeStack } from './error-stack.ts';
import { secretOf } from './name-table.ts';
import { isWrittenBuffer, nameTold } from './named-value.ts';
import { descriptorOf, hasOwn, isModuleNamespace, ownData, symbolDescription } from './primordials.ts';
import { shape, shapeSecret } from './shape.ts';
import { countKind, cutMarker, follow, MARKED_NAME_BYTES, pay, type Walk } from './walk.ts';
import type { OwnKeys } from './wide-objects.ts';

/** `{"name":,"value":},` and, for a symbol, `"symbol":true,`. */
const PROPERTY_BYTES = 19;
const SYMBOL_BYTES = 14;

/** Keys among which the one is looked for that names a value: more than are shown. */
const MOST_KEYS = 256;

/** Marks of `readOwn` for what is no value. */
const GETTER: unique symbol = Symbol('getter');
const UNREADABLE: unique symbol = Symbol('unreadable');
const TDZ: unique symbol = Symbol('tdz');

/** As many properties as are shown, private fields last; false where not all of those fit. */
export function addKeys(walk: Walk, index: number, properties: Property[], object: object, keys: OwnKeys): boolean {
  return addOwnKeys(walk, index, properties, object, keys) && addPrivate(walk, index, properties, object);
}

export function addOwnKeys(walk: Walk, index: number, properties: Property[], object: object, keys: OwnKeys): boolean {
  const { names, symbols } = keys;
  // Indices come first, in their order.
  const spelled = names[0] === '0' && spellsSecret(walk.memory.redactor, object);
  for (let i = 0; i < names.length && properties.length < LIMITS.objectProperties; i++) {
    const key = names[i];
    if (key !== undefined && !addOwn(walk, index, properties, object, key, names, spelled && key === `${i}`))
      return false;
  }
  for (let i = 0; i < symbols.length && properties.length < LIMITS.objectProperties; i++) {
    const key = symbols[i];
    if (key !== undefined && !addOwn(walk, index, properties, object, key, names, false)) return false;
  }
  return true;
}

function addPrivate(walk: Walk, index: number, properties: Property[], object: object): boolean {
  const { of, names: fields, values } = walk.privateFields;
  for (let i = 0; of === object && i < fields.length && properties.length < LIMITS.objectProperties; i++) {
    if (!addProperty(walk, index, properties, fields[i] ?? '', values[i], false)) return false;
  }
  return true;
}

/** `spelled`: a number there is a byte of something hidden. */
function addOwn(
  walk: Walk,
  index: number,
  properties: Property[],
  object: object,
  key: string | symbol,
  names: readonly string[],
  spelled: boolean,
): boolean {
  const value = readOwn(object, key);
  if (spelled && typeof key === 'string' && typeof value === 'number')
    return addProperty(walk, index, properties, key, value, false, BYTES);
  if (typeof key === 'string') {
    const beside = secretBeside(walk, object, key, names, value) ?? bytesUnder(walk, object, key);
    return addProperty(walk, index, properties, key, value, false, beside);
  }
  return addProperty(walk, index, properties, symbolDescription(key) ?? '', value, true);
}

function bytesUnder({ memory }: Walk, object: object, key: string): string | undefined {
  return key === 'data' && memory.redactor.mode !== 'off' && isWrittenBuffer(object) ? BYTES : undefined;
}

/** The kind by which `{name: 'password', value: '...'}` hides its value: the name stands beside it. */
function secretBeside(
  walk: Walk,
  object: object,
  key: string,
  keys: readonly string[],
  value: unknown,
): string | undefined {
  const { names, redactor } = walk.memory;
  const holding = names(key).pair;
  const text = typeof value === 'string' ? value : undefined;
  if (!isHolding(holding, text)) return undefined;
  for (let i = 0; i < keys.length && i < MOST_KEYS; i++) {
    const naming = names(keys[i] ?? '').pair;
    if (!isNaming(naming)) continue;
    const name = nameTold(ownData(object, keys[i] ?? ''));
    const secret = name === undefined ? undefined : secretUnder(walk, name, value);
    if (secret !== undefined && name !== undefined && namesBeside(redactor, naming, name, holding, text)) return secret;
  }
  return undefined;
}

/** The value of an own property, or a mark. No getter runs; `stack` is read only where that runs nothing. */
export function readOwn(object: object, key: string | symbol): unknown {
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
export function addProperty(
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
  const secret = secretOf(walk.memory.redactor, record, value) ?? beside;
  const captured = shapeNamed(walk, secret, value, level, index);
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

/** The kind by which a value of this name is hidden. */
export function secretUnder({ memory }: Walk, name: string, value: unknown): string | undefined {
  return secretOf(memory.redactor, memory.names(name), value);
}

export function shapeNamed(
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
