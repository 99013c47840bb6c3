import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snapshot } from '../../scripts/demo/snapshot.ts';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from '../live/attached.ts';
import { type LiveBroker, liveBroker } from '../live/broker.ts';
import { startLoad } from '../live/load.ts';
import { type Assistant, client2025, currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { proves } from '../proves.ts';

const folder = fileURLToPath(new URL('../fixtures/express-app', import.meta.url));
const expressResponse = createRequire(import.meta.url).resolve('express/lib/response.js');

let broker: LiveBroker;
let app: NodeProcess;
let url = '';
let assistants: Assistant[] = [];

before(async () => {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url)),
    '-p',
    folder,
  ]);
  broker = await liveBroker();
  app = new NodeProcess(['--import', '@borescope/agent', 'dist/app.js'], {
    cwd: folder,
    environment: broker.agentEnvironment,
  });
  [, url = ''] = await app.line(/listening on (\S+)/);
  assistants = [await client2025(broker.url, broker.mcpToken), await currentClient(broker.url, broker.mcpToken)];
});

after(async () => {
  for (const assistant of assistants) await assistant.close();
  await app?.stop();
  await broker?.close();
});

/** Orders come in from four clients at once until the work is done; each must be answered as without an agent. */
async function underLoad<Result>(work: () => Promise<Result>): Promise<Result> {
  const body = JSON.stringify({
    email: 'ada.brandt@example.com',
    items: [{ sku: 'kettle', quantity: 2, priceCents: 6495 }],
  });
  const expect = '201 {"order":"o-7","total":12990,"weekday":"Thursday"}';
  const load = startLoad(`${url}/orders/o-7`, { body, expect });
  try {
    return await work();
  } finally {
    const { requests, problems } = await load.stop();
    assert.deepEqual(problems, []);
    assert.ok(requests > 0);
  }
}

test('an Express server that is not ours attaches with the name and version of its package', async () => {
  for (const assistant of assistants) {
    const runtime = await attachedRuntime(assistant, 'express-app');
    assert.equal(runtime.pid, app.pid);
    assert.equal(runtime.version, '2.3.4');
  }
});

for (const [index, name] of ['@modelcontextprotocol/sdk 1.x', '@modelcontextprotocol/client 2.x'].entries()) {
  test(
    proves(
      ['tools:both-eras', 'agent:source-maps'],
      `a snapshot in a TypeScript handler shows its variables, by ${name}`,
    ),
    async () => {
      const assistant = pick(index, name);
      const source = join(folder, 'src/app.ts');
      const text = 'const weekday = new Intl.DateTimeFormat';
      const line = lineOf(source, text);
      const result = snapshot.parse(
        await underLoad(() =>
          assistant.call('capture_snapshot', {
            runtimes: { service: 'express-app' },
            file: 'src/app.ts',
            line,
            condition: 'total > 100',
            expressions: ['order.items.length', 'total / 100'],
          }),
        ),
      );
      assert.equal(result.action.state, 'completed');
      const [hit] = result.hits;
      assert.ok(hit);
      assert.match(hit.file, /src\/app\.ts$/);
      assert.equal(hit.line, line);
      assert.equal(hit.function, 'placeOrder');
      const local = hit.variables?.local ?? {};
      assert.equal(local['total'], 12990);
      assert.deepEqual(Object.keys(Object(local['order'])), ['id', 'email', 'items']);
      assert.deepEqual(hit.values, [
        { expression: 'order.items.length', value: 1 },
        { expression: 'total / 100', value: 129.9 },
      ]);
      assert.ok(result.redactions.count > 0);
      assert.equal(JSON.stringify(result).includes('ada.brandt'), false);
      assert.ok(hit.stack?.some((frame) => frame.file.includes('node_modules/')));
    },
  );

  test(
    proves(
      'agent:packages',
      `a snapshot inside the code of Express under node_modules shows its variables, by ${name}`,
    ),
    async () => {
      const assistant = pick(index, name);
      const line = readFileSync(expressResponse, 'utf8').split('\n').indexOf('  return this.send(body);') + 1;
      assert.ok(line > 0);
      const result = snapshot.parse(
        await underLoad(() =>
          assistant.call('capture_snapshot', {
            runtimes: { service: 'express-app' },
            file: 'node_modules/express/lib/response.js',
            line,
            expect_line: 'return this.send(body);',
            max_hits: 3,
          }),
        ),
      );
      assert.equal(result.action.state, 'completed');
      assert.equal(result.hits.length, 3);
      for (const hit of result.hits) {
        assert.match(hit.file, /node_modules\/express\/lib\/response\.js$/);
        assert.equal(hit.variables?.local?.['body'], '{"order":"o-7","total":12990,"weekday":"Thursday"}');
        assert.ok(hit.stack?.some((frame) => frame.function === 'placeOrder' && frame.file.endsWith('src/app.ts')));
      }
    },
  );
}

test(proves('agent:exit', 'it runs on as if nothing had been, and ends as it would'), async () => {
  await underLoad(async () => undefined);
  assert.equal(await app.stop(), 0);
  assert.equal(app.errorOutput, '');
});

function pick(index: number, name: string): Assistant {
  const assistant = assistants[index];
  assert.ok(assistant);
  assert.equal(assistant.name, name);
  return assistant;
}
