import * as acorn from 'acorn';
import { noteFlow } from './flow.ts';
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

const NO_FIELDS: readonly string[] = [];

class Reader {
  #scope: SyntaxScope = {
    start: 0,
    end: 0,
    owner: newModule(0),
    parent: undefined,
    inWith: false,
    children: [],
    bindings: new Map(),
  };
  #hint: { name: string; defined: boolean } | undefined;
  /** Private fields of the class whose body is read, and of those the ones that its `this` has in the member that is read. */
  #ofClass = { static: NO_FIELDS, instance: NO_FIELDS };
  #privateFields = NO_FIELDS;
  #inField = false;
  #inWith = false;

  read(program: SyntaxNode, length: number): SyntaxScope {
    const owner = newModule(length + 1);
    const root: SyntaxScope = {
      start: 0,
      end: length + 1,
      owner,
      parent: undefined,
      inWith: false,
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
    noteFlow(this.#scope.owner, node);
    switch (node.type) {
      case 'FunctionDeclaration':
        this.#declare(node['id'], 0, 'function');
        return this.#function(node, { name: nameOf(node['id']) ?? hint?.name ?? '', defined: true });
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node, { name: nameOf(node['id']) ?? hint?.name ?? '', defined: hint?.defined ?? false });
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const name = nameOf(node['id']) ?? hint?.name ?? '';
        if (node.type === 'ClassDeclaration') this.#declare(node['id'], node.end, 'function');
        return this.#class(node, name);
      }
      case 'VariableDeclaration':
        return this.#variables(node, undefined);
      case 'ImportDeclaration':
        for (const specifier of nodes(node['specifiers'])) this.#declare(specifier['local'], 0, 'import');
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
      case 'WithStatement':
        return this.#with(node);
      case 'CatchClause':
        return this.#within(node, () => {
          if (isNode(node['param'])) this.#pattern(node['param'], 0, 'variable', this.#scope);
          this.#children(node);
        });
      case 'AssignmentExpression':
        return this.#named(node, 'right', memberName(node['left']));
      case 'Property':
        return this.#named(node, 'value', `${hint?.name ? `${hint.name}.` : ''}${keyName(node)}`);
      case 'PropertyDefinition':
      case 'MethodDefinition': {
        const inField = this.#inField;
        this.#inField = node.type === 'PropertyDefinition';
        const fields = node['static'] === true ? this.#ofClass.static : this.#ofClass.instance;
        this.#named(node, 'value', `${hint?.name ? `${hint.name}.` : ''}${keyName(node)}`, fields);
        this.#inField = inField;
        return;
      }
      case 'CallExpression':
        if (isNode(node['callee']) && node['callee'].type === 'Super') markSuper(this.#scope.owner, node.end);
        return this.#children(node);
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

  #named(node: SyntaxNode, key: string, name: string, fields = this.#privateFields): void {
    const around = this.#privateFields;
    for (const other of Object.keys(node)) {
      const value = node[other];
      if (!isNode(value)) continue;
      if (other === key) this.#hint = { name, defined: true };
      this.#privateFields = other === key ? fields : around;
      this.#visit(value);
    }
    this.#privateFields = around;
    this.#hint = undefined;
  }

  #class(node: SyntaxNode, name: string): void {
    if (isNode(node['superClass'])) this.#visit(node['superClass']);
    const body = node['body'];
    if (!isNode(body)) return;
    const around = this.#ofClass;
    this.#ofClass = { static: privateFields(body, true), instance: privateFields(body, false) };
    for (const member of nodes(body['body'])) {
      this.#hint = { name, defined: true };
      this.#visit(member);
    }
    this.#hint = undefined;
    this.#ofClass = around;
  }

  #function(node: SyntaxNode, hint: { name: string; defined: boolean }): void {
    const arrow = node.type === 'ArrowFunctionExpression';
    const owner = newFunction({
      name: hint.name,
      start: node.start,
      end: node.end,
      arrow,
      async: node['async'] === true,
      parent: this.#scope.owner,
      defined: hint.defined,
      inField: arrow && this.#inField,
      privateFields: this.#privateFields,
    });
    const inField = this.#inField;
    this.#inField = owner.inField;
    this.#within(
      node,
      () => {
        for (const parameter of nodes(node['params'])) {
          this.#pattern(parameter, 0, 'variable', this.#scope);
          this.#visit(parameter);
        }
        const body = node['body'];
        if (!isNode(body)) return;
        if (body.type !== 'BlockStatement') this.#visit(body);
        else if (nodes(node['params']).every(({ type }) => type === 'Identifier')) this.#children(body);
        // Beside a default, a pattern or a rest, V8 keeps the variables of the body in a block of their own.
        else this.#within(body, () => this.#children(body), owner, true);
      },
      owner,
    );
    this.#inField = inField;
    for (const name of owner.identifiers) this.#scope.owner.identifiers.add(name);
  }

  #with(node: SyntaxNode): void {
    const { object, body } = node;
    if (isNode(object)) this.#visit(object);
    if (!isNode(body)) return;
    const around = this.#inWith;
    this.#inWith = true;
    this.#within(body, () => this.#visit(body));
    this.#inWith = around;
  }

  #within(node: SyntaxNode, walk: () => void, owner: FunctionSyntax = this.#scope.owner, isBody = false): void {
    const parent = this.#scope;
    // Where a function begins, V8 stops before it is made: that place is still outside of it.
    const start = owner === parent.owner ? node.start : node.start + 1;
    const inWith = this.#inWith;
    const scope: SyntaxScope = {
      start,
      end: node.end,
      owner,
      parent,
      isBody,
      inWith,
      children: [],
      bindings: new Map(),
    };
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
    if (node.type === 'Identifier') this.#declare(node, readyAt, kind, scope);
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

  #declare(id: unknown, readyAt: number, kind: Binding['kind'], scope: SyntaxScope = this.#scope): void {
    const name = nameOf(id);
    if (name === undefined || !isNode(id) || scope.bindings.has(name)) return;
    scope.bindings.set(name, { name, readyAt, kind, declaredAt: id.start });
  }

  #functionScope(): SyntaxScope {
    let scope = this.#scope;
    while (!scope.isBody && scope.parent?.owner === scope.owner) scope = scope.parent;
    return scope;
  }

  #use(name: string): void {
    this.#scope.owner.identifiers.add(name);
  }
}

