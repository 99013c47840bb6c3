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
    await started(path, execArgv, async (broker, application) => {
      await body(broker, application);
      broker.arm({ actionId: 'again', place: { file: 'bundle.cjs', line: 9 } });
      await broker.next('hit', ({ actionId }) => actionId === 'again');
      assert.equal(application.child.exitCode, null);
    });
  }

  async function started(
    path: string,
    execArgv: string[],
    body: (broker: TestBroker, application: Application) => Promise<void>,
  ): Promise<void> {
    const broker = await TestBroker.start();
    const application = startApplication(broker, path, { execArgv });
    try {
      await broker.hello();
      await body(broker, application);
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

  it(
    proves(['agent:no-pause', 'values:private'], 'reads `this` and private fields as they are, of arrow functions too'),
    async () => {
      const path = join(folder, 'arrows.cjs');
      await writeFile(
        path,
        `class Till {
  #seen = new Set(['x']);
  currency = 'EUR';
  plain = (n) => {
    const z = n + this.#seen.size;
    return z + this.currency.length;
  };
  later = async (n) => {
    const z = n + 1;
    return z + this.currency.length + this.#seen.size;
  };
  method(n) {
    const z = n + this.#seen.size;
    return z + 1;
  }
}
const till = new Till();
setInterval(() => { till.plain(1); till.later(1); till.method(1); }, 10);
${FILLER}filler(1);\n`,
      );
      await started(path, ['--import', AGENT], async (broker) => {
        let count = 0;
        const hitAt = async (line: number, asked: { condition?: string; expressions?: string[] } = {}) => {
          const actionId = `a${++count}`;
          broker.arm({ actionId, place: { file: 'arrows.cjs', line }, overheadPercent: 20, ...asked });
          return (await broker.next('hit', (frame) => frame.actionId === actionId)).hit;
        };
        for (const line of [5, 9, 13]) {
          const shown = (await hitAt(line)).variables.find(({ name }) => name === 'this')?.value;
          // An async arrow has none in a pause: said so, never made an undefined.
          assert.equal(shown?.type, line === 9 ? 'not_captured' : 'object', `line ${line}`);
        }
        for (const line of [6, 10, 14]) {
          const { values } = await hitAt(line, {
            condition: 'this?.currency === "EUR" && this.#seen.size === 1',
            expressions: ['this.currency', 'this.#seen.size'],
          });
          assert.deepEqual(
            values.map(({ value }) => value),
            [
              { type: 'string', value: 'EUR' },
              { type: 'number', value: 1 },
            ],
            `line ${line}`,
          );
        }
      });
    },
  );

  it(proves('agent:no-pause', 'tells why a pause that another probe takes has no `this`'), async () => {
    const path = join(folder, 'shared.cjs');
    await writeFile(
      path,
      `class Till {
  #seen = 1;
  currency = 'EUR';
  later = async (n) => {
    const z = n + 1;
    return z + this.currency.length + this.#seen;
  };
}
const till = new Till();
process.on('message', () => till.later(1));
${FILLER}filler(1);\n`,
    );
    await started(path, ['--import', AGENT], async (broker, application) => {
      const place = { file: 'shared.cjs', line: 6 };
      const arm = async (actionId: string, asked: { condition?: string; expressions?: string[] }) => {
        broker.arm({ actionId, place, ...asked });
        await broker.next('armed', (frame) => frame.actionId === actionId);
      };
      await arm('first', {});
      await arm('condition', { condition: 'this?.currency === "GBP"' });
      await arm('fields', { expressions: ['this.currency', 'this.#seen'] });
      application.tell('pass');
      const { hit } = await broker.next('hit', ({ actionId }) => actionId === 'fields');
      for (const { error } of hit.values) assert.match(error ?? '', /is not seen in a real pause/);
      broker.send({ type: 'disarm', actionId: 'condition', reason: 'cancelled' });
      const { observation } = await broker.next('status', (frame) => frame.actionId === 'condition' && frame.removed);
      assert.deepEqual([observation.conditionFalse, observation.conditionErrors], [0, 1]);
    });
  });

  it(proves('agent:no-pause', 'never pauses while a person may be debugging'), () =>
    running(['--inspect=127.0.0.1:0', '--import', AGENT], check),
  );
});
