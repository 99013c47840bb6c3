import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

describe('an application that does not make it easy', () => {
  let folder: string;
  let broker: TestBroker;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-hostile-'));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    broker = await TestBroker.start();
  });
  afterEach(() => broker.close());

  async function running(text: string, body: (application: Application) => Promise<void>): Promise<void> {
    const path = join(folder, 'app.cjs');
    await writeFile(path, text);
    const application = startApplication(broker, path);

    try {
      await broker.hello();
      await body(application);
      assert.equal(application.child.exitCode, null, application.stderr);
      assert.equal(application.stderr, '');
    } finally {
      await application.stop();
    }
  }

  it(proves('agent:hostile-application', 'may replace every built-in: none of its replacements is called'), () =>
    running(
      `const calls = [];
       let watching = false;
              const spy = (name) => function () { calls.push(name); throw new Error('spied ' + name); };
       function tick(n) {
         const list = [n, n + 1];
         return list;
       }
       const interval = setInterval;
       interval(() => tick(1), 10);
       process.on('message', () => {
         delete Object.prototype.toJSON;
         delete Object.prototype.get;
         process.send(calls);
       });
       const all = [[Array.prototype, ['push', 'map', 'filter', 'forEach', 'slice', 'join', 'includes', 'indexOf', 'find', 'flatMap', 'concat', 'some', Symbol.iterator]],
         [Object.getPrototypeOf([][Symbol.iterator]()), ['next']],
         [String.prototype, ['slice', 'charCodeAt', 'replace', 'match', 'split', 'indexOf', 'trim']],
         [Object, ['keys', 'entries', 'getOwnPropertyNames', 'freeze', 'defineProperty']],
         [Reflect, ['ownKeys', 'apply', 'getOwnPropertyDescriptor']],
         [Map.prototype, ['get', 'set', 'has', 'forEach', 'entries']], [Set.prototype, ['has', 'add']],
         [Date, ['now']], [performance, ['now']], [JSON, ['stringify', 'parse']], [Atomics, ['load', 'store']], [RegExp.prototype, ['exec', 'test']]];
       setTimeout(() => {
         const define = Object.defineProperty;
         for (const [holder, names] of all) {
           for (const name of names) {
             const own = holder[name];
             define(holder, name, { configurable: true, writable: true, value: function (...rest) {
               if (!watching) {
                 watching = true;
                 const stack = new Error().stack;
                 if (typeof stack !== 'string' || stack.includes('agent.cjs')) calls[calls.length] = String(name) + stack;
                 watching = false;
               }
               return new.target ? Reflect.construct(own, rest) : own.apply(this, rest);
             } });
           }
         }
         define(Object.prototype, 'toJSON', { value: spy('toJSON'), configurable: true });
         define(Object.prototype, 'get', { value: undefined, configurable: true, writable: true });
         process.send('ready');
       }, 300);`,
      async (application) => {
        await application.said();
        broker.arm({
          actionId: 'a',
          place: { file: 'app.cjs', line: 6 },
          condition: 'n > 0 && n <= 1',
          expressions: ['list.length', 'list.includes(2)', 'n < 2', 'Array.isArray(list)'],
          maxHits: 3,
        });
        const { hit } = await broker.next('hit', ({ sequence }) => sequence === 3);
        assert.deepEqual(hit.values[0]?.value, { type: 'number', value: 2 });
        const calls = application.said();
        application.tell('calls');
        assert.deepEqual(await calls, []);
      },
    ),
  );

  it(
    proves(
      'agent:hostile-application',
      'may have setters where a list is added to: then nothing is captured, and it is told',
    ),
    () =>
      running(
        `let calls = 0;
       function tick(n) {
         return n;
       }
       setInterval(() => tick(1), 10);
       Object.defineProperty(Array.prototype, '1', { configurable: true, set() { if (new Error().stack.includes('agent.cjs')) calls += 1; } });
       process.on('message', () => { delete Array.prototype[1]; process.send(calls); });`,
        async (application) => {
          const place = { file: 'app.cjs', line: 3 };
          broker.arm({ actionId: 'a', place, expressions: ['[n, n].length'], maxHits: 3 });
          const { problem } = await broker.next('failed');
          assert.match(problem.message, /Array\.prototype/);
          const calls = application.said();
          application.tell('calls');
          assert.equal(await calls, 0);
          broker.arm({ actionId: 'b', place });
          await broker.next('hit', ({ actionId }) => actionId === 'b');
        },
      ),
  );

  it(
    proves('values:no-code-run', 'keeps its own Error.prepareStackTrace and stackTraceLimit, and neither is run'),
    () =>
      running(
        `let runs = 0;
       Error.prepareStackTrace = (error, sites) => { runs += 1; return 'own ' + sites.length; };
       Error.stackTraceLimit = 3;
       const own = Error.prepareStackTrace;
       function tick(n) {
         return n;
       }
       setInterval(() => tick(1), 10);
       process.on('message', () => process.send([runs, Error.prepareStackTrace === own, Error.stackTraceLimit, new Error('x').stack]));`,
        async (application) => {
          broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 6 } });
          const { hit } = await broker.next('hit');
          assert.ok(hit.stack.length > 3);
          assert.equal(hit.stack[0]?.function, 'tick');
          const answer = application.said();
          application.tell('runs');
          assert.deepEqual(await answer, [0, true, 3, 'own 3']);
        },
      ),
  );

  it(proves('agent:no-pause', 'is never paused by its own debugger statement'), () =>
    running(
      `let n = 0;
       setInterval(() => {
         debugger;
         n += 1;
       }, 10);`,
      async () => {
        broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 4 }, maxHits: 5 });
        await broker.next('hit', ({ sequence }) => sequence === 5);
      },
    ),
  );

  it(proves('values:true', 'keeps every other name where one is in its dead zone or not kept'), () =>
    running(
      `function outer(used, unused) {
         return () => {
           const value = used + 1;
           return value;
         };
       }
       const run = outer(1, 2);
       setInterval(() => {
         const early = run();
         switch (early) {
           case 2:
             Date.now(never);
             break;
           default: {
             let never = 1;
           }
         }
       }, 10);
       var never = 0;`,
      async () => {
        broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 4 } });
        const { hit } = await broker.next('hit');
        const values = Object.fromEntries(hit.variables.map(({ name, value }) => [name, value]));
        assert.deepEqual(values['used'], { type: 'number', value: 1 });
        assert.deepEqual(values['unused'], { type: 'not_captured' });
        assert.deepEqual(values['value'], { type: 'number', value: 2 });
      },
    ),
  );

  it('may be busy for a while without a turn of its event loop', () =>
    running(
      `function work(n) {
         let sum = n;
         return sum + 1;
       }
       process.on('message', () => {
         const end = Date.now() + 1500;
         let n = 0;
         while (Date.now() < end) n = work(n);
       });`,
      async (application) => {
        application.tell('work');
        broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 3 } });
        const { hit } = await broker.next('hit');
        assert.equal(hit.variables.find(({ name }) => name === 'n')?.value.type, 'number');
      },
    ));

  it('goes on, with one line at most, where the agent’s worker was killed', async () => {
    const path = join(folder, 'killed.cjs');
    await writeFile(
      path,
      `let worker;
       process.once('worker', (created) => { worker = created; });
       require(${JSON.stringify(AGENT)}).attach();
       function tick(n) {
         return n + 1;
       }
       const timer = setInterval(() => tick(1), 10);
       process.once('message', async () => {
         await worker.terminate();
         for (let i = 0; i < 1000; i++) tick(i);
         process.disconnect();
         clearInterval(timer);
       });`,
    );
    const application = startApplication(broker, path, { execArgv: [] });
    await broker.hello();
    broker.arm({ actionId: 'a', place: { file: 'killed.cjs', line: 5 }, condition: 'n < 0' });
    await broker.next('armed');
    application.tell('kill');
    const ended = await application.ended();
    assert.equal(ended.code, 0);
    assert.ok(ended.stderr.split('\n').length <= 2, ended.stderr);
  });

  it('goes on where the agent’s worker has ended', () =>
    running(
      `const { Worker } = require('node:worker_threads');
       function tick(n) {
         return n + 1;
       }
       setInterval(() => tick(1), 10);
       process.on('message', () => {
         const agent = globalThis[Symbol.for('@borescope/agent')];
         agent.detach().then(() => process.send(agent.attached));
       });`,
      async (application) => {
        broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 3 }, condition: 'n < 0' });
        await broker.next('armed');
        const answer = application.said();
        application.tell('detach');
        assert.equal(await answer, false);
        await broker.next('status', ({ removed }) => removed);
      },
    ));
});
