import { z } from 'zod';

/**
 * What a value in the application looked like when it was captured. The model is typed, so that `-0`, `undefined`, a
 * getter that was not run and a string that was cut are told apart; names are entries of lists, never keys of objects,
 * so that no captured name can reach a prototype.
 */
export type CapturedValue =
  | { type: 'undefined' }
  | { type: 'null' }
  | { type: 'boolean'; value: boolean }
  /** JSON has no `NaN`, `Infinity`, `-Infinity` and `-0`: those four are strings. */
  | { type: 'number'; value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  /** Decimal digits. `digits` is the full count where `value` was cut. */
  | { type: 'bigint'; value: string; digits?: number | undefined }
  /** `length` (UTF-16 code units) is told where `value` was cut. */
  | { type: 'string'; value: string; length?: number | undefined }
  | { type: 'symbol'; description?: string | undefined }
  /** `size` is the full count of own properties, told where `properties` is not all of them. */
  | { type: 'object'; class: string; properties: Property[]; size?: number | undefined }
  /** `length` is told where `items` is not all of them. Holes are `{type:'hole'}`. */
  | ({ type: 'array'; class?: string | undefined; items: CapturedValue[]; length?: number | undefined } & Extras)
  | ({
      type: 'map';
      class?: string | undefined;
      entries: [CapturedValue, CapturedValue][];
      size?: number | undefined;
    } & Extras)
  | ({ type: 'set'; class?: string | undefined; items: CapturedValue[]; size?: number | undefined } & Extras)
  | ({
      type: 'error';
      class: string;
      message: string;
      stack?: string | undefined;
      cause?: CapturedValue | undefined;
    } & Extras)
  /** ISO 8601; absent for an invalid date. Here and below `class` is told where it is not the kind's own. */
  | ({ type: 'date'; class?: string | undefined; value?: string | undefined } & Extras)
  | ({ type: 'regexp'; class?: string | undefined; source: string; flags: string } & Extras)
  /** `class` is true for a class. */
  | ({ type: 'function'; name: string; class?: boolean | undefined } & Extras)
  | ({ type: 'promise'; class?: string | undefined } & Extras)
  /** Buffer, typed array, ArrayBuffer, DataView. `length` in bytes; `hex` is the head of it. */
  | ({ type: 'buffer'; class: string; length: number; hex?: string | undefined } & Extras)
  /** Never looked into: any touch could run a trap. */
  | { type: 'proxy' }
  /** An accessor property: the getter was not run. */
  | { type: 'getter' }
  | { type: 'hole' }
  /** A `let`, `const` or `class` before its declaration ran (temporal dead zone). */
  | { type: 'uninitialized' }
  /** V8 did not keep the variable: no closure uses it, or the optimizer dropped it. */
  | { type: 'not_captured' }
  /** The object is one of its own ancestors; `levels` up from here. */
  | { type: 'circular'; levels: number }
  /** Below the deepest nesting level that is shown; class and size are still told. */
  | { type: 'depth'; class: string; size?: number | undefined }
  /** Left out to stay within a budget: bytes of the hit, nodes, or time in the application. */
  | { type: 'truncated'; reason: 'size' | 'nodes' | 'time' | 'error'; class?: string | undefined }
  /**
   * Personal or secret. `kind` names the rule, `of` the type that stood here, `length` its length class (a power of
   * two that is at least the length), `pseudonym` is equal for equal values of one organization and day.
   */
  | {
      type: 'redacted';
      kind: string;
      of: string;
      length?: number | undefined;
      pseudonym?: string | undefined;
    };

/**
 * Own properties that a value has beside what its kind is made of, such as `groups` of a match or the fields of a class
 * that extends `Map`. `propertyCount` is their full count, told where `properties` is not all of them.
 */
export type Extras = { properties?: Property[] | undefined; propertyCount?: number | undefined };

export type Property = { name: string; value: CapturedValue; symbol?: boolean | undefined };

const name = z.string().max(4096);
const count = z.int().nonnegative();

const property: z.ZodType<Property> = z.object({
  name,
  get value() {
    return capturedValue;
  },
  symbol: z.boolean().optional(),
});

export const capturedValue: z.ZodType<CapturedValue> = z
  .lazy(() => capturedValueUnion)
  .meta({ id: 'CapturedValue' }) as z.ZodType<CapturedValue>;

const extras = { properties: z.array(property).optional(), propertyCount: count.optional() };

const capturedValueUnion = z.discriminatedUnion('type', [
  z.object({ type: z.literal('undefined') }),
  z.object({ type: z.literal('null') }),
  z.object({ type: z.literal('boolean'), value: z.boolean() }),
  z.object({
    type: z.literal('number'),
    value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0'])]),
  }),
  z.object({ type: z.literal('bigint'), value: z.string().regex(/^-?\d+$/), digits: count.optional() }),
  z.object({ type: z.literal('string'), value: z.string(), length: count.optional() }),
  z.object({ type: z.literal('symbol'), description: z.string().optional() }),
  z.object({ type: z.literal('object'), class: name, properties: z.array(property), size: count.optional() }),
  z.object({
    type: z.literal('array'),
    class: name.optional(),
    items: z.array(capturedValue),
    length: count.optional(),
    ...extras,
  }),
  z.object({
    type: z.literal('map'),
    class: name.optional(),
    entries: z.array(z.tuple([capturedValue, capturedValue])),
    size: count.optional(),
    ...extras,
  }),
  z.object({
    type: z.literal('set'),
    class: name.optional(),
    items: z.array(capturedValue),
    size: count.optional(),
    ...extras,
  }),
  z.object({
    type: z.literal('error'),
    class: name,
    message: z.string(),
    stack: z.string().optional(),
    cause: capturedValue.optional(),
    ...extras,
  }),
  z.object({ type: z.literal('date'), class: name.optional(), value: z.string().optional(), ...extras }),
  z.object({
    type: z.literal('regexp'),
    class: name.optional(),
    source: z.string(),
    flags: z.string().max(16),
    ...extras,
  }),
  z.object({ type: z.literal('function'), name, class: z.boolean().optional(), ...extras }),
  z.object({ type: z.literal('promise'), class: name.optional(), ...extras }),
  z.object({
    type: z.literal('buffer'),
    class: name,
    length: count,
    hex: z
      .string()
      .regex(/^[0-9a-f]*$/)
      .optional(),
    ...extras,
  }),
  z.object({ type: z.literal('proxy') }),
  z.object({ type: z.literal('getter') }),
  z.object({ type: z.literal('hole') }),
  z.object({ type: z.literal('uninitialized') }),
  z.object({ type: z.literal('not_captured') }),
  z.object({ type: z.literal('circular'), levels: z.int().positive() }),
  z.object({ type: z.literal('depth'), class: name, size: count.optional() }),
  z.object({
    type: z.literal('truncated'),
    reason: z.enum(['size', 'nodes', 'time', 'error']),
    class: name.optional(),
  }),
  z.object({
    type: z.literal('redacted'),
    kind: z.string().max(64),
    of: z.string().max(64),
    length: count.optional(),
    pseudonym: z.string().max(64).optional(),
  }),
]);
