import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CapturedValue, type Hit, hit as hitSchema, type Policy } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { redactHit } from '../src/hits/redact.ts';
import { createRedaction } from '../src/hits/redaction.ts';

const redactor = createRedactor({ pseudonym: (_kind, value) => `p${value.length}` });
const written = createRedactor({});
const MAIL = 'anna@example.com';
const HIDDEN_MAIL = '[redacted:email:p16]';

const CLEAN: Hit = {
  time: 1,
  file: 'src/order.ts',
  line: 3,
  function: 'place',
  variables: [],
  values: [],
  stack: [],
  redactions: { count: 0, kinds: [] },
  captureUs: 90,
};

const text = (value: string): CapturedValue => ({ type: 'string', value });

/** What becomes of a variable of this name. */
function variable(name: string, value: CapturedValue): CapturedValue | undefined {
  const { hit } = redactHit({ ...CLEAN, variables: [{ name, value, scope: 'local' }] }, redactor, written);
  assert.doesNotThrow(() => hitSchema.parse(hit));
  return hit.variables[0]?.value;
}

function object(...properties: [string, CapturedValue][]): CapturedValue {
  return { type: 'object', class: 'Object', properties: properties.map(([name, value]) => ({ name, value })) };
}

test(
  proves(['redaction:identifier', 'redaction:broker'], 'a number is hidden where its name tells it and it is valid'),
  () => {
    const hidden = { type: 'redacted', kind: 'national-id', of: 'string', length: 16 };
    assert.deepEqual(variable('pesel', text('44051401359')), hidden);
    assert.deepEqual(variable('pesel', { type: 'number', value: 44051401359 }), {
      type: 'redacted',
      kind: 'national-id',
      of: 'number',
    });
    assert.deepEqual(variable('pesel', { type: 'bigint', value: '44051401359' }), {
      type: 'redacted',
      kind: 'national-id',
      of: 'bigint',
    });
    assert.deepEqual(variable('user', object(['name', text('pesel')], ['value', text('44051401359')])), {
      ...object(['name', text('pesel')], ['value', text('')]),
      properties: [
        { name: 'name', value: text('pesel') },
        { name: 'value', value: hidden },
      ],
    });
    assert.deepEqual(variable('pesel', text('44051401358')), text('44051401358'));
    assert.deepEqual(variable('id', text('44051401359')), text('44051401359'));
  },
);

test('a hit in which nothing is left to hide comes back as it was', () => {
  const hit: Hit = {
    ...CLEAN,
    variables: [
      {
        name: 'order',
        value: object(['id', { type: 'number', value: 7 }], ['total', { type: 'number', value: 9.5 }]),
        scope: 'local',
      },
      { name: 'password', value: { type: 'redacted', kind: 'secret-name', of: 'string', length: 8 }, scope: 'local' },
      { name: 'note', value: text(`to ${HIDDEN_MAIL}`), scope: 'closure' },
    ],
    redactions: { count: 2, kinds: ['secret-name', 'email'] },
  };
  const result = redactHit(hit, redactor, written);
  assert.equal(result.hit, hit);
  assert.deepEqual(result.caught, []);
});

test(
  proves(
    'redaction:broker',
    'what only the broker caught is hidden, told, and counted together with what the agent hid',
  ),
  () => {
    const { hit, caught } = redactHit(
      {
        ...CLEAN,
        variables: [
          { name: 'apiKey', value: text('abcdefgh'), scope: 'local' },
          { name: 'mail', value: text(MAIL), scope: 'local' },
          { name: 'card', value: { type: 'number', value: 4111111111111111 }, scope: 'local' },
          { name: 'line', value: text(`from ${MAIL} to ${MAIL}`), scope: 'local' },
        ],
        redactions: { count: 3, kinds: ['jwt', 'email'] },
      },
      redactor,
      written,
    );
    assert.deepEqual(
      hit.variables.map(({ value }) => value),
      [
        { type: 'redacted', kind: 'secret-name', of: 'string', length: 8, pseudonym: 'p8' },
        { type: 'redacted', kind: 'email', of: 'string', length: 16, pseudonym: 'p16' },
        { type: 'redacted', kind: 'payment-card', of: 'number' },
        text(`from ${HIDDEN_MAIL} to ${HIDDEN_MAIL}`),
      ],
    );
    assert.deepEqual(
      caught.map(({ kind }) => kind),
      ['secret-name', 'email', 'payment-card', 'email', 'email'],
    );
    assert.deepEqual(hit.redactions, { count: 8, kinds: ['jwt', 'email', 'secret-name', 'payment-card'] });
  },
);

