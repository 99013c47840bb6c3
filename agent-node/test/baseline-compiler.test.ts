import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/**
 * Makes one new function hot after the other, and says which compiler has compiled the last: the first that is as `WANTED`, for
 * nobody knows how long the start takes, or that of the last try. Each is looked at a while later, because some versions
 * of V8 compile beside the thread. No optimising: only the tier below.
 */
const HOT = `let tries = 0;
let before;
const timer = setInterval(() => {
  if (before !== undefined) {
    before(200);
    const baseline = %ActiveTierIsSparkplug(before);
    tries += 1;
    if (String(baseline) === process.env.WANTED || tries === Number(process.env.TRIES)) {
      clearInterval(timer);
      process.send({ baseline });
      return;
    }
  }
  // Of the same text V8 would keep what it has compiled.
  before = new Function('n', 'let sum = ' + tries + '; for (let i = 0; i < n; i++) sum += i; return sum;');
  for (let i = 0; i < 2000; i++) before(200);
}, 100);
setInterval(() => {}, 1000);
`;

async function isBaseline(environment: Record<string, string>): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'borescope-baseline-'));
  const broker = await TestBroker.start();
  await writeFile(join(folder, 'hot.cjs'), HOT);
  const execArgv = ['--allow-natives-syntax', '--no-opt', '--no-maglev', '--import', AGENT];
  const application = startApplication(broker, join(folder, 'hot.cjs'), { execArgv, environment });
  try {
    const [told] = await Promise.all([application.said(), broker.hello()]);
    return Object(told).baseline;
  } finally {
    await application.stop();
    await broker.close();
    await rm(folder, { recursive: true });
  }
}

it(
  proves('agent:cheap-arming', 'what gets hot after the start gets no baseline code, unless it is asked for'),
  async () => {
    assert.equal(await isBaseline({ TRIES: '60', WANTED: 'false' }), false);
    assert.equal(await isBaseline({ TRIES: '60', WANTED: 'true', BORESCOPE_KEEP_SPARKPLUG: '1' }), true);
  },
);
