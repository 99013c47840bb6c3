import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { AGENT, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Makes a function hot a second after the start, and says which compiler has compiled it. No optimising: only the tier below. */
const HOT = `function hot(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum; }
setTimeout(() => {
  for (let i = 0; i < 2000; i++) hot(200);
  process.send({ baseline: %ActiveTierIsSparkplug(hot) });
}, 1000);
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
    assert.equal(await isBaseline({}), false);
    assert.equal(await isBaseline({ BORESCOPE_KEEP_SPARKPLUG: '1' }), true);
  },
);
