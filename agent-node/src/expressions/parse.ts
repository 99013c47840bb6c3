import { LIMITS, type Problem } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import * as acorn from 'acorn';
import { readsSecret } from './presence.ts';
import { CALL_REFUSAL, DELETE_REFUSAL, REFUSALS, REGEXP_REFUSAL, STATEMENT_HINT } from './refusals.ts';
import {
  BINARY_OPERATORS,
  type BinaryOperator,
  type EntryNode,
  type ExpressionNode,
  type ExpressionTree,
  type ItemNode,
  type MemberNode,
  UNARY_OPERATORS,
  type UnaryOperator,
} from './tree.ts';

export interface ParseOptions {
  readonly redactor: Redactor;
  /** Tested by ToBoolean; one that reads a secret is refused, because a secret could be guessed with it. */
  readonly condition?: boolean;
}

export type ParsedExpression =
  | { readonly ok: true; readonly tree: ExpressionTree }
  | { readonly ok: false; readonly problem: Problem };

/** Nesting of an expression, so that no closure of it can exhaust the application's stack. */
const MAX_NESTING = 50;

const OPTIONS: acorn.Options = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  // So that each of these reaches its own refusal, which says what to do, instead of "unexpected token".
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
  // Else the closing bracket would be behind the end of the expression.
  preserveParens: true,
};

/**
 * Text to tree, or why not: `EXPRESSION_INVALID` (not JavaScript), `EXPRESSION_UNSAFE` (JavaScript that is not evaluated
 * in a running application), `LIMIT_EXCEEDED`. Messages name the 1-based column.
 */
export function parseExpression(text: string, options: ParseOptions): ParsedExpression {
  if (text.length > LIMITS.expressionLength) {
    return {
      ok: false,
      problem: {
        code: 'LIMIT_EXCEEDED',
        message: `an expression has at most ${LIMITS.expressionLength} characters; this one has ${text.length}`,
        hint: 'Read a part of the value.',
      },
    };
  }
  try {
    const parsed = parseWhole(text);
    const builder: Builder = { names: [], usesThis: false, makesTexts: false };
    const root = build(parsed, builder, 0);
    const condition = options.condition === true;
    const secret = condition ? readsSecret(root, options.redactor) : undefined;
    if (secret)
      throw unsafe(secret.at, {
        what: `a condition must not depend on \`${secret.name}\`, whose name says that it is secret`,
        instead: `Test another value; \`${secret.name} == null\` and \`typeof\` are allowed.`,
      });
    return {
      ok: true,
      tree: { root, names: builder.names, usesThis: builder.usesThis, condition, makesTexts: builder.makesTexts },
    };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    if (error instanceof SyntaxError) return { ok: false, problem: syntaxProblem(error) };
    // acorn recurses: a thousand brackets can exhaust the stack of the worker.
    if (error instanceof RangeError) return { ok: false, problem: tooDeep(1).problem };
    throw error;
  }
}

class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Builder {
  readonly names: string[];
  usesThis: boolean;
  makesTexts: boolean;
}

function parseWhole(text: string): acorn.Expression {
  const expression = acorn.parseExpressionAt(text, 0, OPTIONS);
  // Comments and white space may follow, nothing else. Blanks keep the columns.
  const rest = acorn.tokenizer(' '.repeat(expression.end) + text.slice(expression.end), OPTIONS).getToken();
  if (rest.type !== acorn.tokTypes.eof) {
    throw invalid(rest.start + 1, 'the expression ends before this', STATEMENT_HINT);
  }
  return expression;
}

type AnyNode = acorn.Expression | acorn.Super | acorn.PrivateIdentifier | acorn.SpreadElement | acorn.Pattern;

function build(node: AnyNode, builder: Builder, depth: number): ExpressionNode {
  if (depth > MAX_NESTING) throw tooDeep(node.start + 1);
  const at = node.start + 1;
  const below = (child: AnyNode) => build(child, builder, depth + 1);
  switch (node.type) {
    case 'Literal':
      if (typeof node.value === 'string') builder.makesTexts = true;
      return literal(node);
    case 'TemplateLiteral':
      builder.makesTexts = true;
      return {
        type: 'template',
        texts: node.quasis.map((quasi) => quasi.value.cooked ?? ''),
        parts: node.expressions.map(below),
      };
    case 'Identifier':
      if (!builder.names.includes(node.name)) builder.names.push(node.name);
      return { type: 'name', name: node.name, at };
    case 'ThisExpression':
      builder.usesThis = true;
      return { type: 'this' };
    case 'ParenthesizedExpression':
      return below(node.expression);
    case 'ChainExpression':
      return { type: 'chain', expression: below(node.expression) };
    case 'MemberExpression':
      return member(node, builder, depth);
    case 'CallExpression':
      return call(node, builder, depth);
    case 'UnaryExpression': {
      if (node.operator === 'delete') throw unsafe(at, DELETE_REFUSAL);
      const operator = UNARY_OPERATORS.find((known: UnaryOperator) => known === node.operator);
      if (operator === undefined) throw unsupported(node);
      return { type: 'unary', operator, argument: below(node.argument), at };
    }
    case 'BinaryExpression': {
      const operator = BINARY_OPERATORS.find((known: BinaryOperator) => known === node.operator);
      if (operator === '+') builder.makesTexts = true;
      if (operator === undefined) throw unsupported(node);
      return { type: 'binary', operator, left: below(node.left), right: below(node.right), at };
    }
    case 'LogicalExpression':
      return { type: 'logical', operator: node.operator, left: below(node.left), right: below(node.right) };
    case 'ConditionalExpression':
      return {
        type: 'conditional',
        test: below(node.test),
        whenTrue: below(node.consequent),
        whenFalse: below(node.alternate),
      };
    case 'ArrayExpression':
      return {
        type: 'array',
        items: node.elements.map((item) => {
          if (item === null) throw invalid(at, 'an array literal here has no holes', 'Write undefined.');
          return spreadOr(item, builder, depth);
        }),
      };
    case 'ObjectExpression':
      return { type: 'object', entries: node.properties.map((entry) => objectEntry(entry, builder, depth)) };
    default:
      throw unsupported(node);
  }
}

