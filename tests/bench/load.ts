import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

/** Requests a second that the server answers with all that 16 connections can ask. */
export async function saturate(url: string, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: 16, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return result['2xx'] / result.duration;
}

/** Milliseconds. */
const TURN_MS = 1;
const LONGEST_MS = 5 * 60_000;
const ANSWER_MS = 10_000;
const CONNECTIONS = 8;

/** A steady rate. Resolves with the number of requests answered. */
export async function steady(url: string, rate: number, seconds: number): Promise<number> {
  const load = startSteady(url, rate);
  await sleep(seconds * 1000);
  return load.stop();
}

/**
 * The same without an end of its own, for at most five minutes. Requests come one by one, at intervals as random as those
 * of many visitors: autocannon's `overallRate` sends a second's requests in one go and is then silent for the rest of it.
 */
export function startSteady(url: string, rate: number): { stop(): Promise<number> } {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const under = new Set<Promise<void>>();
  let answered = 0;
  let failure: unknown;
  let next = performance.now();
  const timer = setInterval(() => {
    for (const now = performance.now(); next <= now; next += interval(rate)) {
      const one = ask(url, agent)
        .then(
          () => {
            answered += 1;
          },
          (error: unknown) => {
            failure ??= error;
          },
        )
        .finally(() => under.delete(one));
      under.add(one);
    }
  }, TURN_MS);
  const last = setTimeout(() => clearInterval(timer), LONGEST_MS);
  return {
    async stop() {
      clearInterval(timer);
      clearTimeout(last);
      await Promise.all(under);
      agent.destroy();
      if (failure !== undefined) throw failure;
      return answered;
    },
  };
}

/** Milliseconds to the next request of a Poisson process. */
function interval(rate: number): number {
  return (-Math.log(1 - Math.random()) * 1000) / rate;
}

function ask(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: ANSWER_MS }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a request was answered with ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error(`a request had no answer in ${ANSWER_MS / 1000} s`)));
  });
}
