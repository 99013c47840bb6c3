import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Above 350 KB: V8 would parse all of it for the first condition, and that would be felt. */
const FILLER = `function filler(n) {\n${'  if (n < 0) { n = n * 2 + String(n).length; }\n'.repeat(8000)}  return n;\n}\n`;

describe('a probe in a big script', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-pausing-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function running(
    execArgv: string[],
    body: (broker: TestBroker, application: Application) => Promise<void>,
  ): Promise<void> {
    const path = join(folder, 'bundle.cjs');
    await writeFile(
      path,
      `const rates = { de: 0.19 };
class Till {
  constructor() { this.count = 0; }
  ring(order) {
    this.count += 1;
    debugger;
    const tax = order.total * rates.de;
    const late = tax + 1;
    return late;
  }
}
const till = new Till();
let id = 0;
setInterval(() => { id += 1; till.ring({ id, total: 100 }); }, 10);
${FILLER}filler(1);\n`,
    );
    const broker = await TestBroker.start();
    const application = startApplication(broker, path, { execArgv });
    try {
      await broker.hello();
      await body(broker, application);
      broker.arm({ actionId: 'again', place: { file: 'bundle.cjs', line: 9 } });
      await broker.next('hit', ({ actionId }) => actionId === 'again');
      assert.equal(application.child.exitCode, null);
    } finally {
      await application.stop();
      await broker.close();
    }
  }

  async function check(broker: TestBroker): Promise<void> {
    broker.arm({
      actionId: 'a',
      place: { file: 'bundle.cjs', line: 8 },
      condition: 'order.id % 2 === 0',
      expressions: ['order.total + tax', 'this.count > 0', 'rates.de'],
      maxHits: 3,
    });
    const { hit } = await broker.next('hit', ({ sequence }) => sequence === 3);
    const values = Object.fromEntries(hit.variables.map(({ name, value }) => [name, value]));
    assert.deepEqual(values['tax'], { type: 'number', value: 19 });
    assert.deepEqual(values['late'], { type: 'uninitialized' });
    assert.equal(values['order']?.type, 'object');
    assert.equal(values['this']?.type, 'object');
    assert.deepEqual(
      hit.values.map(({ value }) => value),
      [
        { type: 'number', value: 119 },
        { type: 'boolean', value: true },
        { type: 'number', value: 0.19 },
      ],
    );
    assert.deepEqual([hit.stack[0]?.function, hit.stack[0]?.line], ['ring', 8]);
    const { observation } = await broker.next('status', (frame) => frame.actionId === 'a' && frame.removed);
    assert.equal(observation.passes, observation.conditionFalse + 3);
  }

  it(
    proves(
      'agent:no-pause',
      'captures in a short real pause, and never stays at the application’s own debugger statement',
    ),
    () => running(['--import', AGENT], check),
  );

  it(proves('agent:no-pause', 'never pauses while a person may be debugging'), () =>
    running(['--inspect=127.0.0.1:0', '--import', AGENT], check),
  );
});
