/** Why a part of JavaScript is not evaluated in a running application, and what to write instead; by ESTree type. */
export const REFUSALS: Readonly<Record<string, { what: string; instead: string }>> = {
  AssignmentExpression: {
    what: 'an assignment would change the application',
    instead: 'Compare with === to test a value.',
  },
  UpdateExpression: { what: '++ and -- would change the application', instead: 'Write `x + 1` to compute a value.' },
  ArrowFunctionExpression: {
    what: 'functions are not evaluated',
    instead: 'Read the parts that you want as separate expressions, such as `list[0].id` and `list.length`.',
  },
  FunctionExpression: {
    what: 'functions are not evaluated',
    instead: 'Read the parts that you want as separate expressions.',
  },
  ClassExpression: { what: 'classes are not evaluated', instead: 'Read the value itself; its class is told with it.' },
  NewExpression: { what: '`new` would run a constructor', instead: 'Read the values that it would be made of.' },
  AwaitExpression: {
    what: '`await` would suspend the application',
    instead: 'Choose a line after the await and read its result there.',
  },
  YieldExpression: { what: '`yield` would suspend the function', instead: 'Choose a line after the yield.' },
  ImportExpression: { what: '`import()` would load code', instead: 'Read a value that is in scope.' },
  MetaProperty: { what: '`import.meta` and `new.target` are not evaluated', instead: 'Read a value that is in scope.' },
  Super: { what: '`super` is not evaluated', instead: 'Use `this`.' },
  TaggedTemplateExpression: { what: 'a tagged template calls a function', instead: 'Use a template without a tag.' },
  SequenceExpression: {
    what: 'a sequence with commas is not evaluated',
    instead: 'Give each part as an expression of its own, or write an array `[a, b]`.',
  },
  PrivateIdentifier: {
    what: 'a private `#name` cannot be read from outside of its class',
    instead: 'Read a public property, or a local that holds the value.',
  },
};

export const REGEXP_REFUSAL = {
  what: 'a regular expression can take unbounded time, and changes `RegExp.$1` for the application',
  instead: 'Use includes, startsWith, endsWith or indexOf.',
};

export const DELETE_REFUSAL = {
  what: '`delete` would change the application',
  instead: 'Use `"name" in object` to test for it.',
};

export const CALL_REFUSAL = {
  what: 'only built-in functions without side effects can be called, by their name or as a method',
  instead: 'Read properties instead of calling, for example `list.length`, `map.get(key)`, `text.includes("x")`.',
};

export const STATEMENT_HINT = 'Write one expression, not a statement, and no `;` behind it.';
