import type { CapturedValue, Extras, Property } from '@borescope/agent-protocol';
import { visibleText } from './visible-text.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** How to read a rendered value; told once to the assistant, in the tools' output schema and the server's instructions. */
export const VALUE_NOTATION = [
  'Captured values are plain JSON where JSON loses nothing. A key that starts with $ is an annotation, never a property;',
  'a property whose own name starts with $ is written with $: in front ("$id" is written "$:$id"), and behind $u: where it has invisible characters.',
  '{"$":"undefined"} also NaN, Infinity, -Infinity, -0, hole, getter (not run), proxy (not touched), promise,',
  'uninitialized (declared, not yet run), not_captured (the engine did not keep it), invalid_date.',
  '$class is the class of an object, $size or $length the full count where not everything is shown,',
  '$symbols are properties under symbols, and $shadowed outer variables of the same name, as [name, value] pairs,',
  '$array, $map, $set, $string hold the content that is shown; $map is an object where all keys are plain strings, else pairs.',
  '$properties are those that such a value, a date, a function etc. has beside its content.',
  '$string with $escaped: that many invisible characters are written as \\uXXXX and backslashes are doubled.',
  '$bigint, $symbol, $date (ISO), $regexp, $function, $constructor, $error (message, with $stack, $cause), $buffer (first bytes in hex, null where they are withheld: they could be a key; $length in bytes).',
  '{"$circular":2}: the object two levels up. {"$depth":"Order"}: below the nesting limit.',
  '{"$truncated":"size"}: left out for that budget. {"$redacted":"email","$same":"k3f"}: hidden; equal $same means equal values,',
  'and its $length is rounded up to a power of two.',
].join(' ');

/**
 * A captured value as the JSON that an assistant reads: few tokens, and unambiguous. In a rendered object every key that
 * starts with `$` is ours, but `$:` and `$u:`: behind these stand captured keys that start with `$`, are `__proto__`, or
 * hold invisible characters. Counts stand before what they count: the text form is cut at its end.
 */
export function renderValue(value: CapturedValue): Json {
  switch (value.type) {
    case 'null':
      return null;
    case 'boolean':
      return value.value;
    case 'number':
      return typeof value.value === 'number' ? value.value : { $: value.value };
    case 'string':
      return renderString(value.value, value.length);
    case 'object':
      return renderObject(value.properties, {
        ...(value.class !== 'Object' && { $class: plain(value.class) }),
        ...(value.size !== undefined && { $size: value.size }),
      });
    case 'array':
      return renderArray(value);
    case 'map':
      return {
        ...(value.size !== undefined && { $size: value.size }),
        ...(value.class !== undefined && value.class !== 'Map' && { $class: plain(value.class) }),
        $map: renderEntries(value.entries),
        ...renderExtras(value),
      };
    case 'set':
      return {
        ...(value.size !== undefined && { $size: value.size }),
        ...(value.class !== undefined && value.class !== 'Set' && { $class: plain(value.class) }),
        $set: value.items.map(renderValue),
        ...renderExtras(value),
      };
    case 'error':
      return renderObject(value.properties ?? [], {
        $error: plain(value.message),
        $class: plain(value.class),
        ...(value.propertyCount !== undefined && { $size: value.propertyCount }),
        ...(value.stack !== undefined && { $stack: plain(value.stack) }),
        ...(value.cause !== undefined && { $cause: renderValue(value.cause) }),
      });
    default:
      return renderMarker(value);
  }
}

/** Named values as one object; a name that comes twice is kept in `$shadowed`, in order, innermost first. */
export function renderNamed(
  entries: readonly { name: string; value: CapturedValue }[],
  annotations: { [key: string]: Json } = {},
): { [key: string]: Json } {
  const rendered: { [key: string]: Json } = { ...annotations };
  const shadowed: Json[] = [];
  for (const { name, value } of entries) {
    const key = renderKey(name);
    if (Object.hasOwn(rendered, key)) shadowed.push([plain(name), renderValue(value)]);
    else rendered[key] = renderValue(value);
  }
  if (shadowed.length > 0) rendered['$shadowed'] = shadowed;
  return rendered;
}

type Marked = Exclude<
  CapturedValue,
  { type: 'null' | 'boolean' | 'number' | 'string' | 'object' | 'array' | 'map' | 'set' | 'error' }
>;

