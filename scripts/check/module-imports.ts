import { dirname, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export interface ModuleImport {
  /** As it is written: `./x.ts`, `node:net`, `@borescope/redaction`. */
  readonly specifier: string;
  /** Gone after the build: carries words, not work. */
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

/** Calls that load a module by a string: `require('x')`, `process.getBuiltinModule('x')`. */
const LOADERS = new Set(['require', 'getBuiltinModule']);

/** Everything that a TypeScript or JavaScript file loads by a literal name. */
export function importsOf(path: string, source: string): ModuleImport[] {
  const { module, program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const found: ModuleImport[] = [];
  // `import { type A } from` leaves an import behind; only `import type` and `export type` are gone after the build.
  const isErased = (start: number) =>
    /^(import|export)\s+type\s+(?!from\b)[\w{*]/.test(source.slice(start, start + 100));
  for (const { moduleRequest, start } of module.staticImports) {
    found.push({ specifier: moduleRequest.value, typeOnly: isErased(start), line: lineAt(start) });
  }
  for (const { entries, start } of module.staticExports) {
    const [first] = entries;
    if (first?.moduleRequest == null) continue;
    found.push({ specifier: first.moduleRequest.value, typeOnly: isErased(start), line: lineAt(start) });
  }
  const literal = (node: { type: string; value?: unknown } | undefined, start: number) => {
    if (node?.type === 'Literal' && typeof node.value === 'string') {
      found.push({ specifier: node.value, typeOnly: false, line: lineAt(start) });
    }
  };
  new Visitor({
    ImportExpression: (node) => literal(node.source, node.start),
    CallExpression: ({ callee, arguments: [argument], start }) => {
      const name =
        callee.type === 'Identifier'
          ? callee.name
          : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
            ? callee.property.name
            : '';
      if (LOADERS.has(name)) literal(argument, start);
    },
  }).visit(program);
  return found;
}

/** The file that a relative import of `from` means, from the root of the repository; undefined for a package. */
export function targetOf(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(`${dirname(from)}/${specifier}`) : undefined;
}
