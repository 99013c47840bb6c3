import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { CapturedValue, Hit } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const FILE = 'fixtures/private.cjs';
const lines = readFileSync(new URL('./fixtures/private.cjs', import.meta.url), 'utf8').split('\n');

/** The number of the only line that reads so. */
function lineOf(text: string): number {
  const found = lines.flatMap((line, index) => (line.trim() === text ? [index + 1] : []));
  assert.equal(found.length, 1, text);
  return found[0] ?? 0;
}

function propertiesOf(value: CapturedValue | undefined): Record<string, unknown> {
  assert.ok(
    value !== undefined && 'properties' in value && value.properties,
    `no properties: ${JSON.stringify(value)}`,
  );
  return Object.fromEntries(
    value.properties.map(({ name, value: held }) => [name, 'value' in held ? held.value : held.type]),
  );
}

describe('private fields', () => {
  let broker: TestBroker;
  let application: Application;
  let count = 0;

  before(async () => {
    broker = await TestBroker.start();
    application = startApplication(broker, 'private.cjs');
    await broker.hello();
  });
  after(async () => {
    const { stderr } = await application.stop();
    await broker.close();
    assert.equal(stderr, '');
  });

  async function hitAt(text: string, asked: { condition?: string; expressions?: string[] } = {}): Promise<Hit> {
    const actionId = `action-${++count}`;
    broker.arm({ actionId, place: { file: FILE, line: lineOf(text) }, ...asked });
    await broker.next('armed', (frame) => frame.actionId === actionId);
    const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
    return hit;
  }

  const self = (hit: Hit) => hit.variables.find(({ name }) => name === 'this')?.value;

  it(
    proves(['values:private', 'redaction:names'], 'stand in `this`, by their names, without the getters'),
    async () => {
      const hit = await hitAt('return left;', { condition: 'amount === 10' });
      const shown = propertiesOf(self(hit));
      assert.deepEqual(Object.keys(shown), ['owner', 'later', '#balance', '#history', '#password']);
      assert.deepEqual([shown['#balance'], shown['#history'], shown['#password']], [70, 'array', 'redacted']);
      assert.deepEqual(
        hit.variables.map(({ name }) => name).filter((name) => name.includes('#')),
        [],
      );
    },
  );

  it('are those of the class whose code runs, also where V8 has moved `this` away', async () => {
    const expected: [text: string, fields: Record<string, unknown>][] = [
      ['return after + 0;', { '#balance': 70, '#history': 'array', '#password': 'redacted' }],
      ['return due + this.owner.length;', { '#balance': 70, '#history': 'array', '#password': 'redacted' }],
      ['return total + 0;', { '#tax': 19 }],
      ['return years * this.#rate;', { '#rate': 3 }],
      ['this.rate = this.#rate * before;', { '#rate': 3 }],
      ['return made + 0;', { '#count': 5 }],
      ['return was + (this.#open ? 1 : 0);', { '#open': true }],
    ];
    for (const [text, fields] of expected) {
      const hit = await hitAt(text);
      assert.ok(self(hit), `no this: ${text} ${JSON.stringify(hit.variables)}`);
      const shown = propertiesOf(self(hit));
      assert.deepEqual(
        Object.fromEntries(Object.entries(shown).filter(([name]) => name.startsWith('#'))),
        fields,
        text,
      );
    }
  });

  it('are not looked for in another `this`, nor before there is one', async () => {
    assert.deepEqual(propertiesOf(self(await hitAt('return left;', { condition: 'amount === 20' }))), {
      owner: 'stranger',
    });
    const hit = await hitAt('super();');
    // Node 20 says undefined, newer ones that it cannot be read.
    assert.equal(self(hit)?.type ?? 'undefined', 'undefined');
    assert.equal(hit.variables.find(({ name }) => name === 'before')?.value.type, 'number');
  });

  it(proves('values:private', 'can be named in conditions and expressions'), async () => {
    const hit = await hitAt('return left;', {
      condition: 'this.#balance > 50',
      expressions: ['this.#history[0].amount', 'this?.#balance + amount', 'this.#password'],
    });
    assert.deepEqual(
      hit.values.map(({ value }) => (value && 'value' in value ? value.value : value?.type)),
      [70, 80, 'redacted'],
    );
  });

  it('of a file that is not loaded are read once it is, where an expression asks for them', async () => {
    const arm = async (expressions: string[]) => {
      const actionId = `action-${++count}`;
      broker.arm({ actionId, place: { file: 'fixtures/private-late.cjs', line: 5 }, expressions });
      await broker.next('pending', (frame) => frame.actionId === actionId);
      return actionId;
    };
    const asking = await arm(['this.#level + amount']);
    const other = await arm(['amount']);
    application.tell('./private-late.cjs');
    const { hit } = await broker.next('hit', (frame) => frame.actionId === asking);
    assert.deepEqual(hit.values[0]?.value, { type: 'number', value: 5 });
    assert.deepEqual(propertiesOf(self(hit)), { '#level': 4 });
    const second = await broker.next('hit', (frame) => frame.actionId === other);
    assert.deepEqual(second.hit.values[0]?.value, { type: 'number', value: 1 });
  });

  it('that are not declared there, or of another object, are refused with what to write', async () => {
    const refusal = async (expression: string) => {
      const actionId = `action-${++count}`;
      broker.arm({ actionId, place: { file: FILE, line: lineOf('return left;') }, expressions: [expression] });
      return (await broker.next('failed', (frame) => frame.actionId === actionId)).problem;
    };
    const mistyped = await refusal('this.#balanse');
    assert.match(`${mistyped.message} ${mistyped.hint}`, /`this\.#balanse` is not in scope.*`this\.#balance`/);
    assert.match((await refusal('other.#balance')).message, /private `#name` is read of `this` alone/);
    assert.match((await refusal('this.#secretly')).message, /not in scope/);
  });
});
