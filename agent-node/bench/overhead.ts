/**
 * What the agent costs a saturated node:http server: node --import tsx bench/overhead.ts [seconds a phase] [rounds].
 * Phases take turns, so that a noisy machine is noisy for all; the figures are medians over the rounds, and ratios hold
 * better than times.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { AGENT } from '../test/support/application.ts';
import { TestBroker, TOKEN } from '../test/support/broker.ts';

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));
const LINE =
  readFileSync(SERVER, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('// PROBE')) + 1;
const CONNECTIONS = 16;
const PLACE = { file: 'bench/server.cjs', line: LINE };

const seconds = Number(process.argv[2] ?? 3);
const rounds = Number(process.argv[3] ?? 5);

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(broker: TestBroker | undefined, environment: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, [...(broker ? ['--import', AGENT] : []), SERVER], {
    env: {
      PATH: process.env['PATH'],
      BORESCOPE_TOKEN: TOKEN,
      ...(broker ? { BORESCOPE_URL: broker.url } : {}),
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function usage(running: Running): Promise<{ cpuUs: number; requests: number }> {
  running.child.send('usage');
  const [answer] = (await once(running.child, 'message')) as [{ cpuUs: number; requests: number }];
  return answer;
}

/** Requests one after the other on each of some connections, for as long as the phase lasts. */
async function load(running: Running, ms: number): Promise<{ perSecond: number; cpuUs: number; worstMs: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = await usage(running);
  const from = performance.now();
  let worstMs = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const sent = performance.now();
      get({ host: '127.0.0.1', port: running.port, agent }, (response) => {
        response.resume();
        response.on('end', () => {
          worstMs = Math.max(worstMs, performance.now() - sent);
          resolve();
        });
      }).on('error', reject);
    });
  const lane = async () => {
    while (performance.now() - from < ms) await one();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  const took = performance.now() - from;
  const after = await usage(running);
  agent.destroy();
  const requests = after.requests - before.requests;
  return { perSecond: (requests / took) * 1000, cpuUs: (after.cpuUs - before.cpuUs) / requests, worstMs };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

const broker = await TestBroker.start();
const bare = await start(undefined);
const agent = await start(broker);
await broker.hello();
let count = 0;
const nextId = () => `bench-${++count}`;

async function removed(actionId: string) {
  return broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
}

const latencies: number[] = [];
async function snapshotEachSecond<Result>(work: Promise<Result>): Promise<Result> {
  const timer = setInterval(async () => {
    const actionId = nextId();
    const from = performance.now();
    broker.arm({ actionId, place: PLACE, overheadPercent: 1 });
    await broker.next('hit', (frame) => frame.actionId === actionId);
    latencies.push(performance.now() - from);
    await removed(actionId);
    broker.send({ type: 'disarm', actionId, reason: 'completed' });
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

const observations: string[] = [];
async function neverMatching<Result>(work: () => Promise<Result>): Promise<Result> {
  const actionId = nextId();
  broker.arm({ actionId, place: PLACE, condition: 'id < 0', overheadPercent: 1 });
  await broker.next('armed', (frame) => frame.actionId === actionId);
  try {
    return await work();
  } finally {
    broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
    const { observation, cost } = await removed(actionId);
    const share = ((100 * observation.armedMs) / observation.placedMs).toFixed(1);
    observations.push(
      `${observation.passes} passes seen, armed ${share} % of the time, mean ${cost.meanUs.toFixed(0)} us, arming ${cost.armingMs?.toFixed(1)} ms`,
    );
  }
}

const ms = seconds * 1000;
const phases = {
  bare: () => load(bare, ms),
  'agent, idle': () => load(agent, ms),
  'one snapshot a second': () => snapshotEachSecond(load(agent, ms)),
  'condition never true': () => neverMatching(() => load(agent, ms)),
} as const;

const results = new Map<string, { perSecond: number; cpuUs: number; worstMs: number }[]>();
await load(bare, 2000);
await load(agent, 2000);
for (let round = 0; round < rounds; round++) {
  for (const [name, phase] of Object.entries(phases)) results.set(name, [...(results.get(name) ?? []), await phase()]);
}

const base = results.get('bare') ?? [];
console.log(`node ${process.versions.node}, ${rounds} rounds of ${seconds} s each`);
console.log('phase                   requests/s  of bare   CPU us/request  of bare  slowest ms');
for (const [name, runs] of results) {
  const perSecond = median(runs.map((run) => run.perSecond));
  const cpuUs = median(runs.map((run) => run.cpuUs));
  const share = median(runs.map((run, i) => run.perSecond / (base[i]?.perSecond ?? 1)));
  const cpuShare = median(runs.map((run, i) => run.cpuUs / (base[i]?.cpuUs ?? 1)));
  const slowest = median(runs.map((run) => run.worstMs));
  console.log(
    `${name.padEnd(23)} ${perSecond.toFixed(0).padStart(10)} ${(share * 100).toFixed(1).padStart(7)}% ${cpuUs.toFixed(1).padStart(15)} ${(cpuShare * 100).toFixed(1).padStart(7)}% ${slowest.toFixed(1).padStart(10)}`,
  );
}
console.log(
  `hit latency, arm to hit at the broker: p50 ${median(latencies).toFixed(1)} ms, max ${Math.max(...latencies).toFixed(1)} ms`,
);
console.log(`never true: ${observations.at(-1)}`);
bare.child.kill();
agent.child.kill();
await broker.close();

const stalls: number[] = [];
const heap = await TestBroker.start();
const big = await start(heap, { HEAP_MB: '220' });
await heap.hello();
await load(big, 2000);
for (let i = 0; i < 6; i++) {
  const actionId = nextId();
  heap.arm({ actionId, place: PLACE });
  await heap.next('armed', (frame) => frame.actionId === actionId);
  // Arming is measured in a quiet process: the hit, and so the removal, comes with the next load.
  await load(big, 200);
  const status = await heap.next('status', (frame) => frame.actionId === actionId && frame.removed);
  stalls.push(status.cost.armingMs ?? 0);
  heap.send({ type: 'disarm', actionId, reason: 'completed' });
}
console.log(
  `arming at a heap of 220 MB, ms: first ${stalls[0]?.toFixed(2)}, then ${stalls
    .slice(1)
    .map((stall) => stall.toFixed(2))
    .join(' ')}`,
);
big.child.kill();
await heap.close();
