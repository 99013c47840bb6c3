import './callback-methods.ts';
import './collection-methods.ts';
import './iterator-methods.ts';
import './static-functions.ts';
import './text-methods.ts';
import { guardRedactor } from '../capture/guarded-redactor.ts';
import {
  functionText,
  indexOfText,
  isAnyArrayBuffer,
  isArray,
  isArrayBufferView,
  isProxy,
  mapGet,
  mapHas,
  owns,
  textOf,
  toBigInt,
} from '../capture/primordials.ts';
import { type BuiltIn, builtIn, type Callback } from './built-ins.ts';
import { bounded, isObject, text } from './coercion.ts';
import { append, spreadInto } from './collection-methods.ts';
import { type Context, fail, isFailure, MAX_STEPS, type Run, takeSteps } from './context.ts';
import { sameAsWritten } from './equality.ts';
import type { CompiledExpression, CompileOptions } from './evaluation.ts';
import { GLOBALS } from './globals.ts';
import { labelOf } from './label.ts';
import { propertyKey, readMember } from './member.ts';
import { applyBinary, applyUnary } from './operators.ts';
import { isTypeTest, presenceCheck } from './presence.ts';
import { refuseBlocked } from './sealed.ts';
import { isSecretPath, secretEvaluation } from './secret-evaluation.ts';
import { copyOwn, setOwn } from './static-functions.ts';
import { isTruthy, refuseTainted, taintByName, withoutSecrets, writtenName } from './taint.ts';
import type {
  ArrowNode,
  BinaryNode,
  CallNode,
  EntryNode,
  ExpressionNode,
  ExpressionTree,
  ItemNode,
  MemberNode,
  NameNode,
} from './tree.ts';
import { indexOfKey } from './unnamed.ts';

/** The value of an optional chain that met null or undefined, on its way to the end of the chain. */
const CUT_SHORT: unique symbol = Symbol('borescope.cut-short');

/**
 * A tree to closures. Runs in the application's thread: nothing is generated, so it works where
 * `--disallow-code-generation-from-strings` is set. Without a redactor nothing is treated as secret.
 */
export function compileExpression(tree: ExpressionTree, options?: CompileOptions): CompiledExpression {
  const run = compile(tree.root);
  const redactor = options === undefined ? undefined : guardRedactor(options.redactor);
  const blocked = options?.blocked;
  const plain = redactor !== undefined && isSecretPath(tree.root, redactor);
  const { condition, makesTexts } = tree;
  const hidesAll = () => redactor?.mode === 'strict';
  return (scope) => {
    const context: Context = {
      scope,
      redactor,
      blocked,
      condition,
      hidesAll,
      steps: MAX_STEPS,
      secret: undefined,
      failure: '',
      slots: undefined,
      harmless: [],
    };
    let value: unknown;
    let failed = false;
    try {
      value = run(context);
      if (condition) value = isTruthy(context, value);
    } catch (thrown) {
      failed = true;
      // Anything else comes from the engine: the stack is used up, or a built-in refuses a value.
      if (!isFailure(thrown)) context.failure = 'the expression cannot be evaluated on these values';
    }
    if (context.secret !== undefined) return secretEvaluation(context, context.secret, failed, plain, value);
    return failed ? { error: context.failure } : { value, made: makesTexts };
  };
}

function compile(node: ExpressionNode): Run {
  const checked = presenceCheck(node);
  if (checked === undefined) return compileNode(node);
  const run = compileNode(node);
  return (context) => {
    // Whether a secret is there is no secret.
    const before = context.secret;
    const value = run(context);
    context.secret = before;
    return value;
  };
}

function compileNode(node: ExpressionNode): Run {
  switch (node.type) {
    case 'literal':
    case 'bigint': {
      const value = literalOf(node);
      return () => value;
    }
    case 'template':
      return compileTemplate(node.texts, node.parts, node.ats);
    case 'name':
      return compileName(node);
    case 'parameter': {
      const { slot } = node;
      return (context) => context.slots?.[slot];
    }
    case 'this': {
      const { at } = node;
      return (context) => {
        if (context.scope.hasThis) return context.scope.thisValue;
        return fail(context, at, context.scope.lost.self ? inPause('this') : 'there is no `this` at this place');
      };
    }
    case 'member':
      return compileMember(node);
    case 'call':
      return compileCall(node);
    case 'chain': {
      const run = compile(node.expression);
      return (context) => {
        const value = run(context);
        return value === CUT_SHORT ? undefined : value;
      };
    }
    case 'unary': {
      const { operator, at, argument } = node;
      const run = operator === 'typeof' && argument.type === 'name' ? compileTypeofName(argument) : compile(argument);
      return (context) => {
        takeSteps(context, 1, at);
        return applyUnary(context, operator, run(context), at);
      };
    }
    case 'binary': {
      const { operator, at } = node;
      const written = compileWritten(node);
      if (written !== undefined) return written;
      const left = compile(node.left);
      const right =
        operator === 'instanceof' && node.right.type === 'name'
          ? compileName(node.right, byClassName)
          : compile(node.right);
      return (context) => {
        takeSteps(context, 1, at);
        return applyBinary(context, operator, left(context), right(context), at);
      };
    }
    case 'logical':
      return compileLogical(node.operator, compile(node.left), compile(node.right));
    case 'conditional': {
      const test = compile(node.test);
      const whenTrue = compile(node.whenTrue);
      const whenFalse = compile(node.whenFalse);
      return (context) => (isTruthy(context, test(context)) ? whenTrue(context) : whenFalse(context));
    }
    case 'array':
      return compileItems(node.items);
    case 'object':
      return compileObject(node.entries);
  }
}

