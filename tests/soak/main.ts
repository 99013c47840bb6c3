/**
 * `npm run soak`: two brokers on a Redis of their own, at work for an hour, and what they hold at the end against the start.
 * `--minutes N`: for so long. `--embedded`: one broker with the embedded store. `FAULTS_SEED=N`: the choices of that run
 * again. Exit code 0 where every promise was kept and nothing has grown, else 1; 2 for wrong usage.
 */
import { parseArgs } from 'node:util';
import { Site } from '../faults/site.ts';
import { USAGE_ARGUMENTS } from '../faults/usage.ts';
import { liveRedis, noRedis } from '../live/redis.ts';
import { grown } from './grown.ts';
import { type Holding, holdingOf, tell } from './holding.ts';
import { round } from './round.ts';

/** Shorter than a soak, so that what is deleted is part of it; longer than a round, so that each can be checked. */
const RETENTION = { setting: '6m', ms: 360_000 };
const ROUND_MS = 120_000;
/** Rounds of a short soak. */
const FEWEST_ROUNDS = 6;

const asked = options();
const lastMs = asked.minutes * 60_000;
const redis = asked.embedded ? undefined : await liveRedis({ config: { appendonly: 'yes', appendfsync: 'everysec' } });
const site = await Site.start({
  ...(redis !== undefined && { redisUrl: redis.url }),
  brokers: redis === undefined ? 1 : 2,
  nodeArguments: () => USAGE_ARGUMENTS,
  environment: () => ({ BORESCOPE_RETENTION: RETENTION.setting }),
});
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const begun = performance.now();
const elapsed = () => performance.now() - begun;
/** As much is kept then as the retention ever keeps; a short soak has less. */
const settledAt = Math.min(RETENTION.ms, lastMs / 4);
const workMs = Math.round(Math.min(ROUND_MS, lastMs / FEWEST_ROUNDS));
const total = { actions: 0, hits: 0 };
let problems: string[] = [];
let start: Holding | undefined;
let end: Holding | undefined;
try {
  for (let number = 1; problems.length === 0 && !stop.signal.aborted; number++) {
    // At least one round behind the start.
    if (elapsed() >= lastMs && end !== start) break;
    const done = await round(site, workMs, stop.signal);
    total.actions += done.actions;
    total.hits += done.hits;
    problems = [...done.problems];
    end = await holdingOf(site, redis);
    const isStart = start === undefined && elapsed() >= settledAt;
    if (isStart) start = end;
    const minute = (elapsed() / 60_000).toFixed(1);
    console.log(
      `minute ${minute}, round ${number}: ${done.actions} actions, ${done.hits} hits; ${tell(end)}${isStart ? ' (the start)' : ''}`,
    );
  }
  if (start !== undefined && end !== undefined) problems.push(...grown(start, end));
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (const index of redis === undefined ? [0] : [0, 1])
    problems.push(`broker ${index}: ${site.broker(index).errorOutput.slice(-2_000)}`);
} finally {
  await site.close();
  await redis?.close();
}
for (const problem of problems.slice(0, 20)) console.error(problem);
console.log(
  `${total.actions} actions and ${total.hits} hits in ${(elapsed() / 60_000).toFixed(1)} minutes: ${problems.length === 0 ? 'every promise kept, nothing has grown' : `${problems.length} problems`}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

function options(): { minutes: number; embedded: boolean } {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, embedded: { type: 'boolean' } } });
    const minutes = Number(values.minutes ?? 60);
    if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: not a number of minutes`);
    if (values.embedded !== true && noRedis !== false) throw new Error(`${noRedis}: install one, or give --embedded`);
    return { minutes, embedded: values.embedded === true };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
