import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, DOORWAY, startApplication } from './support/application.ts';
import { TestBroker, TOKEN } from './support/broker.ts';

describe('attaching to a process', () => {
  let broker: TestBroker;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-attach-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function program(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  async function withBroker(body: () => Promise<void>): Promise<void> {
    broker = await TestBroker.start();
    try {
      await body();
    } finally {
      await broker.close();
    }
  }

  it('says hello with the token in the header, and what the process is', () =>
    withBroker(async () => {
      const path = await program('server.mjs', 'setInterval(() => {}, 1000)');
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'till', version: '1.2.3' }));
      const application = startApplication(broker, path, {
        environment: { BORESCOPE_ENVIRONMENT: 'test', BORESCOPE_TAGS: 'team=a, zone=b' },
      });
      try {
        const { runtime } = await broker.hello();
        assert.deepEqual(broker.authorizations, [`Bearer ${TOKEN}`]);
        assert.equal(runtime.service, 'till');
        assert.equal(runtime.version, '1.2.3');
        assert.equal(runtime.environment, 'test');
        assert.deepEqual(runtime.tags, { team: 'a', zone: 'b' });
        assert.equal(runtime.pid, application.child.pid);
        assert.equal(runtime.languageVersion, process.versions.node);
      } finally {
        await application.stop();
      }
    }));

  it(proves('agent:exit', 'leaves a process that has nothing to do its end, its exit code and its output'), () =>
    withBroker(async () => {
      const path = await program('short.mjs', "console.log('done'); process.exitCode = 7;");
      const ended = await startApplication(broker, path).ended();
      assert.deepEqual(ended, { code: 7, signal: null, stdout: 'done\n', stderr: '' });
    }),
  );

  it(proves('agent:exit', 'does not keep an attached process alive, nor change the code of an uncaught error'), () =>
    withBroker(async () => {
      const path = await program('crash.cjs', "process.once('message', () => { throw new Error('boom'); })");
      const application = startApplication(broker, path);
      await broker.hello();
      application.tell('crash');
      const ended = await application.ended();
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /Error: boom/);
      assert.doesNotMatch(ended.stderr, /^borescope:|Waiting for the debugger/m);
    }),
  );

  it(proves('agent:no-broker', 'is silent where no broker answers'), async () => {
    const path = await program('alone.cjs', "setTimeout(() => console.log('done'), 700)");
    const environment = { BORESCOPE_URL: 'ws://127.0.0.1:1/agent/v1' };
    const ended = await startApplication(undefined, path, { environment }).ended();
    assert.deepEqual(ended, { code: 0, signal: null, stdout: 'done\n', stderr: '' });
  });

  it('is silent where what answers never speaks', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const path = await program('mute.cjs', "setTimeout(() => console.log('done'), 700)");
    const environment = { BORESCOPE_URL: `ws://127.0.0.1:${address.port}/agent/v1` };
    const ended = await startApplication(undefined, path, { environment }).ended();
    server.close();
    assert.deepEqual(ended, { code: 0, signal: null, stdout: 'done\n', stderr: '' });
  });

  it(proves('agent:no-broker', 'says one line about a bad setting, and leaves the process alone'), async () => {
    const path = await program('plain.cjs', "console.log('done')");
    const cases: [Record<string, string>, RegExp][] = [
      [{ BORESCOPE_TOKEN: '' }, /BORESCOPE_TOKEN is not set/],
      [{ BORESCOPE_TOKEN: 'bore_mcp_abc' }, /not an agent token/],
      [{ BORESCOPE_URL: 'http://example.com' }, /BORESCOPE_URL is not a ws: or wss: URL/],
      [
        { BORESCOPE_URL: 'ws://broker.example/agent/v1' },
        /ws: beyond loopback, which would send the token.*in the clear/,
      ],
      [
        { BORESCOPE_URL: 'wss://broker.example/agent/v1', BORESCOPE_PIN: 'sha256/abc' },
        /BORESCOPE_PIN must read sha256/,
      ],
      [{ BORESCOPE_PIN: 'x' }, /BORESCOPE_CA and BORESCOPE_PIN need a wss: URL/],
      [{ BORESCOPE_CA: '/ca.pem' }, /BORESCOPE_CA and BORESCOPE_PIN need a wss: URL/],
      [{ BORESCOPE_TAGS: 'a' }, /BORESCOPE_TAGS must read k=v,k=v/],
      [{ BORESCOPE_EAGER: 'yes' }, /BORESCOPE_EAGER must be 0 or 1/],
    ];
    for (const [environment, line] of cases) {
      const ended = await startApplication(undefined, path, { environment }).ended();
      assert.equal(ended.code, 0);
      assert.equal(ended.stdout, 'done\n');
      assert.match(ended.stderr, line);
      assert.equal(ended.stderr.trim().split('\n').length, 1, ended.stderr);
      assert.doesNotMatch(ended.stderr, /bore_mcp_abc/);
    }
  });

  it(proves('agent:no-broker', 'says one line about a refused token'), () =>
    withBroker(async () => {
      const path = await program('refused.cjs', 'setTimeout(() => {}, 1500)');
      const environment = { BORESCOPE_TOKEN: 'bore_agt_wrong' };
      const ended = await startApplication(broker, path, { environment }).ended();
      assert.equal(ended.code, 0);
      assert.equal(ended.stderr, 'borescope: the broker refused the token; trying again every few minutes\n');
      assert.equal(broker.authorizations.length, 1);
    }),
  );

  for (const [how, execArgv, environment] of [
    ['--require', ['--require', AGENT], {}],
    ['--import', ['--import', DOORWAY], {}],
    ['--import=URL of the file itself', [`--import=file://${AGENT}`], {}],
    ['NODE_OPTIONS', [], { NODE_OPTIONS: `--import "${DOORWAY}"` }],
  ] as const) {
    it(`attaches by itself when loaded by ${how}`, () =>
      withBroker(async () => {
        const path = await program('any.cjs', 'setInterval(() => {}, 1000)');
        const application = startApplication(broker, path, { execArgv, environment });
        try {
          assert.equal((await broker.hello()).runtime.pid, application.child.pid);
        } finally {
          await application.stop();
        }
      }));
  }

  it('only gives the function when imported; attach and detach are the program’s own', () =>
    withBroker(async () => {
      const path = await program(
        'own.mjs',
        `import { attach } from ${JSON.stringify(DOORWAY)};
         process.once('message', async () => {
           const handle = attach({ service: 'own' });
           console.log(handle.attached, handle === attach());
           process.once('message', async () => {
             await handle.detach();
             console.log(handle.attached);
             process.disconnect();
           });
         });
         process.send('ready');`,
      );
      const application = startApplication(broker, path, { execArgv: [] });
      await application.said();
      assert.equal(broker.authorizations.length, 0);
      application.tell('attach');
      assert.equal((await broker.hello()).runtime.service, 'own');
      application.tell('detach');
      const ended = await application.ended();
      assert.deepEqual(ended, { code: 0, signal: null, stdout: 'true true\nfalse\n', stderr: '' });
    }));

  it(proves('agent:processes', 'makes each process of a cluster a runtime of its own, and no worker thread'), () =>
    withBroker(async () => {
      const path = await program(
        'many.cjs',
        `const cluster = require('node:cluster');
         const { isMainThread, Worker } = require('node:worker_threads');
         if (isMainThread && cluster.isPrimary) {
           const forked = [cluster.fork(), cluster.fork(), cluster.fork()];
           const pids = forked.map(({ process }) => process.pid);
           new Worker(__filename).once('message', (attached) => process.send({ pids, attached }));
         } else if (!isMainThread) {
           const { attach } = require(${JSON.stringify(AGENT)});
           require('node:worker_threads').parentPort.postMessage(attach().attached);
         }
         setInterval(() => {}, 1000);`,
      );
      const application = startApplication(broker, path);
      try {
        const { pids, attached } = Object(await application.said());
        assert.equal(attached, false, 'in the worker thread');
        const runtimes = await broker.until(() => {
          // One that waits long for its welcome, as on a busy machine, comes again and says hello once more.
          const hellos = broker.frames.flatMap((frame) => (frame.type === 'hello' ? [frame.runtime] : []));
          const apart = [...new Map(hellos.map((runtime) => [runtime.id, runtime])).values()];
          return apart.length < 4 ? undefined : apart;
        }, 'hello of each process');
        assert.deepEqual(runtimes.map(({ pid }) => pid).sort(), [application.child.pid, ...pids].sort());
      } finally {
        await application.stop();
      }
    }),
  );

  it(proves('agent:one-instance', 'is one and the same however it is loaded, and in whichever order'), () =>
    withBroker(async () => {
      const path = await program(
        'both.mjs',
        `import { createRequire } from 'node:module';
           import { attach } from ${JSON.stringify(DOORWAY)};
           const required = createRequire(import.meta.url)(${JSON.stringify(AGENT)});
           const imported = await import(${JSON.stringify(AGENT)});
           const handle = attach();
           console.log(required.attach === attach, imported.attach === attach, required.attach() === handle);
           process.once('message', () => process.exit());`,
      );
      for (const execArgv of [
        [],
        ['--import', DOORWAY],
        ['--require', AGENT],
        ['--import', DOORWAY, '--require', AGENT],
      ]) {
        const said = broker.frames.length;
        const application = startApplication(broker, path, { execArgv });
        await broker.until(() => broker.frames.slice(said).find(({ type }) => type === 'hello'), 'hello');
        application.tell('end');
        assert.equal((await application.ended()).stdout, 'true true true\n');
        assert.equal(broker.frames.slice(said).filter(({ type }) => type === 'hello').length, 1);
      }
    }),
  );

  it(
    proves('agent:permission-model', 'starts no agent under the permission model without its two permissions'),
    async () => {
      const path = await program('permitted.cjs', "console.log('done')");
      const flag = Number(process.versions.node.split('.')[0]) < 24 ? '--experimental-permission' : '--permission';
      const execArgv = [flag, '--allow-fs-read=*', '--allow-worker', '--require', AGENT];
      const ended = await startApplication(undefined, path, { execArgv }).ended();
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal(ended.stdout, 'done\n');
      assert.match(ended.stderr, /no agent was started: Node's permission model is on/);
    },
  );
});