/** `===` and `!==` with what the expression writes, which is looked at once. */
function compileWritten({ operator, left, right, at }: BinaryNode): Run | undefined {
  if (operator !== '===' && operator !== '!==') return undefined;
  const isWritten = right.type === 'literal' || right.type === 'bigint';
  if (!isWritten && left.type !== 'literal' && left.type !== 'bigint') return undefined;
  const isExpected = operator === '===';
  const read = compile(isWritten ? left : right);
  const written = literalOf(isWritten ? right : left);
  const isSame = sameAsWritten(written);
  const isPlain = isTypeTest(left, right);
  return (context) => {
    takeSteps(context, 1, at);
    const value = read(context);
    return (isPlain ? value === written : isSame(context, value, at)) === isExpected;
  };
}

function literalOf(node: ExpressionNode): unknown {
  if (node.type === 'bigint') return toBigInt(node.digits);
  return node.type === 'literal' ? node.value : undefined;
}

function compileEach(nodes: readonly ExpressionNode[]): Run[] {
  const runs: Run[] = [];
  // A loop here and below: compiling happens in the application's thread, where `Array.prototype.map` may be replaced.
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node !== undefined) runs[i] = compile(node);
  }
  return runs;
}

function compileTemplate(texts: readonly string[], parts: readonly ExpressionNode[], ats: readonly number[]): Run {
  const runs = compileEach(parts);
  return (context) => {
    let made = texts[0] ?? '';
    for (let i = 0; i < runs.length; i++) {
      const part = runs[i]?.(context);
      const at = ats[i] ?? 1;
      made += withoutSecrets(context, text(context, part, at)) + (texts[i + 1] ?? '');
      bounded(context, made, at);
    }
    return made;
  };
}

/** `instead`: what to write where the name has no value. */
function compileName(node: NameNode, instead: (name: string) => string = () => ''): Run {
  const { name, at } = node;
  const advice = instead(name);
  // No other name has a `#`.
  const isField = name[5] === '#';
  return (context) => {
    takeSteps(context, 1, at);
    const found = context.scope.lookup(name);
    if (owns(found, 'value')) {
      if (isField && isObject(context.scope.thisValue)) refuseBlocked(context, context.scope.thisValue, at);
      taintByName(context, name, found.value);
      return found.value;
    }
    switch (found.missing) {
      case 'uninitialized':
        return fail(context, at, `\`${name}\` is not initialised yet at this line${advice}`);
      case 'not_captured':
        if (context.scope.lost.fields && isField) return fail(context, at, inPause(name));
        return fail(
          context,
          at,
          `V8 does not give \`${name}\` here: no closure uses it, or a bare return hands it out of an inner block${advice}`,
        );
      case 'unknown':
        if (mapHas(GLOBALS, name)) return mapGet(GLOBALS, name);
        return fail(context, at, `\`${name}\` is not in scope here${advice}`);
    }
  };
}

/** An action that asks for it gets no pause, but for the one that stands there already. */
function inPause(name: string): string {
  return `\`${name}\` is not seen in a real pause, by which another probe at this line captures; ask again when that has ended`;
}

function byClassName(name: string): string {
  return `; test its name: \`value.constructor.name === "${name}"\``;
}

/** `typeof` of a name that nothing declares is no error. */
function compileTypeofName(node: NameNode): Run {
  const read = compileName(node);
  return (context) => {
    const found = context.scope.lookup(node.name);
    const undeclared = owns(found, 'missing') && found.missing === 'unknown' && !mapHas(GLOBALS, node.name);
    return undeclared ? undefined : read(context);
  };
}

type Reference = (context: Context, base: unknown) => unknown;

function compileReference(node: MemberNode): Reference {
  const { property, at } = node;
  const label = labelOf(node);
  if (typeof property === 'string') return compileWrittenKey(property, label, at);
  // `items[0]`
  if (property.type === 'literal' && typeof property.value === 'number')
    return compileWrittenKey(textOf(property.value), label, at);
  const key = compile(property);
  return (context, base) => {
    refuseTainted(context);
    return readMember(context, base, propertyKey(context, key(context), at), label, at);
  };
}

function compileWrittenKey(key: string, label: string, at: number): Reference {
  const refuseGuess = writtenName(key);
  const isIndex = indexOfKey(key) >= 0;
  return (context, base) => {
    // The place of an item is structure, and the same digits may be an id in a dictionary.
    if (!isIndex || isProxy(base) || !isArray(base)) refuseGuess(context);
    return readMember(context, base, key, label, at);
  };
}

