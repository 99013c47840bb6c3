import {
  descriptorOf,
  FunctionPrototype,
  hasOwn,
  isDate,
  isProxy,
  ownData,
  prototypeOf,
} from '../capture/primordials.ts';
import {
  BIGINT_TOO_LONG,
  bounded,
  brief,
  isObject,
  MAX_BIGINT,
  numeric,
  orderable,
  primitive,
  text,
} from './coercion.ts';
import { type Context, fail, MAX_TEXT, takeSteps } from './context.ts';
import { isLooselySame, isSame } from './equality.ts';
import { propertyKey } from './member.ts';
import { refuseSealed } from './sealed.ts';
import { isTruthy, taintByContent, withoutSecrets } from './taint.ts';
import type { BinaryOperator, UnaryOperator } from './tree.ts';
import { refuseBoxed } from './unnamed.ts';

const MAX_CHAIN = 100;
const { hasInstance } = Symbol;

export function applyUnary(context: Context, operator: UnaryOperator, value: unknown, at: number): unknown {
  switch (operator) {
    case '!':
      return !isTruthy(context, value);
    case 'typeof':
      return typeof value;
    case 'void':
      return undefined;
    case '+':
      return numeric(context, value, at);
    case '-':
    case '~': {
      const number = typeof value === 'bigint' ? value : numeric(context, value, at);
      taintByContent(context, number, at);
      if (typeof number === 'bigint') return operator === '-' ? -number : ~number;
      return operator === '-' ? -number : ~number;
    }
  }
}

export function applyBinary(
  context: Context,
  operator: BinaryOperator,
  left: unknown,
  right: unknown,
  at: number,
): unknown {
  switch (operator) {
    case '===':
      return isSame(context, left, right, at);
    case '!==':
      return !isSame(context, left, right, at);
    case '==':
      return isLooselySame(context, left, right, at);
    case '!=':
      return !isLooselySame(context, left, right, at);
    case 'in':
      return hasProperty(context, left, right, at);
    case 'instanceof':
      return isInstance(context, left, right, at);
    case '+':
      return add(context, left, right, at);
    case '<':
    case '<=':
    case '>':
    case '>=':
      refuseDateText(context, left, right, at);
      refuseDateText(context, right, left, at);
      return compare(operator, inOrder(context, left, at), inOrder(context, right, at));
    default:
      return arithmetic(context, operator, left, right, at);
  }
}

/** JavaScript turns the text into NaN, and the comparison is false whatever the date is, which misleads. */
function refuseDateText(context: Context, date: unknown, other: unknown, at: number): void {
  if (typeof other !== 'string' || !isObject(date) || isProxy(date) || !isDate(date)) return;
  fail(context, at, 'a Date is not compared with a text; write Date.parse("2026-11-21T08:00:00Z")');
}

/** What comes before what tells of a secret, a step at a time. */
function inOrder(context: Context, value: unknown, at: number): Orderable {
  const plain = brief(context, orderable(context, value, at), at);
  taintByContent(context, plain, at);
  return plain;
}

type Orderable = string | number | bigint | boolean | null | undefined;

function compare(operator: '<' | '<=' | '>' | '>=', left: Orderable, right: Orderable): boolean {
  // The types of what can be compared are the language's concern; none of these runs code.
  const a = left as number;
  const b = right as number;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function add(context: Context, left: unknown, right: unknown, at: number): unknown {
  const a = primitive(context, left, at);
  const b = primitive(context, right, at);
  if (typeof a !== 'string' && typeof b !== 'string') return arithmetic(context, '+', a, b, at);
  const first = withoutSecrets(context, text(context, a, at));
  const second = withoutSecrets(context, text(context, b, at));
  if (first.length + second.length > MAX_TEXT) bounded(context, first + second, at);
  return first + second;
}

type Arithmetic = Exclude<BinaryOperator, '==' | '!=' | '===' | '!==' | '<' | '<=' | '>' | '>=' | 'in' | 'instanceof'>;

function arithmetic(
  context: Context,
  operator: Arithmetic,
  left: unknown,
  right: unknown,
  at: number,
): number | bigint {
  if (typeof left === 'bigint' && typeof right === 'bigint') return bigints(context, operator, left, right, at);
  const a = numeric(context, left, at);
  const b = numeric(context, right, at);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '**':
      return a ** b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '>>>':
      return a >>> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function bigints(context: Context, operator: Arithmetic, a: bigint, b: bigint, at: number): bigint {
  if (a > MAX_BIGINT || a < -MAX_BIGINT || b > MAX_BIGINT || b < -MAX_BIGINT) fail(context, at, BIGINT_TOO_LONG);
  taintByContent(context, a, at);
  taintByContent(context, b, at);
  // Up to some ten microseconds each.
  takeSteps(context, operator === '**' ? 500 : 20, at);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? fail(context, at, 'division by 0n') : a / b;
    case '%':
      return b === 0n ? fail(context, at, 'division by 0n') : a % b;
    case '**':
      return b < 0n || b > 64n ? fail(context, at, 'the exponent of a bigint is 0n to 64n here') : a ** b;
    case '<<':
    case '>>':
      if (b < -4096n || b > 4096n) fail(context, at, BIGINT_TOO_LONG);
      return operator === '<<' ? a << b : a >> b;
    case '>>>':
      return fail(context, at, 'a bigint has no >>>');
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function hasProperty(context: Context, name: unknown, object: unknown, at: number): boolean {
  const key = propertyKey(context, name, at);
  if (!isObject(object)) return fail(context, at, 'the right side of `in` is not an object');
  refuseSealed(context, object, at);
  refuseBoxed(context, object, at);
  let holder: object | null = object;
  for (let i = 0; i < MAX_CHAIN && holder !== null; i++) {
    if (isProxy(holder)) return fail(context, at, 'a Proxy is not looked into');
    if (hasOwn(holder, key)) return true;
    holder = prototypeOf(holder);
  }
  return false;
}

/** ECMA-262 OrdinaryHasInstance, where no `Symbol.hasInstance` of the application would have been asked instead. */
function isInstance(context: Context, value: unknown, made: unknown, at: number): boolean {
  if (typeof made !== 'function') return fail(context, at, 'the right side of `instanceof` is not a class');
  let holder: object | null = made;
  for (let i = 0; i < MAX_CHAIN && holder !== null && holder !== FunctionPrototype; i++) {
    if (isProxy(holder)) return fail(context, at, 'a Proxy is not looked into');
    if (hasOwn(holder, hasInstance)) return fail(context, at, 'this class has a Symbol.hasInstance, which is not run');
    holder = prototypeOf(holder);
  }
  const found = descriptorOf(made, 'prototype');
  if (found === undefined) return fail(context, at, 'this function has no prototype');
  const prototype = ownData(made, 'prototype');
  if (!isObject(value) || !isObject(prototype)) return false;
  let object: object | null = value;
  for (let i = 0; i < MAX_CHAIN && object !== null; i++) {
    if (isProxy(object)) return fail(context, at, 'a Proxy is not looked into');
    object = prototypeOf(object);
    if (object === prototype) return true;
  }
  return false;
}