type Read = 'usesThis' | 'thisReadyAt' | 'identifiers' | 'loops' | 'skippableFrom';

function newFunction(from: Omit<FunctionSyntax, Read>): FunctionSyntax {
  return {
    ...from,
    usesThis: false,
    thisReadyAt: 0,
    identifiers: new Set(),
    loops: false,
    skippableFrom: Number.POSITIVE_INFINITY,
  };
}

function newModule(end: number): FunctionSyntax {
  const none = { name: '', start: 0, arrow: false, async: false, parent: undefined, defined: false };
  return newFunction({ ...none, end, inField: false, privateFields: NO_FIELDS });
}

function privateFields(body: SyntaxNode, isStatic: boolean): readonly string[] {
  return nodes(body['body'])
    .filter((member) => member.type === 'PropertyDefinition' && (member['static'] === true) === isStatic)
    .map(keyName)
    .filter((name) => name.startsWith('#'));
}

/** An arrow's `this` is that of the function around it. */
function markThis(owner: FunctionSyntax): void {
  for (const at of sharingThis(owner)) at.usesThis = true;
}

function markSuper(owner: FunctionSyntax, end: number): void {
  for (const at of sharingThis(owner)) at.thisReadyAt ||= end;
}

function* sharingThis(owner: FunctionSyntax): Generator<FunctionSyntax> {
  for (let at: FunctionSyntax | undefined = owner; at; at = at.parent) {
    yield at;
    if (!at.arrow) return;
  }
}
