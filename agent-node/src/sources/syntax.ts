import * as acorn from 'acorn';
import type { Binding, FunctionSyntax, SyntaxScope } from './scopes.ts';
import { isModuleValue, isNode, keyName, memberName, nameOf, nodes, type SyntaxNode } from './syntax-node.ts';

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
    return new Reader().read(acorn.parse(text, options) as unknown as SyntaxNode, text.length);
  } catch {
    return undefined;
  }
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

  read(program: SyntaxNode, length: number): SyntaxScope {
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

  #visit(node: SyntaxNode) {
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

  #children(node: SyntaxNode): void {
    for (const key of Object.keys(node)) {
      const value = node[key];
      if (isNode(value)) this.#visit(value);
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) this.#visit(item);
    }
  }

  #named(node: SyntaxNode, key: string, name: string): void {
    for (const other of Object.keys(node)) {
      const value = node[other];
      if (!isNode(value)) continue;
      if (other === key) this.#hint = { name, defined: true };
      this.#visit(value);
    }
    this.#hint = undefined;
  }

  #class(node: SyntaxNode, name: string): void {
    if (isNode(node['superClass'])) this.#visit(node['superClass']);
    const body = node['body'];
    if (!isNode(body)) return;
    for (const member of nodes(body['body'])) {
      this.#hint = { name, defined: true };
      this.#visit(member);
    }
    this.#hint = undefined;
  }

  #function(node: SyntaxNode, hint: { name: string; defined: boolean }): void {
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

  #within(node: SyntaxNode, walk: () => void, owner: FunctionSyntax = this.#scope.owner): void {
    const parent = this.#scope;
    // Where a function begins, V8 stops before it is made: that place is still outside of it.
    const start = owner === parent.owner ? node.start : node.start + 1;
    const scope: SyntaxScope = { start, end: node.end, owner, parent, children: [], bindings: new Map() };
    parent.children.push(scope);
    this.#scope = scope;
    walk();
    this.#scope = parent;
  }

  #forEach(node: SyntaxNode): void {
    const body = node['body'];
    const left = node['left'];
    const start = isNode(body) ? body.start : node.end;
    if (isNode(left) && left.type === 'VariableDeclaration') this.#variables(left, start);
    else if (isNode(left)) this.#visit(left);
    if (isNode(node['right'])) this.#visit(node['right']);
    if (isNode(body)) this.#visit(body);
  }

  #variables(node: SyntaxNode, readyAt: number | undefined): void {
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

  #pattern(node: SyntaxNode, readyAt: number, kind: Binding['kind'], scope: SyntaxScope): void {
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
