import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Function as AnyFunction, type AnyNode, parse } from 'acorn';
import { proves } from '../../tests/proves.ts';

const AGENT = fileURLToPath(new URL('../dist/', import.meta.url));
const REDACTION = fileURLToPath(new URL('../../redaction/dist/', import.meta.url));

/** What runs once while the agent loads, before there is anything to look at, or at the worker only. */
const ELSEWHERE: readonly RegExp[] = [
  /^agent:expressions\/(parse|parsing\/.*|label)\.js:/,
  /^agent:expressions\/presence\.js:(readsSecret|children)/,
  /^agent:expressions\/(callable\.js:words|iterator-methods\.js:allowOf|accessors\.js:|built-ins\.js:allow)/,
  /^agent:expressions\/text-methods\.js:/,
  /^agent:application\/(node-names\.js:nodeNames|warm-up\.js:(createWarmUp)?|shared\.js:allocate)$/,
  /^agent:capture\/(primordials\.js:|headers\.js:reliedOn)/,
  /^redaction:(intrinsics\.js:|alphabet\.js:|lines\.js:)/,
  /^redaction:(identifiers\/(checks|formats)|rules\/numbers\/(identifier|label))\.js:(wordsOf|enter|anchors)?$/,
  /^redaction:(create-redactor\.js:enterKinds|view\.js:byBeginning|names\/pairs\.js:enter)$/,
  /^redaction:rules\/(assignments\/assigned-bare\.js:|numbers\/calling-codes\.js:bitsOf|commands\/command-secret\.js:enterTools|numbers\/told\.js:enterValues)$/,
  /^redaction:sha256\.js:writeConstants$/,
  /^redaction:blocked\/(blocklist|file-pattern|path-parts|pattern-fault)\.js:/,
];
/** Objects of our own, whose methods have names that built-ins have too. */
const OURS = new Set(['view', 'places', 'rule', 'candidate.rule', 'one', 'kinds', 'known', 'verdicts', 'exact']);

const METHODS = new Set(
  [Array, String, Map, Set, WeakMap, WeakSet, RegExp, Promise, Function, Date, Number].flatMap(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
      typeof value === 'function' && name !== 'constructor' ? [name] : [],
    ),
  ),
);
const GLOBALS = new Set(
  Object.getOwnPropertyNames(globalThis).filter((name) => !['undefined', 'NaN', 'Infinity', 'Error'].includes(name)),
);

interface Use {
  readonly where: string;
  readonly what: string;
}

/** Syntax and calls by which a built-in is looked up at the time of a hit, so that a replaced one would run. */
function lookUps(label: string, text: string): Use[] {
  const found: Use[] = [];
  const visit = (node: AnyNode, within: string | undefined): void => {
    const runsLater = within !== undefined || node.type.startsWith('Class');
    const what = runsLater ? lookUp(node, text) : undefined;
    if (what !== undefined) found.push({ where: `${label}:${within ?? ''}`, what });
    const name = /Function/.test(node.type) ? ((node as AnyFunction).id?.name ?? within ?? '') : within;
    for (const child of Object.values(node).flat()) {
      if (typeof child === 'object' && child !== null && 'type' in child) visit(child as AnyNode, name);
    }
  };
  visit(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }), undefined);
  return found;
}

function lookUp(node: AnyNode, text: string): string | undefined {
  const source = text.slice(node.start, node.end).slice(0, 60);
  switch (node.type) {
    case 'ForOfStatement':
    case 'ArrayPattern':
    case 'AwaitExpression':
    case 'YieldExpression':
      return source;
    case 'ArrayExpression':
      return node.elements.some((element) => element?.type === 'SpreadElement') ? source : undefined;
    case 'ClassExpression':
    case 'ClassDeclaration': {
      // On Node 20 a derived class without a constructor iterates the arguments that it hands on.
      const own = node.body.body.some((member) => member.type === 'MethodDefinition' && member.kind === 'constructor');
      return node.superClass && !own ? source : undefined;
    }
    case 'Literal':
      return node.regex === undefined ? undefined : source;
    case 'BinaryExpression':
      return node.operator === 'instanceof' ? source : undefined;
    case 'NewExpression':
      return node.callee.type === 'Identifier' && GLOBALS.has(node.callee.name) ? source : undefined;
    case 'CallExpression': {
      if (node.arguments.some((argument) => argument.type === 'SpreadElement')) return source;
      if (node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') return undefined;
      const receiver = text.slice(node.callee.object.start, node.callee.object.end);
      if (GLOBALS.has(receiver)) return source;
      return METHODS.has(node.callee.property.name) && !OURS.has(receiver) ? source : undefined;
    }
    default:
      return undefined;
  }
}

function modules(): { label: string; text: string }[] {
  const read = (name: string, folder: string, part: string) =>
    readdirSync(`${folder}${part}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => ({ label: `${name}:${part}${file}`, text: readFileSync(`${folder}${part}${file}`, 'utf8') }));
  return [
    ...['application/', 'capture/', 'expressions/'].flatMap((part) => read('agent', AGENT, part)),
    ...read('redaction', REDACTION, ''),
  ];
}

test(
  proves(
    'agent:hostile-application',
    'nothing that runs at a hit iterates, destructures an array, or looks a built-in up',
  ),
  () => {
    const all = modules();
    assert.ok(all.length > 60);
    const wrong = all
      .flatMap(({ label, text }) => lookUps(label, text))
      .filter(({ where }) => !ELSEWHERE.some((allowed) => allowed.test(where)))
      .map(({ where, what }) => `${where}: ${what}`);
    assert.deepEqual(wrong, []);
  },
);

test('the check sees each kind of look-up', () => {
  const body = [
    'const [a, b] = pair;',
    'for (const a of list) b(a);',
    'call(...list);',
    'const copy = [...list];',
    'list.push(1);',
    'Reflect.ownKeys(a);',
    'new Map();',
    '/x/.exec(a);',
    'a instanceof B;',
    'class A extends B {}',
  ];
  for (const line of body) assert.ok(lookUps('x', `function f() { ${line} }`).length > 0, line);
  assert.deepEqual(lookUps('x', 'const [a] = pair;'), []);
});
