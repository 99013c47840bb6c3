import { parseSync, Visitor } from 'oxc-parser';

type Visitors = ConstructorParameters<typeof Visitor>[0];
type Call = Parameters<NonNullable<Visitors['CallExpression']>>[0];
type Argument = Call['arguments'][number];

export interface Citations {
  /** Ids that tests cite which will run. */
  readonly cited: string[];
  /** Citations that prove nothing: outside of a test, in a skipped one, not written as plain text. */
  readonly void: string[];
}

const TESTS = new Set(['test', 'it']);

/** The promises that the tests of a file cite by `test(proves('id', 'title'), ...)`. */
export function citationsOf(path: string, source: string): Citations {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const cited: string[] = [];
  const nothing: string[] = [];
  const titles = new Set<Argument>();
  const where = (call: Call) => `${path}:${source.slice(0, call.start).split('\n').length}`;
  new Visitor({
    CallExpression: (call) => {
      const [title] = call.arguments;
      if (title !== undefined && isCallOf(title, 'proves') && isTest(call)) {
        titles.add(title);
        const ids = literalsOf(title.arguments[0]);
        if (isSkipped(call)) nothing.push(`${where(call)}: the test is skipped`);
        else if (ids === undefined) nothing.push(`${where(call)}: the ids are not plain strings`);
        else cited.push(...ids);
      } else if (isCallOf(call, 'proves') && !titles.has(call)) {
        nothing.push(`${where(call)}: proves() is not the title of a test`);
      }
    },
  }).visit(program);
  return { cited, void: nothing };
}

function isCallOf(node: Argument, name: string): node is Call {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name;
}

/** `test(...)`, `it(...)`, `test.only(...)`, `t.test(...)`; not `test.skip(...)` or `describe(...)`. */
function isTest({ callee }: Call): boolean {
  if (callee.type === 'Identifier') return TESTS.has(callee.name);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return callee.property.name === 'test' || callee.property.name === 'only';
}

/** `{ skip: true }`, `{ todo: 'later' }`. A skip that is computed is taken to depend on the machine. */
function isSkipped(call: Call): boolean {
  return call.arguments.some(
    (argument) =>
      argument.type === 'ObjectExpression' &&
      argument.properties.some(
        (property) =>
          property.type === 'Property' &&
          property.key.type === 'Identifier' &&
          (property.key.name === 'skip' || property.key.name === 'todo') &&
          property.value.type === 'Literal' &&
          property.value.value !== false,
      ),
  );
}

function literalsOf(node: Argument | undefined): string[] | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node?.type !== 'ArrayExpression') return undefined;
  const ids = node.elements.map((element) =>
    element?.type === 'Literal' && typeof element.value === 'string' ? element.value : undefined,
  );
  return ids.every((id) => id !== undefined) ? ids : undefined;
}
