import type { FunctionSyntax } from './scopes.ts';
import { isNode, nodes, type SyntaxNode } from './syntax-node.ts';

/** Notes in a function what a statement or an expression of it does to the length of a call, and to what a call passes. */
export function noteFlow(owner: FunctionSyntax, node: SyntaxNode): void {
  if (LOOPS.has(node.type)) owner.loops = true;
  owner.skippableFrom = Math.min(owner.skippableFrom, skippableFrom(node));
}

const LOOPS: ReadonlySet<string> = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/** A call that throws is not counted: it is rare, and would be everywhere. */
function skippableFrom(node: SyntaxNode): number {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return startOf(node['consequent']);
    case 'LogicalExpression':
      return startOf(node['right']);
    case 'SwitchStatement':
      return startOf(nodes(node['cases'])[0]);
    case 'CatchClause':
      return node.start;
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
    case 'YieldExpression':
      return node.end;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function startOf(node: unknown): number {
  return isNode(node) ? node.start : Number.POSITIVE_INFINITY;
}
