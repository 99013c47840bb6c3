import * as acorn from 'acorn';
import type { ScopeKind } from '../expressions/scope.ts';

export interface Binding {
  readonly name: string;
  /** Offset behind which the binding is initialised; 0 for what is hoisted. */
  readonly readyAt: number;
  readonly kind: 'variable' | 'function' | 'import' | 'module-value';
}

/** A stretch of the text with bindings of its own. `owner` is the function that it belongs to; the module for the top. */
export interface SyntaxScope {
  readonly start: number;
  readonly end: number;
  readonly owner: FunctionSyntax;
  readonly parent: SyntaxScope | undefined;
  readonly children: SyntaxScope[];
  readonly bindings: Map<string, Binding>;
}

export interface FunctionSyntax {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly arrow: boolean;
  readonly parent: FunctionSyntax | undefined;
  /** The value of a declaration, an assignment or a method, not an argument of a call. */
  readonly defined: boolean;
  /** `this` or `super` stands in it, or in an arrow in it. */
  usesThis: boolean;
  readonly identifiers: Set<string>;
}

export interface NameInScope {
  readonly name: string;
  readonly scope: ScopeKind;
  readonly uninitialized: boolean;
  readonly binding: Binding;
}

type Node = acorn.Node & Record<string, unknown>;

/** The scopes of one script. Undefined where acorn cannot read the text (newer syntax, or nesting beyond its stack). */
export function readSyntax(text: string, isModule: boolean): SyntaxScope | undefined {
  const options: acorn.Options = {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'script',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowHashBang: true,
    checkPrivateFields: false,
  };
  try {
    return new Reader().read(acorn.parse(text, options) as unknown as Node, text.length);
  } catch {
    return undefined;
  }
}

/** The innermost scope around an offset. */
export function scopeAt(root: SyntaxScope, offset: number): SyntaxScope {
  let scope = root;
  for (;;) {
    const inner = scope.children.find((child) => child.start <= offset && offset < child.end);
    if (!inner) return scope;
    scope = inner;
  }
}

/** Names visible at an offset, innermost first, each once. */
export function namesAt(scope: SyntaxScope, offset: number): NameInScope[] {
  const names = new Map<string, NameInScope>();
  const { owner } = scope;
  for (let at: SyntaxScope | undefined = scope; at; at = at.parent) {
    for (const binding of at.bindings.values()) {
      if (names.has(binding.name)) continue;
      const uninitialized = at.owner === owner && binding.readyAt > offset;
      names.set(binding.name, { name: binding.name, scope: kindOf(at, owner), uninitialized, binding });
    }
  }
  return [...names.values()];
}

function kindOf(scope: SyntaxScope, owner: FunctionSyntax): ScopeKind {
  if (scope.owner.parent === undefined) return scope.parent === undefined ? 'module' : 'block';
  if (scope.owner !== owner) return 'closure';
  return scope.parent?.owner === owner ? 'block' : 'local';
}

