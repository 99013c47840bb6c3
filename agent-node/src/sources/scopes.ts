import type { ScopeKind } from '../expressions/scope.ts';

export interface Binding {
  readonly name: string;
  /** Offset behind which the binding is initialised; 0 for what is hoisted. */
  readonly readyAt: number;
  readonly kind: 'variable' | 'function' | 'import' | 'module-value';
  /** Offset of the name in its declaration; undefined for a field. */
  readonly declaredAt: number | undefined;
}

/** A stretch of the text with bindings of its own. `owner` is the function that it belongs to; the module for the top. */
export interface SyntaxScope {
  readonly start: number;
  readonly end: number;
  readonly owner: FunctionSyntax;
  readonly parent: SyntaxScope | undefined;
  /** The body of a function whose parameters stand in a scope around it. */
  readonly isBody?: boolean;
  /** The body of a `with` statement, or something in it: to read a name there may run a getter or a proxy trap. */
  readonly inWith: boolean;
  readonly children: SyntaxScope[];
  readonly bindings: Map<string, Binding>;
}

export interface FunctionSyntax {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly arrow: boolean;
  readonly async: boolean;
  readonly parent: FunctionSyntax | undefined;
  /** The value of a declaration, an assignment or a method, not an argument of a call. */
  readonly defined: boolean;
  /** `this` or `super` stands in it, or in an arrow in it. */
  usesThis: boolean;
  /** Offset behind which `this` has a value: in the constructor of a derived class that of the first call of `super`, else 0. */
  thisReadyAt: number;
  /** Stands in the value of a class's field, whose `this` is the object that is made. */
  readonly inField: boolean;
  /** Fields such as `#total` of the class whose member it is or stands in, static ones in a static member. */
  readonly privateFields: readonly string[];
  readonly identifiers: Set<string>;
  /** A loop stands in it, not counting the functions in it. */
  loops: boolean;
  /** Offset from which on a call may leave code out: behind the first branch or exit. */
  skippableFrom: number;
}

/**
 * Work of a function that passes of a place in it do not tell of: `call` where a call need not pass it, `loop` where a
 * call is as long as its loops are. Where each call passes the place and ends soon, passes tell all.
 */
export type UnseenWork = 'none' | 'call' | 'loop';

export function unseenWork(owner: FunctionSyntax, offset: number): UnseenWork {
  if (owner.loops) return 'loop';
  return offset < owner.skippableFrom ? 'none' : 'call';
}

export interface NameInScope {
  readonly name: string;
  readonly scope: ScopeKind;
  readonly uninitialized: boolean;
  /** V8 does not let it be seen at this place, and would give an outer variable of the same name instead. */
  readonly hidden: boolean;
  /** A nearer variable has the same name. */
  readonly shadowed: boolean;
  readonly binding: Binding;
  /** The file as written that declares it, where a source map tells. */
  readonly declaredIn?: string | undefined;
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

/**
 * Names visible at an offset, innermost first, each once; behind them the variables that one of them shadows, which no
 * code at the place can read. They stand in the scope of what shadows them. `atReturn`: V8 stops there at the return itself (a bare
 * `return x` right behind the assignment of x), where it skips all scopes of the function but the outermost.
 */
export function namesAt(scope: SyntaxScope, offset: number, atReturn: boolean): NameInScope[] {
  const names = new Map<string, NameInScope>();
  const shadowed: NameInScope[] = [];
  const { owner } = scope;
  for (let at: SyntaxScope | undefined = scope; at; at = at.parent) {
    for (const binding of at.bindings.values()) {
      const inner = names.get(binding.name);
      if (inner !== undefined) {
        if (binding.kind === 'variable') shadowed.push({ ...inner, uninitialized: false, shadowed: true, binding });
        continue;
      }
      const uninitialized = at.owner === owner && binding.readyAt > offset;
      const kind = kindOf(at, owner);
      const hidden = atReturn && at.owner === owner && kind === 'block';
      names.set(binding.name, { name: binding.name, scope: kind, uninitialized, hidden, shadowed: false, binding });
    }
  }
  return [...names.values(), ...shadowed, ...privateFieldsOf(owner)];
}

/**
 * V8 resolves `this.#x` on a frame of a class's member as the code there would. It is never a getter: those are not
 * fields. A name that the class does not declare would keep the whole condition from being compiled.
 */
function privateFieldsOf(owner: FunctionSyntax): NameInScope[] {
  if (owner.arrow && !owner.usesThis) return [];
  return owner.privateFields.map((field) => {
    const name = `this.${field}`;
    const binding: Binding = { name, readyAt: 0, kind: 'variable', declaredAt: undefined };
    return { name, scope: 'private', uninitialized: false, hidden: false, shadowed: false, binding };
  });
}

function kindOf(scope: SyntaxScope, owner: FunctionSyntax): ScopeKind {
  if (scope.owner.parent === undefined) return scope.parent === undefined ? 'module' : 'block';
  if (scope.owner !== owner) return 'closure';
  return scope.parent?.owner === owner ? 'block' : 'local';
}
