import { isCount, type Redactor } from '@borescope/redaction';
import type { ExpressionNode } from './tree.ts';

/**
 * A test of whether something is there at all, `typeof a.b` or `a.b == null`, on a plain path. It tells nothing of a
 * secret beyond that, so it may be asked of one. A path that is computed could carry a secret in its choice.
 */
export function presenceCheck(node: ExpressionNode): ExpressionNode | undefined {
  if (node.type === 'unary' && node.operator === 'typeof' && isPath(node.argument)) return node.argument;
  if (node.type !== 'binary') return undefined;
  if (node.operator !== '==' && node.operator !== '!=' && node.operator !== '===' && node.operator !== '!==') {
    return undefined;
  }
  if (isNothing(node.right) && isPath(node.left)) return node.left;
  if (isNothing(node.left) && isPath(node.right)) return node.right;
  return undefined;
}

/** `typeof value === "string"`: the eight words that it can be are no secrets. */
export function isTypeTest(left: ExpressionNode, right: ExpressionNode): boolean {
  return (isTypeOf(left) && right.type === 'literal') || (isTypeOf(right) && left.type === 'literal');
}

function isTypeOf(node: ExpressionNode): boolean {
  return node.type === 'unary' && node.operator === 'typeof';
}

function isNothing(node: ExpressionNode): boolean {
  return (node.type === 'literal' && node.value === null) || (node.type === 'name' && node.name === 'undefined');
}

function isPath(node: ExpressionNode): boolean {
  switch (node.type) {
    case 'name':
    case 'this':
    case 'parameter':
      return true;
    case 'chain':
      return isPath(node.expression);
    case 'member':
      return typeof node.property === 'string' && isPath(node.object);
    default:
      return false;
  }
}

/** The first secret name that the value of the expression can depend on. */
export function readsSecret(node: ExpressionNode, redactor: Redactor): { name: string; at: number } | undefined {
  if (presenceCheck(node)) return undefined;
  for (const child of children(node)) {
    const found = readsSecret(child, redactor);
    if (found) return found;
  }
  const name = readName(node);
  const kind = name === undefined ? undefined : redactor.name(name.name);
  // What may be a count is judged at each pass, by its value.
  return kind === undefined || isCount(kind, 'number') ? undefined : name;
}

function readName(node: ExpressionNode): { name: string; at: number } | undefined {
  if (node.type === 'name') return { name: node.name, at: node.at };
  if (node.type === 'member' && typeof node.property === 'string') return { name: node.property, at: node.at };
  if (node.type !== 'call' || node.callee.type !== 'member' || node.callee.property !== 'get') return undefined;
  // `headers.get('authorization')`
  const key = node.arguments[0];
  if (key?.type === 'literal' && typeof key.value === 'string') return { name: key.value, at: node.at };
  return undefined;
}

/** What a node is made of. */
export function children(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.type) {
    case 'template':
      return node.parts;
    case 'member':
      return typeof node.property === 'string' ? [node.object] : [node.object, node.property];
    case 'call':
      return [
        node.callee,
        ...node.arguments.map((item) => (item.type === 'spread' ? item.argument : item)),
        ...(node.callback === undefined ? [] : [node.callback.body]),
      ];
    case 'chain':
      return [node.expression];
    case 'unary':
      return [node.argument];
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'conditional':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'array':
      return node.items.map((item) => (item.type === 'spread' ? item.argument : item));
    case 'object':
      return node.entries.flatMap((entry) =>
        entry.type === 'spread'
          ? [entry.argument]
          : typeof entry.key === 'string'
            ? [entry.value]
            : [entry.key, entry.value],
      );
    default:
      return [];
  }
}
