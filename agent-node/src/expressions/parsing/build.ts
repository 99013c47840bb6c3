import type * as acorn from 'acorn';
import {
  BINARY_OPERATORS,
  type BinaryOperator,
  type CallNode,
  type EntryNode,
  type ExpressionNode,
  type ItemNode,
  type MemberNode,
  type NameNode,
  UNARY_OPERATORS,
  type UnaryOperator,
} from '../tree.ts';
import { arrowOf, boundNames, type Place, parameterOf } from './arrow.ts';
import { callbackPosition, refusedCall } from './calls.ts';
import { invalid, MAX_NESTING, tooDeep, unsafe, unsupported } from './refusal.ts';
import {
  ARGUMENTS_REFUSAL,
  COMPUTED_CALL_REFUSAL,
  DELETE_REFUSAL,
  NEW_REFUSAL,
  NEW_REFUSALS,
  REGEXP_REFUSAL,
} from './refusals.ts';

type AnyNode = acorn.Expression | acorn.Super | acorn.PrivateIdentifier | acorn.SpreadElement | acorn.Pattern;

/** acorn's tree to ours, part by part; throws a `Refusal` at the first part that is not evaluated. */
export class TreeBuilder {
  readonly names: string[] = [];
  usesThis = false;
  makesTexts = false;
  /** Names that arrow functions bind, innermost last. */
  readonly #bound: Map<string, Place>[] = [];
  #depth = 0;
  #slots = 0;
  #size = 0;

  build(node: AnyNode): ExpressionNode {
    if (this.#depth > MAX_NESTING) throw tooDeep(node.start + 1);
    this.#depth += 1;
    this.#size += 1;
    const built = this.#node(node);
    this.#depth -= 1;
    return built;
  }

  #node(node: AnyNode): ExpressionNode {
    const at = node.start + 1;
    switch (node.type) {
      case 'Literal':
        return this.#literal(node);
      case 'TemplateLiteral':
        this.makesTexts = true;
        return {
          type: 'template',
          texts: node.quasis.map((quasi) => quasi.value.cooked ?? ''),
          parts: node.expressions.map((part) => this.build(part)),
          ats: node.expressions.map((part) => part.start + 1),
        };
      case 'Identifier':
        return this.#name(node.name, at);
      case 'ThisExpression':
        this.usesThis = true;
        return { type: 'this', at };
      case 'ParenthesizedExpression':
        return this.build(node.expression);
      case 'ChainExpression':
        return { type: 'chain', expression: this.build(node.expression) };
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.#call(node, false);
      case 'NewExpression': {
        const made = node.callee.type === 'Identifier' ? node.callee.name : '';
        throw unsafe(at, (Object.hasOwn(NEW_REFUSALS, made) ? NEW_REFUSALS[made] : undefined) ?? NEW_REFUSAL);
      }
      case 'UnaryExpression': {
        if (node.operator === 'delete') throw unsafe(at, DELETE_REFUSAL);
        const operator = UNARY_OPERATORS.find((known: UnaryOperator) => known === node.operator);
        if (operator === undefined) throw unsupported(node);
        return { type: 'unary', operator, argument: this.build(node.argument), at };
      }
      case 'BinaryExpression': {
        const operator = BINARY_OPERATORS.find((known: BinaryOperator) => known === node.operator);
        if (operator === '+') this.makesTexts = true;
        if (operator === undefined) throw unsupported(node);
        return { type: 'binary', operator, left: this.build(node.left), right: this.build(node.right), at };
      }
      case 'LogicalExpression':
        return {
          type: 'logical',
          operator: node.operator,
          left: this.build(node.left),
          right: this.build(node.right),
        };
      case 'ConditionalExpression':
        return {
          type: 'conditional',
          test: this.build(node.test),
          whenTrue: this.build(node.consequent),
          whenFalse: this.build(node.alternate),
        };
      case 'ArrayExpression':
        return {
          type: 'array',
          items: node.elements.map((item) => {
            if (item === null) throw invalid(at, 'an array literal here has no holes', 'Write undefined.');
            return this.#item(item);
          }),
        };
      case 'ObjectExpression':
        return { type: 'object', entries: node.properties.map((entry) => this.#entry(entry)) };
      default:
        throw unsupported(node);
    }
  }

  #literal(node: acorn.Literal): ExpressionNode {
    if (node.regex) throw unsafe(node.start + 1, REGEXP_REFUSAL);
    if (node.bigint != null) return { type: 'bigint', digits: node.bigint };
    const { value } = node;
    if (typeof value === 'string') this.makesTexts = true;
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { type: 'literal', value };
    }
    throw unsupported(node);
  }

