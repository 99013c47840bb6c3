import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArmSpec } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

describe('places at which names cannot be read, or lines are counted in another way', () => {
  let folder: string;
  let broker: TestBroker;
  let count = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-odd-'));
    broker = await TestBroker.start();
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  async function running(name: string, text: string, body: (application: Application) => Promise<void>): Promise<void> {
    const file = join(folder, name);
    await writeFile(file, text);
    const hellos = broker.frames.filter(({ type }) => type === 'hello').length;
    const application = startApplication(broker, file);
    try {
      await broker.hello(hellos + 1);
      await body(application);
      assert.equal(application.stderr, '');
    } finally {
      await application.stop();
    }
  }

  function arm(file: string, line: number, more: Partial<ArmSpec> = {}): string {
    const actionId = `odd-${++count}`;
    broker.arm({ actionId, place: { file, line }, ...more });
    return actionId;
  }
  const hitOf = (actionId: string) => broker.next('hit', (frame) => frame.actionId === actionId);
  const problemOf = async (actionId: string) =>
    (await broker.next('failed', (frame) => frame.actionId === actionId)).problem;

  it(
    proves('values:no-code-run', 'refuses the body of a `with`, where any name may run a getter or a proxy trap'),
    async () => {
      const text = `const trap = new Proxy({}, {});
function inside(total) {
  with (trap) {
    const deeper = () => {
      label: { total = 2; }
    };
    deeper();
  }
  return total;
}
setInterval(() => inside(1), 20);
`;
      await running('with.cjs', text, async () => {
        for (const line of [5, 7]) {
          const problem = await problemOf(arm('with.cjs', line));
          assert.equal(problem.code, 'LINE_NOT_EXECUTABLE');
          assert.match(problem.message, /`with` statement/);
          assert.match(problem.hint ?? '', /outside of it/);
        }
        // The statement itself, and what stands behind it, are as any other line.
        for (const line of [3, 9]) {
          const { hit } = await hitOf(arm('with.cjs', line));
          assert.equal(hit.variables.find(({ name }) => name === 'total')?.value.type, 'number');
        }
      });
    },
  );

  it('says at once that code in a context of node:vm is not reached', async () => {
    const text = `const vm = require('node:vm');
const sandbox = vm.createContext({});
vm.runInContext('function twice(x) {\\n  return x * 2;\\n}', sandbox, { filename: '/srv/sandboxed.js' });
vm.runInThisContext('function thrice(x) {\\n  return x * 3;\\n}', { filename: '/srv/here.js' });
setInterval(() => { sandbox.twice(2); thrice(2); }, 20);
`;
    await running('vm.cjs', text, async () => {
      const problem = await problemOf(arm('sandboxed.js', 2));
      assert.equal(problem.code, 'LINE_NOT_EXECUTABLE');
      assert.match(problem.message, /context of node:vm/);
      const { hit } = await hitOf(arm('here.js', 2));
      assert.deepEqual(hit.variables.find(({ name }) => name === 'x')?.value, { type: 'number', value: 2 });
    });
  });

  it(proves('values:true', 'shows no `this` before `super` is called'), async () => {
    const text = `class Base { id = 7; }
class Derived extends Base {
  constructor(name) {
    const before = name.length;
    super(before);
    this.name = name;
  }
}
setInterval(() => new Derived('x'), 20);
`;
    await running('derived.cjs', text, async () => {
      for (const line of [4, 5]) {
        const { hit } = await hitOf(arm('derived.cjs', line, { expressions: ['this', 'name'] }));
        assert.equal(
          hit.variables.find(({ name }) => name === 'this'),
          undefined,
        );
        assert.match(JSON.stringify(hit.values[0]), /"error":"[^"]*this/);
      }
      const { hit } = await hitOf(arm('derived.cjs', 6));
      assert.equal(hit.variables.find(({ name }) => name === 'this')?.value.type, 'object');
    });
  });

  it(proves('agent:reloaded', 'follows a module that is loaded once more, as by a hot reload'), async () => {
    const text = `const { writeFileSync } = require('node:fs');
const file = __dirname + '/reloaded.cjs';
const version = (n) => 'exports.run = (x) => {\\n  const version = ' + n + ';\\n  return x + version;\\n};\\n';
let n = 0;
function load() {
  writeFileSync(file, version(++n));
  delete require.cache[file];
  return require(file);
}
let module_ = load();
process.on('message', () => { module_ = load(); });
setInterval(() => module_.run(1), 20);
`;
    await running('reloads.cjs', text, async (application) => {
      const versions = async (actionId: string) => {
        const { hit } = await hitOf(actionId);
        return JSON.stringify(hit.values);
      };
      const value = (name: string, number: number) =>
        JSON.stringify([{ expression: name, value: { type: 'number', value: number } }]);
      const asks = { expressions: ['version'], maxHits: 1 };
      assert.deepEqual(await versions(arm('reloaded.cjs', 3, asks)), value('version', 1));
      // Armed on a line that only the next copy of the module passes in time.
      const waiting = arm('reloaded.cjs', 3, { ...asks, condition: 'version > 2' });
      const other = arm('reloaded.cjs', 3, { ...asks, condition: 'version > 3' });
      await broker.next('armed', ({ actionId }) => actionId === waiting);
      await broker.next('armed', ({ actionId }) => actionId === other);
      application.tell('load');
      application.tell('load');
      assert.deepEqual(await versions(waiting), value('version', 3));
      assert.deepEqual(await versions(arm('reloaded.cjs', 3, asks)), value('version', 3), 'placed beside it');
      application.tell('load');
      assert.deepEqual(await versions(other), value('version', 4));
    });
  });

  it('counts lines as V8 does, whatever ends them', async () => {
    const endings: readonly [string, string][] = [
      ['separators.cjs', '\n'],
      ['returns.cjs', '\r'],
      ['windows.cjs', '\r\n'],
    ];
    for (const [name, end] of endings) {
      const text = [
        'const s = "a\u2028b\u2029c";',
        'function twice(x) {',
        '  const y = x * 2;',
        '  return y + s.length;',
        '}',
        'setInterval(() => twice(3), 20);',
        '',
      ].join(end);
      await running(name, text, async () => {
        const { hit } = await hitOf(arm(name, 6));
        assert.deepEqual(hit.variables.find((one) => one.name === 'y')?.value, { type: 'number', value: 6 }, name);
        assert.equal(hit.stack[0]?.line, 6, 'the line of its own stack');
        const { place } = await broker.next('armed', (frame) => frame.actionId === `odd-${count}`);
        assert.equal(place.sourceLine, '  return y + s.length;');
        broker.send({ type: 'inspect', requestId: name, place: { file: name, line: 6 } });
        const { inspection } = await broker.next('inspected', (frame) => frame.requestId === name);
        assert.equal(inspection.source.find(({ line }) => line === 6)?.text, '  return y + s.length;');
        assert.deepEqual(inspection.names.slice(0, 2).sort(), ['x', 'y']);
      });
    }
  });
});