function literal(node: acorn.Literal): ExpressionNode {
  if (node.regex) throw unsafe(node.start + 1, REGEXP_REFUSAL);
  if (node.bigint != null) return { type: 'bigint', digits: node.bigint };
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { type: 'literal', value };
  }
  throw unsupported(node);
}

function member(node: acorn.MemberExpression, builder: Builder, depth: number): MemberNode {
  const { property } = node;
  if (property.type === 'PrivateIdentifier') throw unsupported(property);
  const object = build(node.object, builder, depth + 1);
  const shared = { type: 'member', object, optional: node.optional, at: property.start + 1 } as const;
  if (!node.computed && property.type === 'Identifier') return { ...shared, property: property.name };
  const computed = build(property, builder, depth + 1);
  const fixed = computed.type === 'literal' && typeof computed.value === 'string';
  return { ...shared, property: fixed ? String(computed.value) : computed };
}

function call(node: acorn.CallExpression, builder: Builder, depth: number): ExpressionNode {
  const at = node.start + 1;
  builder.makesTexts = true;
  const callee = build(node.callee, builder, depth + 1);
  if (callee.type !== 'name' && callee.type !== 'member') throw unsafe(at, CALL_REFUSAL);
  return {
    type: 'call',
    callee,
    arguments: node.arguments.map((argument) => spreadOr(argument, builder, depth)),
    optional: node.optional,
    at: callee.at,
  };
}

function spreadOr(node: acorn.Expression | acorn.SpreadElement, builder: Builder, depth: number): ItemNode {
  if (node.type !== 'SpreadElement') return build(node, builder, depth + 1);
  return { type: 'spread', argument: build(node.argument, builder, depth + 1), at: node.start + 1 };
}

function objectEntry(entry: acorn.Property | acorn.SpreadElement, builder: Builder, depth: number): EntryNode {
  const at = entry.start + 1;
  if (entry.type === 'SpreadElement') {
    return { type: 'spread', argument: build(entry.argument, builder, depth + 1), at };
  }
  if (entry.kind !== 'init' || entry.method) {
    throw unsafe(at, { what: 'methods, getters and setters are not evaluated', instead: 'Write `name: value`.' });
  }
  const value = build(entry.value, builder, depth + 1);
  if (entry.computed) return { type: 'entry', key: build(entry.key, builder, depth + 1), value, at };
  if (entry.key.type === 'Identifier') return { type: 'entry', key: entry.key.name, value, at };
  if (entry.key.type === 'Literal') return { type: 'entry', key: String(entry.key.value), value, at };
  throw unsupported(entry.key);
}

function unsupported(node: { type: string; start: number }): Refusal {
  const refusal = REFUSALS[node.type];
  return unsafe(node.start + 1, refusal ?? { what: `${node.type} is not evaluated`, instead: STATEMENT_HINT });
}

function unsafe(column: number, refusal: { what: string; instead: string }): Refusal {
  return new Refusal({
    code: 'EXPRESSION_UNSAFE',
    message: `column ${column}: ${refusal.what}`,
    hint: refusal.instead,
  });
}

function invalid(column: number, what: string, hint: string): Refusal {
  return new Refusal({ code: 'EXPRESSION_INVALID', message: `column ${column}: ${what}`, hint });
}

function tooDeep(column: number): Refusal {
  return new Refusal({
    code: 'LIMIT_EXCEEDED',
    message: `column ${column}: an expression is nested at most ${MAX_NESTING} levels deep`,
    hint: 'Split it into several expressions.',
  });
}

/** acorn's message is `Unexpected token (1:4)`; its `pos` counts from 0 over the whole text. */
function syntaxProblem(error: SyntaxError): Problem {
  const column = 'pos' in error && typeof error.pos === 'number' ? error.pos + 1 : 1;
  const what = error.message.replace(/ \(\d+:\d+\)$/, '');
  return { code: 'EXPRESSION_INVALID', message: `column ${column}: ${what}`, hint: STATEMENT_HINT };
}