class Reader {
  #scope: SyntaxScope = {
    start: 0,
    end: 0,
    owner: newFunction('', 0, 0, false, undefined, false),
    parent: undefined,
    children: [],
    bindings: new Map(),
  };
  #hint: { name: string; defined: boolean } | undefined;

  read(program: Node, length: number): SyntaxScope {
    const owner = newFunction('', 0, length + 1, false, undefined, false);
    const root: SyntaxScope = {
      start: 0,
      end: length + 1,
      owner,
      parent: undefined,
      children: [],
      bindings: new Map(),
    };
    this.#scope = root;
    this.#children(program);
    return root;
  }

  #visit(node: Node) {
    const hint = this.#hint;
    this.#hint = undefined;
    switch (node.type) {
      case 'FunctionDeclaration':
        this.#declare(nameOf(node['id']), 0, 'function');
        return this.#function(node, { name: nameOf(node['id']) ?? hint?.name ?? '', defined: true });
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node, { name: nameOf(node['id']) ?? hint?.name ?? '', defined: hint?.defined ?? false });
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const name = nameOf(node['id']) ?? hint?.name ?? '';
        if (node.type === 'ClassDeclaration') this.#declare(nameOf(node['id']), node.end, 'function');
        return this.#class(node, name);
      }
      case 'VariableDeclaration':
        return this.#variables(node, undefined);
      case 'ImportDeclaration':
        for (const specifier of nodes(node['specifiers'])) this.#declare(nameOf(specifier['local']), 0, 'import');
        return;
      case 'BlockStatement':
      case 'SwitchStatement':
      case 'StaticBlock':
        return this.#within(node, () => this.#children(node));
      case 'ForStatement':
        return this.#within(node, () => this.#children(node));
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#within(node, () => this.#forEach(node));
      case 'CatchClause':
        return this.#within(node, () => {
          if (isNode(node['param'])) this.#pattern(node['param'], 0, 'variable', this.#scope);
          this.#children(node);
        });
      case 'AssignmentExpression':
        return this.#named(node, 'right', memberName(node['left']));
      case 'Property':
      case 'PropertyDefinition':
      case 'MethodDefinition':
        return this.#named(node, 'value', `${hint?.name ? `${hint.name}.` : ''}${keyName(node)}`);
      case 'ThisExpression':
      case 'Super':
        return markThis(this.#scope.owner);
      case 'Identifier':
        return this.#use(nameOf(node) ?? '');
      default:
        return this.#children(node);
    }
  }

  #children(node: Node): void {
    for (const key of Object.keys(node)) {
      const value = node[key];
      if (isNode(value)) this.#visit(value);
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) this.#visit(item);
    }
  }

  #named(node: Node, key: string, name: string): void {
    for (const other of Object.keys(node)) {
      const value = node[other];
      if (!isNode(value)) continue;
      if (other === key) this.#hint = { name, defined: true };
      this.#visit(value);
    }
    this.#hint = undefined;
  }

  #class(node: Node, name: string): void {
    if (isNode(node['superClass'])) this.#visit(node['superClass']);
    const body = node['body'];
    if (!isNode(body)) return;
    for (const member of nodes(body['body'])) {
      this.#hint = { name, defined: true };
      this.#visit(member);
    }
    this.#hint = undefined;
  }

  #function(node: Node, hint: { name: string; defined: boolean }): void {
    const arrow = node.type === 'ArrowFunctionExpression';
    const owner = newFunction(hint.name, node.start, node.end, arrow, this.#scope.owner, hint.defined);
    this.#within(
      node,
      () => {
        for (const parameter of nodes(node['params'])) {
          this.#pattern(parameter, 0, 'variable', this.#scope);
          this.#visit(parameter);
        }
        const body = node['body'];
        if (!isNode(body)) return;
        if (body.type === 'BlockStatement') this.#children(body);
        else this.#visit(body);
      },
      owner,
    );
    for (const name of owner.identifiers) this.#scope.owner.identifiers.add(name);
  }

  #within(node: Node, walk: () => void, owner: FunctionSyntax = this.#scope.owner): void {
    const parent = this.#scope;
    // Where a function begins, V8 stops before it is made: that place is still outside of it.
    const start = owner === parent.owner ? node.start : node.start + 1;
    const scope: SyntaxScope = { start, end: node.end, owner, parent, children: [], bindings: new Map() };
    parent.children.push(scope);
    this.#scope = scope;
    walk();
    this.#scope = parent;
  }

  #forEach(node: Node): void {
    const body = node['body'];
    const left = node['left'];
    const start = isNode(body) ? body.start : node.end;
    if (isNode(left) && left.type === 'VariableDeclaration') this.#variables(left, start);
    else if (isNode(left)) this.#visit(left);
    if (isNode(node['right'])) this.#visit(node['right']);
    if (isNode(body)) this.#visit(body);
  }

  #variables(node: Node, readyAt: number | undefined): void {
    const hoisted = node['kind'] === 'var';
    const target = hoisted ? this.#functionScope() : this.#scope;
    for (const declarator of nodes(node['declarations'])) {
      const id = declarator['id'];
      const init = declarator['init'];
      if (!isNode(id)) continue;
      const kind = target.parent === undefined && isNode(init) && isModuleValue(init) ? 'module-value' : 'variable';
      this.#pattern(id, hoisted ? 0 : (readyAt ?? declarator.end), kind, target);
      this.#visit(id);
      if (!isNode(init)) continue;
      this.#hint = { name: nameOf(id) ?? '', defined: true };
      this.#visit(init);
      this.#hint = undefined;
    }
  }

  #pattern(node: Node, readyAt: number, kind: Binding['kind'], scope: SyntaxScope): void {
    if (node.type === 'Identifier') this.#declare(nameOf(node), readyAt, kind, scope);
    else if (node.type === 'AssignmentPattern') this.#patterns(node['left'], readyAt, kind, scope);
    else if (node.type === 'RestElement') this.#patterns(node['argument'], readyAt, kind, scope);
    else if (node.type === 'ArrayPattern')
      for (const item of nodes(node['elements'])) this.#pattern(item, readyAt, kind, scope);
    else if (node.type === 'Property') this.#patterns(node['value'], readyAt, kind, scope);
    else if (node.type === 'ObjectPattern')
      for (const item of nodes(node['properties'])) this.#pattern(item, readyAt, kind, scope);
  }

  #patterns(node: unknown, readyAt: number, kind: Binding['kind'], scope: SyntaxScope): void {
    if (isNode(node)) this.#pattern(node, readyAt, kind, scope);
  }

  #declare(name: string | undefined, readyAt: number, kind: Binding['kind'], scope: SyntaxScope = this.#scope): void {
    if (name !== undefined && !scope.bindings.has(name)) scope.bindings.set(name, { name, readyAt, kind });
  }

  #functionScope(): SyntaxScope {
    let scope = this.#scope;
    while (scope.parent?.owner === scope.owner) scope = scope.parent;
    return scope;
  }

  #use(name: string): void {
    this.#scope.owner.identifiers.add(name);
  }
}

function newFunction(
  name: string,
  start: number,
  end: number,
  arrow: boolean,
  parent: FunctionSyntax | undefined,
  defined: boolean,
): FunctionSyntax {
  return { name, start, end, arrow, parent, defined, usesThis: false, identifiers: new Set() };
}

/** An arrow's `this` is that of the function around it. */
function markThis(owner: FunctionSyntax): void {
  for (let at: FunctionSyntax | undefined = owner; at; at = at.parent) {
    at.usesThis = true;
    if (!at.arrow) return;
  }
}

/** Modules and definitions at the top of a file: shown only where an expression asks for them. */
function isModuleValue(init: Node): boolean {
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

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' && typeof value['name'] === 'string' ? value['name'] : undefined;
}

function keyName(node: Node): string {
  const key = node['key'];
  if (!isNode(key) || node['computed'] === true) return '';
  if (key.type === 'PrivateIdentifier') return `#${String(key['name'])}`;
  return nameOf(key) ?? (key.type === 'Literal' ? String(key['value']) : '');
}

function memberName(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type !== 'MemberExpression') return nameOf(node) ?? '';
  return nameOf(node['property']) ?? '';
}