function compileMember(node: MemberNode): Run {
  const object = compile(node.object);
  const read = compileReference(node);
  const { optional, at } = node;
  return (context) => {
    takeSteps(context, 1, at);
    const base = object(context);
    if (base === CUT_SHORT || (optional && (base === null || base === undefined))) return CUT_SHORT;
    return read(context, base);
  };
}

function compileCall(node: CallNode): Run {
  const { callee, optional, at } = node;
  const callback = node.callback === undefined ? undefined : compileArrow(node.callback);
  const label = labelOf(callee);
  const items = compileItems(node.arguments);
  const object = callee.type === 'member' ? compile(callee.object) : undefined;
  const read: Reference = callee.type === 'member' ? compileReference(callee) : compileName(callee);
  const cutsBase = callee.type === 'member' && callee.optional;
  return (context) => {
    takeSteps(context, 1, at);
    const receiver = object?.(context);
    if (receiver === CUT_SHORT || (cutsBase && (receiver === null || receiver === undefined))) return CUT_SHORT;
    const fn = read(context, receiver);
    if (optional && (fn === null || fn === undefined)) return CUT_SHORT;
    const run: BuiltIn | undefined = builtIn(fn);
    if (run === undefined) return fail(context, at, refusedCall(fn, receiver, label));
    refuseTainted(context);
    return run(context, { receiver, arguments: items(context), callback, label, at });
  };
}

function refusedCall(fn: unknown, receiver: unknown, label: string): string {
  if (typeof fn === 'function') {
    if (isObject(receiver) && !isProxy(receiver) && (isArrayBufferView(receiver) || isAnyArrayBuffer(receiver)))
      return `\`${label}\` is not called: the bytes of a buffer are not read, they could be a key; its length can be`;
    if (!isProxy(fn) && indexOfText(functionText(fn), '[native code]') >= 0)
      return `\`${label}\` is not called: it is a built-in, or bound, and none of those that are called here`;
    return `\`${label}\` is not called: it is code of the application or of Node; read properties instead`;
  }
  return `\`${label}\` is not a function${fn === undefined ? ': it is undefined' : ''}`;
}

/** Small nodes take no step of their own; this many of them in the body of an arrow function count as one. */
const NODES_PER_STEP = 4;

function compileArrow({ parameters, body, size, at }: ArrowNode): Callback {
  const run = compile(body);
  const cost = 1 + size / NODES_PER_STEP;
  return (context, given) => {
    takeSteps(context, cost, at);
    if (context.slots === undefined) context.slots = [];
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i];
      if (parameter === undefined) continue;
      const { slot, takes } = parameter;
      const value = given[i];
      if (takes === 'array' && (isProxy(value) || !isArray(value)))
        fail(context, at, 'only an array is taken apart here');
      if (takes === 'object' && (value === null || value === undefined))
        fail(context, at, 'null and undefined cannot be taken apart');
      context.slots[slot] = value;
    }
    const value = run(context);
    refuseTainted(context);
    return value;
  };
}

function compileLogical(operator: '&&' | '||' | '??', left: Run, right: Run): Run {
  return (context) => {
    const value = left(context);
    if (operator === '??') refuseTainted(context);
    const goesOn =
      operator === '??' ? value === null || value === undefined : isTruthy(context, value) === (operator === '&&');
    return goesOn ? right(context) : value;
  };
}

type Add = (context: Context, items: unknown[]) => void;

function compileItems(items: readonly ItemNode[]): (context: Context) => unknown[] {
  const adds: Add[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item !== undefined) adds[adds.length] = compileItem(item);
  }
  return (context) => {
    const made: unknown[] = [];
    for (let i = 0; i < adds.length; i++) adds[i]?.(context, made);
    return made;
  };
}

function compileItem(item: ItemNode): Add {
  if (item.type !== 'spread') {
    const run = compile(item);
    return (context, items) => append(context, items, run(context), 1);
  }
  const { at } = item;
  const run = compile(item.argument);
  return (context, items) => spreadInto(context, items, run(context), at);
}

type Assign = (context: Context, target: object) => void;

function compileObject(entries: readonly EntryNode[]): Run {
  const sets: Assign[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry !== undefined) sets[sets.length] = compileEntry(entry);
  }
  return (context) => {
    const target = {};
    for (let i = 0; i < sets.length; i++) sets[i]?.(context, target);
    return target;
  };
}

function compileEntry(entry: EntryNode): Assign {
  const { at } = entry;
  if (entry.type === 'spread') {
    const run = compile(entry.argument);
    return (context, target) => copyOwn(context, target, run(context), at);
  }
  const { key } = entry;
  const value = compile(entry.value);
  if (typeof key === 'string') {
    const refuseGuess = writtenName(key);
    return (context, target) => {
      refuseGuess(context);
      setOwn(target, key, value(context));
    };
  }
  const computed = compile(key);
  return (context, target) => setOwn(target, propertyKey(context, computed(context), at), value(context));
}
