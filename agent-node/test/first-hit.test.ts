import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const PROCESSES = 20;
const AT_ONCE = 2;
/** Ends by itself, should this test not live to end it. */
const BUSY = 'const end = Date.now() + 60000; while (Date.now() < end);';

async function firstHit(): Promise<string> {
  const broker = await TestBroker.start();
  const application = startApplication(broker, 'orders.cjs');
  try {
    await broker.hello();
    broker.arm({ actionId: 'first', place: { file: 'fixtures/orders.cjs', line: 15 }, condition: 'sum >= 0' });
    const { hit } = await broker.next('hit', ({ actionId }) => actionId === 'first');
    return JSON.stringify(hit);
  } finally {
    await application.stop();
    await broker.close();
  }
}

it(
  proves('agent:first-hit', `the first hit is whole in ${PROCESSES} processes, on a machine that two others keep busy`),
  async () => {
    const busy = [1, 2].map(() => spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }));
    try {
      let left = PROCESSES;
      const lane = async () => {
        while (left-- > 0) assert.doesNotMatch(await firstHit(), /"reason":"(time|error)"/);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    } finally {
      for (const child of busy) child.kill('SIGKILL');
    }
  },
);