test('a secret is found wherever a captured value can hold one', () => {
  const secret = text('hunter2!');
  const holders: CapturedValue[] = [
    object(['user', object(['password', secret])]),
    { type: 'array', items: [object(['token', secret])] },
    { type: 'set', items: [object(['token', secret])] },
    { type: 'map', entries: [[text('api_key'), secret]] },
    { type: 'map', entries: [[{ type: 'symbol', description: 'api_key' }, secret]] },
    object(['type', text('Buffer')], ['data', { type: 'array', items: [secret] }]),
    { type: 'object', class: 'URL', properties: [{ name: 'username', value: secret }] },
    { type: 'map', entries: [[object(['secret', secret]), { type: 'null' }]] },
    {
      type: 'error',
      class: 'E',
      message: 'password=hunter2!',
      stack: 'E: password=hunter2!\n  at x',
      cause: object(['pwd', secret]),
    },
    { type: 'error', class: 'E', message: '', properties: [{ name: 'password', value: secret }] },
    { type: 'symbol', description: 'password=hunter2!' },
    { type: 'regexp', source: 'password=hunter2!', flags: '' },
    { type: 'function', name: 'password=hunter2!' },
    { type: 'buffer', class: 'Buffer', length: 17, hex: Buffer.from('password=hunter2!').toString('hex') },
    { type: 'array', items: [text('password'), secret] },
    object(['name', text('X-Api-Key')], ['value', secret]),
    object(['Name', text('X-Api-Key')], ['Value', secret]),
    { type: 'array', items: [text('AUTH'), text('default'), secret] },
    object(['data', secret], ['id', text('user-password')]),
    object(['k', text('password')], ['v', secret]),
    object(['type', text('password')], ['value', secret]),
    object(['path', { type: 'array', items: [text('user'), text('password')] }], ['value', secret]),
    object(['key', text('k1')], ['name', text('password')], ['value', secret]),
    object(['password=hunter2!', { type: 'null' }]),
    object(['rawHeaders', { type: 'array', items: [text('Host'), text('h'), text('X-Api-Key'), secret] }]),
  ];
  for (const holder of holders) {
    const out = JSON.stringify(variable('held', holder));
    assert.doesNotMatch(out, /hunter2|68756e74657232/, JSON.stringify(holder));
    assert.match(out, /redacted/);
  }
});

test('under a secret name every value that says something is hidden, and its type stays', () => {
  const hidden: [CapturedValue, string][] = [
    [text('abc'), 'string'],
    [{ type: 'number', value: 1 }, 'number'],
    [{ type: 'bigint', value: '1' }, 'bigint'],
    [object(['a', text('b')]), 'object'],
    [{ type: 'array', items: [text('b')] }, 'object'],
    [{ type: 'date', value: '2026-11-21T00:00:00Z' }, 'object'],
    [{ type: 'buffer', class: 'Buffer', length: 1, hex: '00' }, 'object'],
  ];
  for (const [value, of] of hidden) {
    const out = variable('password', value);
    assert.ok(out?.type === 'redacted' && out.of === of && out.kind === 'secret-name', JSON.stringify(out));
  }
  const shown: CapturedValue[] = [
    { type: 'undefined' },
    { type: 'null' },
    { type: 'boolean', value: true },
    { type: 'getter' },
    { type: 'not_captured' },
    { type: 'uninitialized' },
    { type: 'depth', class: 'Object' },
  ];
  for (const value of shown) assert.deepEqual(variable('password', value), value);
});

