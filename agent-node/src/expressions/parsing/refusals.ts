import { WITH_CALLBACK } from '../callable.ts';

/** Why a part of JavaScript is not evaluated in a running application, and what to write instead. */
export interface Reason {
  readonly what: string;
  readonly instead: string;
}

const IN_SCOPE = 'Read a value that is in scope.';

/** By ESTree type. */
export const REFUSALS: Readonly<Record<string, Reason>> = {
  AssignmentExpression: {
    what: 'an assignment would change the application',
    instead: 'Compare with === to test a value.',
  },
  UpdateExpression: { what: '++ and -- would change the application', instead: 'Write `x + 1` to compute a value.' },
  ArrowFunctionExpression: {
    what: 'an arrow function is only the first argument of a method of an array',
    instead: `Write it there, for example \`list.some(item => item.price < 0)\`; it may stand in ${WITH_CALLBACK.join(', ')}.`,
  },
  FunctionExpression: {
    what: '`function` is not evaluated',
    instead: 'Write an arrow function of one expression: `list.map(item => item.id)`.',
  },
  ClassExpression: { what: 'classes are not evaluated', instead: 'Read the value itself; its class is told with it.' },
  AwaitExpression: {
    what: '`await` would suspend the application',
    instead: 'Choose a line after the await and read its result there.',
  },
  YieldExpression: { what: '`yield` would suspend the function', instead: 'Choose a line after the yield.' },
  ImportExpression: { what: '`import()` would load code', instead: IN_SCOPE },
  MetaProperty: { what: '`import.meta` and `new.target` are not evaluated', instead: IN_SCOPE },
  Super: { what: '`super` is not evaluated', instead: 'Use `this`.' },
  TaggedTemplateExpression: { what: 'a tagged template calls a function', instead: 'Use a template without a tag.' },
  SequenceExpression: {
    what: 'a sequence with commas is not evaluated',
    instead: 'Give each part as an expression of its own, or write an array `[a, b]`.',
  },
  PrivateIdentifier: {
    what: 'a private `#name` is read of `this` alone, at a line of its class',
    instead: 'Write `this.#name`; of another object read a public property, or a local that holds the value.',
  },
};

const NEW = '`new` would run a constructor';
const WRITE_A_LIST = 'Write an array: `["a", "b"].includes(x)`, or spread a collection that is there: `[...set]`.';

/** `new` by what stands behind it. */
export const NEW_REFUSALS: Readonly<Record<string, Reason>> = {
  Date: {
    what: NEW,
    instead:
      'Compare with milliseconds: `date > Date.parse("2026-11-21T08:00:00Z")`, or `Date.now() - date > 60000`; a Date ' +
      'in scope is read by `date.getTime()` or `date.toISOString()`.',
  },
  Map: { what: NEW, instead: 'Write an object: `({ a: 1 })[key]`.' },
  Set: { what: NEW, instead: WRITE_A_LIST },
  Array: { what: NEW, instead: WRITE_A_LIST },
};

export const NEW_REFUSAL: Reason = { what: NEW, instead: 'Read the values that it would be made of.' };

const TEXT_SEARCH = 'Use includes, startsWith, endsWith or indexOf, with toLowerCase where case does not matter.';

export const REGEXP_REFUSAL: Reason = {
  what: 'a regular expression can take unbounded time, and changes `RegExp.$1` for the application',
  instead: TEXT_SEARCH,
};

export const DELETE_REFUSAL: Reason = {
  what: '`delete` would change the application',
  instead: 'Use `"name" in object` to test for it.',
};

export const COMPUTED_CALL_REFUSAL: Reason = {
  what: 'only built-in functions without side effects can be called, by their name or as a method',
  instead: 'Read properties instead of calling, for example `list.length`, `map.get(key)`, `text.includes("x")`.',
};

export const ARGUMENTS_REFUSAL: Reason = {
  what: '`arguments` is not read',
  instead: 'The parameters are in scope under their own names.',
};

export const STATEMENT_HINT = 'Write one expression, not a statement, and no `;` behind it.';

const LOGGED = 'Give the value itself as an expression: it comes with the hit.';

/** Names of methods and functions that are often tried, and what to write in the place of their call. */
const TRIED: readonly (readonly [names: string, instead: string])[] = [
  [
    'add clear copyWithin delete fill pop push reverse set shift splice unshift',
    'On a list, map or set it changes what it is called on: read that by index, slice, filter, map, find. On an object of the application it is its code: read properties.',
  ],
  [
    'sort toSorted toReversed with reduceRight',
    'Read what it is for: `Math.min(...list.map(item => item.price))`, or `list.map(item => item.id)`.',
  ],
  ['forEach', 'Write `list.map(item => item.id)` for the values, or some, every, find, filter.'],
  ['exec match matchAll search test', TEXT_SEARCH],
  ['replace replaceAll normalize', 'Read the text itself, or parts of it: `text.split(",")`, `text.slice(0, 10)`.'],
  ['substr', 'Use slice.'],
  ['localeCompare', 'Compare with < and >.'],
  ['toLocaleLowerCase', 'Use toLowerCase.'],
  ['toLocaleUpperCase', 'Use toUpperCase.'],
  ['toLocaleString', 'Use toFixed for a number, toISOString for a date.'],
  ['toLocaleDateString toLocaleTimeString toDateString toTimeString toUTCString', 'Use toISOString.'],
  ['then catch finally', 'A promise is shown as one. Choose a line after the await, and read the result there.'],
  ['next', 'An iterator has a state, which reading changes. Spread an array, a map or a set: `[...map]`.'],
  ['log debug info warn error', LOGGED],
  ['parse', 'Read the text itself: `text.includes("id")`; or choose a line where it has been parsed.'],
  ['assign', 'Write `({ ...a, ...b })`.'],
  ['fromEntries', 'Read the pairs themselves.'],
  ['getOwnPropertyNames', 'Use Object.keys.'],
  ['getPrototypeOf', 'Its class is told with every value; or read `value.constructor.name`.'],
  ['random', 'Sample by a value of the pass, for example `id % 10 === 0`.'],
  ['Date UTC', 'Use `Date.now()`, or `Date.parse("2026-11-21T08:00:00Z")`.'],
  ['apply bind call', 'Call the built-in itself: `Object.hasOwn(object, "key")`, `Math.max(...list)`.'],
  ['structuredClone', 'Read the value itself: it is copied for the hit.'],
  ['require fetch', IN_SCOPE],
];

export const CALLED_INSTEAD: ReadonlyMap<string, string> = new Map(
  TRIED.flatMap(([names, instead]) => names.split(' ').map((name) => [name, instead] as const)),
);

/** Globals that are no names of the code around the line. */
export const GLOBALS_INSTEAD: ReadonlyMap<string, string> = new Map([
  ['process', 'The process is told by list_runtimes; a setting is read where the application keeps it.'],
  ['console', LOGGED],
  ['globalThis', 'Write the name of a variable.'],
  ['global', 'Write the name of a variable.'],
  ['window', 'Write the name of a variable.'],
  ['require', 'Read the variable of the module that holds what was required.'],
  ['module', 'Read a variable of the module.'],
  ['exports', 'Read a variable of the module: what it exports stands there under its own name.'],
  ['__filename', 'The file is told with the hit.'],
  ['__dirname', 'The file is told with the hit.'],
]);
