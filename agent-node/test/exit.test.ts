import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

describe('the end of a process that is looked into', () => {
  let folder: string;
  let broker: TestBroker;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-exit-'));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    broker = await TestBroker.start();
  });
  afterEach(() => broker.close());

  /** A program that runs `end` when it is told to, with a probe on its line 2. */
  async function program(name: string, end: string): Promise<string> {
    const path = join(folder, name);
    const loop = 'function tick(n) {\n  return n + 1;\n}\nconst timer = setInterval(() => tick(1), 10);\n';
    await writeFile(path, `${loop}process.once('message', () => {\n  process.disconnect();\n  ${end}\n});\n`);
    return path;
  }

  for (const [what, end, code, stderr] of [
    ['ends by itself', 'clearInterval(timer)', 0, /^$/],
    ['calls process.exit', 'process.exit(5)', 5, /^$/],
    ['fails with an uncaught error', "throw new Error('boom')", 1, /Error: boom/],
    ['rejects without a handler', "Promise.reject(new Error('late'))", 1, /Error: late/],
  ] as const) {
    it(proves('agent:exit', `that ${what} is not held up, and prints nothing of ours`), async () => {
      const application = startApplication(broker, await program(`${code}-${what.length}.cjs`, end));
      await broker.hello();
      broker.arm({ actionId: 'a', place: { file: `${code}-${what.length}.cjs`, line: 2 }, condition: 'n < 0' });
      await broker.next('armed');
      application.tell('end');
      const ended = await application.ended();
      assert.equal(ended.code, code);
      assert.match(ended.stderr, stderr);
      assert.doesNotMatch(ended.stderr, /Waiting for the debugger|^borescope:/m);
      assert.equal(ended.stdout, '');
    });
  }

  it('still delivers a hit of its last moment', async () => {
    const path = await program('last.cjs', 'clearInterval(timer); tick(41); process.exit(0);');
    const application = startApplication(broker, path);
    await broker.hello();
    broker.arm({ actionId: 'a', place: { file: 'last.cjs', line: 2 }, condition: 'n === 41' });
    await broker.next('armed');
    application.tell('end');
    const { hit } = await broker.next('hit');
    assert.deepEqual(hit.variables[0], { name: 'n', value: { type: 'number', value: 41 }, scope: 'local' });
    assert.equal((await application.ended()).code, 0);
  });

  it(proves('agent:exit', 'is its own by a signal too'), async () => {
    const application = startApplication(broker, await program('signal.cjs', ''));
    await broker.hello();
    broker.arm({ actionId: 'a', place: { file: 'signal.cjs', line: 2 }, condition: 'n < 0' });
    await broker.next('armed');
    application.child.kill('SIGTERM');
    const ended = await application.ended();
    assert.deepEqual(ended, { code: null, signal: 'SIGTERM', stdout: '', stderr: '' });
  });
});
