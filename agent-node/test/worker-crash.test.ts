import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Gets hold of the agent's worker as Node tells of it, and kills it when it is told to, in the middle of its work. */
const APPLICATION = `let worker;
process.once('worker', (started) => { worker = started; });
const agent = require(${JSON.stringify(AGENT)}).attach();
let passes = 0;
function tick(n) {
  return n + 1;
}
const timer = setInterval(() => { passes = tick(passes); }, 5);
process.once('message', async () => {
  const code = await worker.terminate();
  const before = passes;
  setTimeout(() => {
    process.send({ code, attached: agent.attached, went: passes > before });
    clearInterval(timer);
    process.exitCode = 3;
    process.disconnect();
  }, 200);
});
`;

it(
  proves('agent:worker-crash', 'a worker that is killed with a probe in place leaves the application as it is'),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'borescope-worker-'));
    const broker = await TestBroker.start();
    await writeFile(join(folder, 'app.cjs'), APPLICATION);
    const application = startApplication(broker, join(folder, 'app.cjs'), { execArgv: [] });
    try {
      await broker.hello();
      broker.arm({ actionId: 'a', place: { file: 'app.cjs', line: 6 }, condition: 'n < 0' });
      await broker.next('status', ({ observation }) => observation.conditionFalse > 0);
      application.tell('kill');
      const [told] = await once(application.child, 'message', { signal: AbortSignal.timeout(15_000) });
      assert.deepEqual(told, { code: 1, attached: false, went: true });
      const ended = await application.ended();
      assert.deepEqual(ended, { code: 3, signal: null, stdout: '', stderr: '' });
    } finally {
      await application.stop();
      await broker.close();
      await rm(folder, { recursive: true });
    }
  },
);