  #name(name: string, at: number): ExpressionNode {
    for (let i = this.#bound.length - 1; i >= 0; i--) {
      const place = this.#bound[i]?.get(name);
      if (place !== undefined) return parameterOf(place, name, at);
    }
    if (name === 'arguments') throw unsafe(at, ARGUMENTS_REFUSAL);
    if (!this.names.includes(name)) this.names.push(name);
    return { type: 'name', name, at };
  }

  #member(node: acorn.MemberExpression): MemberNode | NameNode {
    const { property } = node;
    if (property.type === 'PrivateIdentifier') {
      // The probe hands the fields of `this` over like variables; those of another object only its class could read.
      if (node.object.type === 'ThisExpression') return this.#privateField(property);
      throw unsupported(property);
    }
    const object = this.build(node.object);
    const shared = { type: 'member', object, optional: node.optional, at: property.start + 1 } as const;
    if (!node.computed && property.type === 'Identifier') return { ...shared, property: property.name };
    const computed = this.build(property);
    const fixed = computed.type === 'literal' && typeof computed.value === 'string';
    return { ...shared, property: fixed ? String(computed.value) : computed };
  }

  #privateField({ name, start }: acorn.PrivateIdentifier): NameNode {
    const field = `this.#${name}`;
    this.usesThis = true;
    if (!this.names.includes(field)) this.names.push(field);
    return { type: 'name', name: field, at: start + 1 };
  }

  /** `spread`: what it gives is spread at once, into an array or by `Array.from`. */
  #call(node: acorn.CallExpression, spread: boolean): CallNode {
    this.makesTexts = true;
    const callee = this.build(node.callee);
    if (callee.type !== 'name' && callee.type !== 'member') throw unsafe(node.start + 1, COMPUTED_CALL_REFUSAL);
    const refused = refusedCall(callee, spread);
    if (refused !== undefined) throw unsafe(callee.at, refused);
    const takes = callbackPosition(callee);
    const given = node.arguments[takes];
    const callback = given?.type === 'ArrowFunctionExpression' ? this.#arrow(given) : undefined;
    return {
      type: 'call',
      callee,
      arguments: node.arguments
        .filter((_, index) => callback === undefined || index !== takes)
        .map((argument, index) =>
          takes === 1 && index === 0 && argument.type !== 'SpreadElement'
            ? this.#spreadable(argument)
            : this.#item(argument),
        ),
      ...(callback !== undefined && { callback }),
      optional: node.optional,
      at: callee.at,
    };
  }

  #arrow(node: acorn.ArrowFunctionExpression): CallNode['callback'] {
    const { parameters, body } = arrowOf(node, () => this.#slots++);
    const outside = this.#size;
    this.#size = 0;
    this.#bound.push(boundNames(parameters));
    const built = this.build(body);
    this.#bound.pop();
    const size = this.#size;
    this.#size = outside;
    return {
      parameters: parameters.map(({ slot, takes }) => ({ slot, takes })),
      body: built,
      size,
      at: node.start + 1,
    };
  }

  #item(node: acorn.Expression | acorn.SpreadElement): ItemNode {
    if (node.type !== 'SpreadElement') return this.build(node);
    return { type: 'spread', argument: this.#spreadable(node.argument), at: node.start + 1 };
  }

  #spreadable(node: acorn.Expression): ExpressionNode {
    return node.type === 'CallExpression' ? this.#call(node, true) : this.build(node);
  }

  #entry(entry: acorn.Property | acorn.SpreadElement): EntryNode {
    const at = entry.start + 1;
    if (entry.type === 'SpreadElement') return { type: 'spread', argument: this.build(entry.argument), at };
    if (entry.kind !== 'init' || entry.method) {
      throw unsafe(at, { what: 'methods, getters and setters are not evaluated', instead: 'Write `name: value`.' });
    }
    const value = this.build(entry.value);
    if (entry.computed) return { type: 'entry', key: this.build(entry.key), value, at };
    if (entry.key.type === 'Identifier') return { type: 'entry', key: entry.key.name, value, at };
    if (entry.key.type === 'Literal') return { type: 'entry', key: String(entry.key.value), value, at };
    throw unsupported(entry.key);
  }
}