test('a string that the agent has cut gets no pseudonym: two with the same head are not the same', () => {
  assert.deepEqual(variable('password', { type: 'string', value: 'x'.repeat(1024), length: 5000 }), {
    type: 'redacted',
    kind: 'secret-name',
    of: 'string',
  });
});

test('the value of an expression that reads a secret name is hidden, also when it is derived', () => {
  const value = text('hunter2!');
  const expressions: [string, boolean][] = [
    ['user.password', true],
    ['user["api-key"]', true],
    ['`x${password}`', true],
    ['typeof password', false],
    ['user.name', false],
  ];
  const { hit } = redactHit(
    { ...CLEAN, values: expressions.map(([expression]) => ({ expression, value })) },
    redactor,
    written,
  );
  for (const [index, [expression, hidden]] of expressions.entries()) {
    assert.equal(hit.values[index]?.value?.type, hidden ? 'redacted' : 'string', expression);
  }
});

test('file, functions, frames, expressions and errors are redacted, and stay within the bounds of the protocol', () => {
  const { hit } = redactHit(
    {
      ...CLEAN,
      file: `/home/${MAIL}/a.ts`,
      function: `${'f'.repeat(1000)} ${MAIL}`,
      variables: [{ name: `v ${MAIL}`, value: { type: 'null' }, scope: 'local' }],
      values: [{ expression: `mail === '${MAIL}'`, error: `${'e'.repeat(1000)} ${MAIL}` }],
      stack: [{ function: `on ${MAIL}`, file: `/home/${MAIL}/b.ts`, line: 1 }],
    },
    redactor,
    written,
  );
  assert.doesNotMatch(JSON.stringify(hit), /anna|example\.com/);
  assert.equal(hit.file, `/home/${HIDDEN_MAIL}/a.ts`);
  assert.equal(hit.function.length, 1021);
  assert.doesNotThrow(() => hitSchema.parse(hit));
});

test(
  proves('expressions:no-oracle', 'what a caller wrote is told without the pseudonym that equal hidden values have'),
  async () => {
    const { hit } = redactHit(
      {
        ...CLEAN,
        variables: [{ name: 'contact', value: text(MAIL), scope: 'local' }],
        values: [
          { expression: `"${MAIL}"`, value: text(MAIL) },
          { expression: `order["${MAIL}"]`, error: `\`order.${MAIL}\` is a getter` },
        ],
      },
      redactor,
      written,
    );
    assert.match(JSON.stringify(hit.variables), /"pseudonym":"p16"/);
    assert.match(JSON.stringify(hit.values), /\[redacted:email\]/);
    assert.doesNotMatch(JSON.stringify(hit.values), /p16|anna/);

    const policy: Policy = { revision: 1, keyNames: [], pseudonymKey: 'k'.repeat(32) };
    const pass = await createRedaction({ current: async () => ({ revision: 1, patterns: [], in: () => policy }) }).of(
      'o',
    );
    const problem = pass.problem({ code: 'EXPRESSION_INVALID', message: `"${MAIL}"`, hint: MAIL });
    for (const told of [pass.text(MAIL), pass.path(MAIL), problem.message, problem.hint ?? '']) {
      assert.match(told, /\[redacted:email\]/);
    }
  },
);

test('a value that is nested without end is hidden whole below a bound', () => {
  let value: CapturedValue = text('deep');
  for (let depth = 0; depth < 5000; depth++) value = { type: 'array', items: [value] };
  const { hit, caught } = redactHit({ ...CLEAN, variables: [{ name: 'a', value, scope: 'local' }] }, redactor, written);
  assert.doesNotMatch(JSON.stringify(hit), /deep/);
  assert.equal(caught[0]?.kind, 'unexamined');
});