function renderMarker(value: Marked): Json {
  switch (value.type) {
    case 'bigint':
      return { $bigint: value.value, ...(value.digits !== undefined && { $length: value.digits }) };
    case 'symbol':
      return { $symbol: value.description === undefined ? null : plain(value.description) };
    case 'date':
      return {
        ...(value.value === undefined ? { $: 'invalid_date' } : { $date: plain(value.value) }),
        ...renderClass(value.class),
        ...renderExtras(value),
      };
    case 'regexp':
      return { $regexp: plain(`/${value.source}/${value.flags}`), ...renderClass(value.class), ...renderExtras(value) };
    case 'function':
      return {
        ...(value.class === true ? { $constructor: plain(value.name) } : { $function: plain(value.name) }),
        ...renderExtras(value),
      };
    case 'promise':
      return { $: 'promise', ...renderClass(value.class), ...renderExtras(value) };
    case 'buffer':
      return {
        $buffer: value.hex ?? (value.length === 0 ? '' : null),
        $class: plain(value.class),
        $length: value.length,
        ...renderExtras(value),
      };
    case 'circular':
      return { $circular: value.levels };
    case 'depth':
      return { $depth: plain(value.class), ...(value.size !== undefined && { $size: value.size }) };
    case 'truncated':
      return { $truncated: value.reason, ...(value.class !== undefined && { $class: plain(value.class) }) };
    case 'redacted':
      return {
        $redacted: plain(value.kind),
        ...(value.of !== 'string' && { $of: plain(value.of) }),
        ...(value.length !== undefined && { $length: value.length }),
        ...(value.pseudonym !== undefined && { $same: plain(value.pseudonym) }),
      };
    case 'undefined':
    case 'proxy':
    case 'getter':
    case 'hole':
    case 'uninitialized':
    case 'not_captured':
      return { $: value.type };
  }
}

function renderString(text: string, length: number | undefined): Json {
  const visible = visibleText(text);
  if (visible.escaped === 0 && length === undefined) return text;
  return {
    ...(length !== undefined && { $length: length }),
    ...(visible.escaped > 0 && { $escaped: visible.escaped }),
    $string: visible.text,
  };
}

function renderArray(value: Extract<CapturedValue, { type: 'array' }>): Json {
  const items = value.items.map(renderValue);
  const named = value.class !== undefined && value.class !== 'Array';
  const extras = renderExtras(value);
  if (value.length === undefined && !named && extras['$properties'] === undefined) return items;
  return {
    ...(value.length !== undefined && { $length: value.length }),
    ...(named && { $class: plain(value.class ?? '') }),
    $array: items,
    ...extras,
  };
}

/** Written as an object's own; `$size` where not all of them are shown. */
function renderExtras({ properties, propertyCount }: Extras): { [key: string]: Json } {
  if (propertyCount === undefined && (properties === undefined || properties.length === 0)) return {};
  return { $properties: renderObject(properties ?? [], propertyCount === undefined ? {} : { $size: propertyCount }) };
}

function renderClass(name: string | undefined): { [key: string]: Json } {
  return name === undefined ? {} : { $class: plain(name) };
}

function renderObject(properties: readonly Property[], annotations: { [key: string]: Json }): Json {
  const symbols = properties.filter((property) => property.symbol === true);
  const strings = properties.filter((property) => property.symbol !== true);
  if (symbols.length > 0) {
    annotations['$symbols'] = symbols.map(({ name, value }) => [plain(name), renderValue(value)]);
  }
  return renderNamed(strings, annotations);
}

function renderEntries(entries: readonly [CapturedValue, CapturedValue][]): Json {
  const named: { name: string; value: CapturedValue }[] = [];
  for (const [key, value] of entries) {
    if (key.type === 'string' && key.length === undefined) named.push({ name: key.value, value });
  }
  const distinct = new Set(named.map(({ name }) => renderKey(name))).size;
  if (distinct === entries.length) return renderNamed(named);
  return entries.map(([key, value]) => [renderValue(key), renderValue(value)]);
}

/** `$u:` tells an escaped name from one that has backslashes; `__proto__` would reach a prototype in a careless reader. */
function renderKey(name: string): string {
  const visible = visibleText(name);
  if (visible.escaped > 0) return `$u:${visible.text}`;
  return name.startsWith('$') || name === '__proto__' ? `$:${name}` : name;
}

function plain(text: string): string {
  return visibleText(text).text;
}
