import type * as acorn from 'acorn';
import { MAX_PARAMETERS } from '../callable.ts';
import type { ExpressionNode, Takes } from '../tree.ts';
import { unsafe } from './refusal.ts';

/** What a bound name reads: a parameter, or one member of it. */
export interface Place {
  readonly slot: number;
  readonly parameter: string;
  readonly property?: string;
}

export interface Parameter {
  readonly slot: number;
  readonly takes: Takes;
  readonly names: ReadonlyMap<string, Place>;
}

/** The parameters and the one expression of an arrow function; throws a `Refusal` where it has more than that. */
export function arrowOf(
  node: acorn.ArrowFunctionExpression,
  newSlot: () => number,
): { readonly parameters: readonly Parameter[]; readonly body: acorn.Expression } {
  const at = node.start + 1;
  if (node.async || node.generator) throw unsafe(at, { what: 'an `async` function is not evaluated', instead: PLAIN });
  if (node.params.length > MAX_PARAMETERS) {
    throw unsafe(at, { what: `an arrow function has at most ${MAX_PARAMETERS} parameters here`, instead: PLAIN });
  }
  return { parameters: node.params.map((pattern) => parameter(pattern, newSlot())), body: bodyOf(node) };
}

const PLAIN = 'Write `item => item.price < 0`.';

/** `{ return x }` is as good as `x`. */
function bodyOf({ body }: acorn.ArrowFunctionExpression): acorn.Expression {
  if (body.type !== 'BlockStatement') return body;
  const [only] = body.body;
  if (body.body.length === 1 && only?.type === 'ReturnStatement' && only.argument) return only.argument;
  throw unsafe(body.start + 1, { what: 'a block of statements is not evaluated', instead: PLAIN });
}

function parameter(pattern: acorn.Pattern, slot: number): Parameter {
  const names = new Map<string, Place>();
  const shared = { slot, parameter: 'item' };
  if (pattern.type === 'Identifier') {
    names.set(pattern.name, { slot, parameter: pattern.name });
    return { slot, takes: 'anything', names };
  }
  if (pattern.type === 'ArrayPattern') {
    for (const [index, element] of pattern.elements.entries()) {
      if (element === null) continue;
      names.set(plainName(element), { ...shared, property: String(index) });
    }
    return { slot, takes: 'array', names };
  }
  if (pattern.type !== 'ObjectPattern') throw notPlain(pattern);
  for (const entry of pattern.properties) {
    if (entry.type !== 'Property' || entry.computed || entry.key.type !== 'Identifier') throw notPlain(entry);
    names.set(plainName(entry.value), { ...shared, property: entry.key.name });
  }
  return { slot, takes: 'object', names };
}

function plainName(pattern: acorn.Pattern): string {
  if (pattern.type !== 'Identifier') throw notPlain(pattern);
  return pattern.name;
}

function notPlain(node: { readonly start: number }) {
  return unsafe(node.start + 1, {
    what: 'a default, a rest or a pattern in a pattern is not evaluated in a parameter',
    instead: 'Write `item => item.price`, `({ price }) => price` or `([key, value]) => value`.',
  });
}

/** All names that the parameters bind. */
export function boundNames(parameters: readonly Parameter[]): Map<string, Place> {
  return new Map(parameters.flatMap(({ names }) => [...names]));
}

/** A use of a bound name. A destructured one is the member that it stands for, so that it is read, and hidden, as one. */
export function parameterOf({ slot, parameter: name, property }: Place, used: string, at: number): ExpressionNode {
  const object = { type: 'parameter', name: property === undefined ? used : name, slot } as const;
  return property === undefined ? object : { type: 'member', object, property, optional: false, at };
}
