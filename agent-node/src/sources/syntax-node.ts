import type * as acorn from 'acorn';

/** A node of acorn's tree, read key by key: new syntax must not break the reading of the rest. */
export type SyntaxNode = acorn.Node & Record<string, unknown>;

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

export function nodes(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' && typeof value['name'] === 'string' ? value['name'] : undefined;
}

export function keyName(node: SyntaxNode): string {
  const key = node['key'];
  if (!isNode(key) || node['computed'] === true) return '';
  if (key.type === 'PrivateIdentifier') return `#${String(key['name'])}`;
  return nameOf(key) ?? (key.type === 'Literal' ? String(key['value']) : '');
}

export function memberName(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type !== 'MemberExpression') return nameOf(node) ?? '';
  return nameOf(node['property']) ?? '';
}

/** Modules and definitions at the top of a file: shown only where an expression asks for them. */
export function isModuleValue(init: SyntaxNode): boolean {
  if (/^(FunctionExpression|ArrowFunctionExpression|ClassExpression)$/.test(init.type)) return true;
  if (init.type === 'MemberExpression' && isNode(init['object'])) return isModuleValue(init['object']);
  if (init.type === 'AwaitExpression' && isNode(init['argument'])) return isModuleValue(init['argument']);
  if (init.type === 'ImportExpression') return true;
  const callee = init['callee'];
  if (init.type !== 'CallExpression' || !isNode(callee)) return false;
  const inner = nodes(init['arguments'])[0];
  return (
    nameOf(callee) === 'require' ||
    (/^__import/.test(nameOf(callee) ?? '') && inner !== undefined && isModuleValue(inner))
  );
}
