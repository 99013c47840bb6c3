import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { BorescopeError } from '../src/actions/error.ts';
import { TOOLS } from '../src/mcp/catalogue.ts';
import type { ToolContext } from '../src/mcp/tool.ts';

/** Arguments are read before anything is asked of the engine, so none of it is there. */
const context: ToolContext = {
  actions: Object.create(null),
  caller: { organization: 'o', tokenId: 't', tokenName: 'n', kind: 'mcp', role: 'developer' },
  now: () => 0,
  later: () => () => undefined,
  signal: AbortSignal.abort(),
};

const good = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7 };

async function refusalOf(tool: string, given: unknown): Promise<BorescopeError> {
  const found = TOOLS.find(({ name }) => name === tool);
  assert.ok(found !== undefined);
  try {
    await found.call(given, context);
  } catch (error) {
    if (error instanceof BorescopeError) return error;
    throw error;
  }
  throw new Error('not refused');
}

const refused: [string, Record<string, unknown>, RegExp][] = [
  ['max_hits 0', { ...good, max_hits: 0 }, /^max_hits: below the limit of 1$/],
  ['max_hits 51', { ...good, max_hits: 51 }, /^max_hits: above the limit of 50$/],
  ['max_hits 1.5', { ...good, max_hits: 1.5 }, /^max_hits: must be a whole number$/],
  ['max_hits as a string', { ...good, max_hits: '5' }, /^max_hits: must be a/],
  ['timeout_seconds 0', { ...good, timeout_seconds: 0 }, /^timeout_seconds: below the limit of 1$/],
  ['timeout_seconds 601', { ...good, timeout_seconds: 601 }, /^timeout_seconds: above the limit of 600$/],
  ['wait_seconds 601', { ...good, wait_seconds: 601 }, /^wait_seconds: above the limit of 600$/],
  ['overhead_percent 21', { ...good, overhead_percent: 21 }, /^overhead_percent: above the limit of 20$/],
  ['eleven expressions', { ...good, expressions: Array(11).fill('a') }, /^expressions: above the limit of 10 items$/],
  [
    'an expression of 1,025 characters',
    { ...good, expressions: ['a'.repeat(1025)] },
    /^expressions\[0\]: above the limit of 1024 characters$/,
  ],
  [
    'a condition of 1,025 characters',
    { ...good, condition: 'a'.repeat(1025) },
    /^condition: above the limit of 1024 characters$/,
  ],
  ['an empty expect_line', { ...good, expect_line: '' }, /^expect_line: must hold more than white space/],
  ['an expect_line of white space', { ...good, expect_line: ' \t' }, /^expect_line: must hold more than white space/],
  ['line 0', { ...good, line: 0 }, /^line: below the limit of 1$/],
  ['no file', { runtimes: { service: 's' }, line: 1 }, /^file: is missing$/],
  ['runtimes that name nothing', { ...good, runtimes: {} }, /^runtimes: needs at least one of service/],
  ['an unknown argument', { ...good, timeout: 5 }, /^arguments: unknown argument "timeout"$/],
  [
    'an unknown key of runtimes',
    { ...good, runtimes: { services: 'x' } },
    /^runtimes: unknown argument "services"; runtimes: needs at least one of service, /,
  ],
];
for (const [what, given, message] of refused) {
  test(`${what} is refused with LIMIT_EXCEEDED, which names the argument and the limit`, async () => {
    const error = await refusalOf('capture_snapshot', given);
    assert.equal(error.code, 'LIMIT_EXCEEDED');
    assert.match(error.message, message);
    assert.ok(error.hint.length > 10, error.hint);
  });
}

test(
  proves('errors:all-arguments', 'everything that is wrong with a call is told at once, each hint once'),
  async () => {
    const given = { line: 0, max_hits: 99, expressions: ['', 'a', ''], condition: 5, colour: 'red' };
    const { code, message, hint } = await refusalOf('capture_snapshot', given);
    assert.equal(code, 'LIMIT_EXCEEDED');
    assert.deepEqual(message.split('; ').toSorted(), [
      'arguments: unknown argument "colour"',
      'condition: must be a string',
      'expressions[0]: below the limit of 1 characters',
      'expressions[2]: below the limit of 1 characters',
      'file: is missing',
      'line: below the limit of 1',
      'max_hits: above the limit of 50',
      'runtimes: is missing',
    ]);
    for (const part of [
      /runtimes: Which running/,
      /file: Path/,
      /line: Line/,
      /max_hits: Hits/,
      /arguments of this tool/,
    ]) {
      assert.match(hint, part);
    }
    assert.equal(hint.split('expressions: At most').length, 2);
    const many = { ...good, expressions: Array.from({ length: 500 }, () => '') };
    assert.ok((await refusalOf('capture_snapshot', many)).message.length < 2000);
  },
);

test('an unknown argument is answered with those that there are', async () => {
  const { hint } = await refusalOf('capture_snapshot', { ...good, timeout: 5 });
  assert.match(hint, /runtimes, file, line.*timeout_seconds/);
});

test('every tool says what it is, what it costs, and bounds its arguments', () => {
  for (const tool of TOOLS) {
    assert.ok(tool.title.length > 5 && tool.description.length > 60, tool.name);
    assert.match(tool.description, /[Cc]osts?|removed/, tool.name);
    assert.equal(tool.inputSchema.type, 'object');
    assert.equal(tool.inputSchema['additionalProperties'], false, tool.name);
    assert.ok(Array.isArray(tool.outputSchema['anyOf']), tool.name);
    for (const [name, property] of Object.entries(tool.inputSchema.properties)) {
      assert.ok(JSON.stringify(property).includes('"description"'), `${tool.name}.${name}`);
    }
  }
});

test('the list of tools stays small: it is part of every conversation', () => {
  const listed = JSON.stringify(
    TOOLS.map(({ name, title, description, inputSchema }) => ({ name, title, description, inputSchema })),
  );
  assert.ok(listed.length < 16_000, `${listed.length} characters`);
});