test(
  proves(
    ['values:extras', 'redaction:broker'],
    'properties beside the contents of a value are looked at like those of an object',
  ),
  () => {
    const properties = [
      { name: 'password', value: text('correct-horse') },
      { name: 'contact', value: text(MAIL) },
      { name: 'total', value: text('3') },
    ];
    const bearers: CapturedValue[] = [
      { type: 'array', items: [], properties },
      { type: 'map', entries: [], properties },
      { type: 'set', items: [], properties },
      { type: 'error', class: 'E', message: '', properties },
      { type: 'date', properties },
      { type: 'regexp', source: 'a', flags: '', properties },
      { type: 'function', name: 'f', properties },
      { type: 'promise', properties },
      { type: 'buffer', class: 'Buffer', length: 1, properties },
    ];
    for (const value of bearers) {
      const shown = JSON.stringify(variable('it', value));
      assert.equal(shown.includes('correct') || shown.includes('anna'), false, shown);
      assert.match(shown, /"name":"total","value":\{"type":"string","value":"3"/);
      const hidden = JSON.stringify(variable('password', value));
      assert.equal(hidden.includes('total'), false, hidden);
    }
  },
);

test('what holds nothing to hide is not copied, and what holds it is no longer the captured one', () => {
  const harmless: CapturedValue = { type: 'array', items: [text('lamp'), object(['size', text('large')])] };
  const entries: [CapturedValue, CapturedValue][] = [
    [text('a'), harmless],
    [text('b'), text(MAIL)],
  ];
  const value: CapturedValue = object(['kept', harmless], ['map', { type: 'map', entries }]);
  const before = structuredClone(value);
  const shown = variable('order', value);
  assert.deepEqual(value, before);
  assert.ok(shown?.type === 'object' && shown !== value);
  assert.equal(shown.properties[0]?.value, harmless);
  const map = shown.properties[1]?.value;
  assert.ok(map?.type === 'map' && map.entries !== entries);
  assert.equal(map.entries[0], entries[0]);
  assert.equal(map.entries[1]?.[1].type, 'redacted');
});

test('under a name of several tokens a number is how many, and stays', () => {
  const count: CapturedValue = { type: 'number', value: 1234 };
  assert.deepEqual(variable('tokens', count), count);
  assert.equal(variable('tokens', { type: 'array', items: [text('abc')] })?.type, 'redacted');
});

const STRICT = createRedactor({ mode: 'strict' });

test(
  proves(
    ['redaction:broker', 'faults:misbehaving'],
    'whatever an agent calls hidden, a date or a flag is looked at like any text',
  ),
  () => {
    const mark = (over: object): CapturedValue => ({ type: 'redacted', kind: 'email', of: 'string', ...over });
    const forged: CapturedValue[] = [
      mark({ kind: MAIL }),
      mark({ kind: '4111 1111 1111 1111' }),
      mark({ of: MAIL }),
      mark({ pseudonym: MAIL }),
      mark({ pseudonym: 'AKIAIOSFODNN7EXAMPLQ' }),
      mark({ length: 4111 }),
      { type: 'date', value: MAIL },
      { type: 'regexp', source: 'a', flags: 'anna@example.com' },
    ];
    for (const value of forged) assert.doesNotMatch(JSON.stringify(variable('it', value)), /anna|4111|AKIA/);
    for (const value of [mark({ length: 16, pseudonym: 'k3fQ_x1a' }), mark({ of: 'unknown' }), mark({ length: 0 })])
      assert.deepEqual(variable('it', value), value);
    const date: CapturedValue = { type: 'date', value: '2026-11-21T00:00:00.000Z' };
    assert.deepEqual(variable('at', date), date);
    const { hit } = redactHit(
      { ...CLEAN, redactions: { count: 2, kinds: ['email', MAIL, 'a\u202eb'] } },
      redactor,
      written,
    );
    assert.deepEqual(hit.redactions, { count: 2, kinds: ['email'] });
  },
);

test(
  proves('redaction:strict', 'what an agent has hidden by less than everything tells its type and length class'),
  () => {
    const values: CapturedValue[] = [
      { type: 'redacted', kind: 'email', of: 'string', length: 16, pseudonym: 'k3fQ_x1a' },
      { type: 'redacted', kind: 'secret-name', of: 'string', length: 16, pseudonym: 'k3fQ_x1a' },
      { type: 'redacted', kind: 'secret-name', of: 'string', length: 16 },
      ...(['NaN', 'Infinity', '-0'] as const).map((value) => ({ type: 'number' as const, value })),
    ];
    const variables = values.map((value) => ({ name: 'it', value, scope: 'local' as const }));
    const redactions = { count: 3, kinds: ['email', 'secret-name'] };
    const { hit } = redactHit({ ...CLEAN, variables, redactions }, STRICT, STRICT);
    const strict = { type: 'redacted', kind: 'strict', of: 'string', length: 16 };
    const number = { type: 'redacted', kind: 'strict', of: 'number' };
    assert.deepEqual(
      hit.variables.map(({ value }) => value),
      [strict, strict, values[2], number, number, number],
    );
    assert.deepEqual(hit.redactions.kinds, ['strict', 'secret-name']);
    const valid = { name: 'pesel', value: text('44051401359'), scope: 'local' as const };
    const told = redactHit({ ...CLEAN, variables: [valid] }, STRICT, STRICT).hit.variables[0]?.value;
    assert.deepEqual(told, strict, 'nor whether it is a valid number of a person');
  },
);

test(
  proves(
    ['redaction:broker', 'faults:misbehaving'],
    'names in scope and the hash of a script are told as what they are alone',
  ),
  async () => {
    const policy: Policy = { revision: 1, keyNames: [] };
    const current = async () => ({ revision: 1, patterns: [], in: () => policy });
    const pass = await createRedaction({ current }).of('o');
    const place = { file: 'a.ts', line: 1, sourceLine: '' };
    const told = pass.inspection(
      { bound: { ...place, scriptHash: MAIL }, source: [], names: ['order', MAIL], scripts: [], pending: false },
      'a.ts',
    );
    assert.deepEqual(told.names, ['order', '[redacted:email]']);
    assert.deepEqual(told.bound, place);
    assert.equal(pass.bound({ ...place, scriptHash: 'a1b2' }).scriptHash, 'a1b2');
  },
);

test(
  proves(
    ['redaction:at-once', 'redaction:broker'],
    'a broker that stood still asks for the policy before it believes the one it knows',
  ),
  async () => {
    let known: Policy = { revision: 1, keyNames: [] };
    let stoodStill = false;
    const looks: (() => void)[] = [];
    const look = () =>
      new Promise<void>((resolve) => {
        looks.push(() => {
          known = { revision: 2, keyNames: [], mode: 'strict' };
          resolve();
        });
      });
    const rules = () => Promise.resolve({ revision: known.revision, patterns: [], in: () => known });
    const redaction = createRedaction({ current: rules }, () => (stoodStill ? look() : undefined));
    const hit: Hit = { ...CLEAN, variables: [{ name: 'name', value: text('Ann Brandt'), scope: 'local' }] };
    const kindOf = async (pass: ReturnType<typeof redaction.of>) => (await pass).hit(hit).caught;
    assert.deepEqual(await kindOf(redaction.of('o')), []);
    stoodStill = true;
    const order: number[] = [];
    const first = redaction.of('o').finally(() => order.push(1));
    stoodStill = false;
    const second = redaction.of('o').finally(() => order.push(2));
    for (const done of looks) done();
    assert.deepEqual([await kindOf(first), await kindOf(second)], [['strict'], ['strict']]);
    assert.deepEqual(order, [1, 2], 'in the order in which they asked');
  },
);

test(
  proves('redaction:broker', 'numbers that are the bytes of something hidden are hidden, in a list or by their places'),
  () => {
    const numbers = (of: string) => [...Buffer.from(of)].map((value): CapturedValue => ({ type: 'number', value }));
    const array = (of: string): CapturedValue => ({ type: 'array', items: numbers(of) });
    const byPlace = (of: string) => object(...numbers(of).map((one, at): [string, CapturedValue] => [`${at}`, one]));
    assert.deepEqual(variable('list', array(`to ${MAIL}`)), { type: 'redacted', kind: 'bytes', of: 'object' });
    assert.doesNotMatch(JSON.stringify(variable('list', byPlace(`to ${MAIL}`))), /"type":"number"/);
    for (const value of [array('in order'), byPlace('in order'), array('a@b')])
      assert.deepEqual(variable('it', value), value);
  },
);
