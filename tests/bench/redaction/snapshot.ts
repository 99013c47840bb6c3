import { type Hit, hit as hitSchema, LIMITS } from '@borescope/agent-protocol';
import { createRedactor, type Redactor } from '@borescope/redaction';
import { NO_RULES, redactorOf } from '../../../agent-node/src/application/redaction.ts';
import { createCapturer } from '../../../agent-node/src/capture/capture.ts';
import { createPolicyRedactor } from '../../../server/src/hits/policy-redactor.ts';
import { redactHit } from '../../../server/src/hits/redact.ts';
import type { Row } from '../report.ts';
import { median, quantile } from '../statistics.ts';
import { requestOf } from './capture-request.ts';
import { type Locals, makeLocals } from './captured-values.ts';
import { createDice } from './dice.ts';
import { readAll, timesOf } from './in-turn.ts';
import { textsOfHits } from './texts.ts';
import { MIXED } from './throughput.ts';

const SNAPSHOTS = 20;
const ROUNDS = 40;
/** Not counted: V8 compiles meanwhile, in threads of its own whose time is the process's, until some thousand calls were made. */
const WARM_UP = 150;
/** Frames in one snapshot: more than fit, so that each is as large as a hit may be. */
const FRAMES = 100;
const TARGET_MS = 2;
const KEY = 'a pseudonym key of the benchmark';

const now = () => performance.now() * 1000;

const NOTHING = createRedactor({ mode: 'off' });

interface Contender {
  readonly what: string;
  readonly run: (index: number) => unknown;
  readonly target?: number;
}

/** What each call took: by the clock, as the application and the broker wait for it, and of processor time. */
interface Calls {
  readonly clock: number[];
  readonly processor: number[];
}

export function snapshot(log: (line: string) => void): Row[] {
  const redactor = redactorOf({ ...NO_RULES, pseudonymKey: KEY });
  const mixed = allLocals(4, MIXED);
  const capture = capturing(redactor, mixed);
  const bare = capturing(NOTHING, mixed);
  const asSent = hitsOf(redactor, mixed);
  const unseen = hitsOf(NOTHING, mixed);
  const full = hitsOf(NOTHING, allLocals(5, 1));
  const second = createPolicyRedactor({ keyNames: [], pseudonymKey: KEY }, undefined);
  const again = (hits: readonly Hit[]) => (index: number) => {
    const hit = hits[index];
    // No expressions were asked for: the redactor of what callers wrote is not reached.
    if (hit !== undefined) redactHit(hit, second, second);
  };
  const { texts } = textsOfHits(6, 0, 512 * 1024);
  const contenders: readonly Contender[] = [
    { what: 'the agent captures mixed data', run: capture, target: TARGET_MS },
    { what: 'the same with a redactor that finds nothing', run: bare },
    { what: 'the broker looks at mixed data that the agent has redacted', run: again(asSent), target: TARGET_MS },
    { what: 'the broker looks at mixed data that nobody has redacted', run: again(unseen), target: TARGET_MS },
    { what: 'the broker looks at data full of findings that nobody has redacted', run: again(full) },
    { what: 'noise of the machine: `charCodeAt` of 512 KiB', run: () => readAll(texts) },
  ];
  const calls = callsOf(contenders);
  const size = median([...asSent, ...unseen, ...full].map(bytesOf)) / 1024;
  const rows = contenders.map(({ what, target }, index): Row => {
    const { clock, processor } = calls[index] ?? { clock: [], processor: [] };
    const p99 = quantile(processor, 0.99);
    log(`${what}: ${told(processor)}`);
    return {
      what: `a hit of ${size.toFixed(0)} KiB: ${what}`,
      measured: `${told(processor)} of processor time; ${told(clock)} by the clock`,
      ratio: `p99 ${(p99 / median(processor)).toFixed(1)} times p50`,
      ...(target !== undefined && { target: `p99 <= ${target} ms of processor time`, met: p99 <= target, why: WHY }),
    };
  });
  const times = timesOf(calls[0]?.processor ?? [], calls[1]?.processor ?? []);
  rows.push({
    what: 'share of the redaction in the time of a capture of mixed data',
    measured: `${(100 * (1 - 1 / times)).toFixed(0)} %`,
    ratio: `${times.toFixed(2)} times a capture with a redactor that finds nothing`,
  });
  return rows;
}

const WHY =
  'the slowest of a hundred are other snapshots in each run: calls that something else on the machine fell into, as the loop that only reads shows, and at the agent those in which V8 collects garbage, which it does in some calls of a hundred.';

function told(samples: readonly number[]): string {
  return `p50 ${median(samples).toFixed(2)} ms, p99 ${quantile(samples, 0.99).toFixed(2)} ms`;
}

function allLocals(seed: number, share: number): Locals[] {
  const dice = createDice(seed);
  return Array.from({ length: SNAPSHOTS }, () => {
    const frames = Array.from({ length: FRAMES }, () => makeLocals(dice, share));
    // Variables of different frames side by side, each as deep as a capture shows it.
    return Object.fromEntries(
      frames.flatMap((frame, at) => Object.entries(frame).map(([name, value]) => [`${name}${at}`, value])),
    );
  });
}

function capturing(redactor: Redactor, all: readonly Locals[]): (index: number) => unknown {
  const capturer = createCapturer({ redactor, now });
  const requests = all.map(requestOf);
  return (index) => {
    const request = requests[index];
    return request === undefined ? undefined : capturer.capture(request);
  };
}

/**
 * As a broker has them, from JSON. Those that the capturer made are let go, as in an agent: V8 would take them for such as
 * live long, and put all that it captures from then on where collecting garbage is dear.
 */
function hitsOf(redactor: Redactor, all: readonly Locals[]): Hit[] {
  const capturer = createCapturer({ redactor, now });
  return all.map((locals) => {
    const hit: Hit = {
      time: 0,
      file: 'src/orders/place-order.ts',
      line: 42,
      function: 'placeOrder',
      ...capturer.capture(requestOf(locals)),
      stack: Array.from({ length: LIMITS.stackFrames }, (_, at) => ({
        function: `Layer.handle_${at}`,
        file: `/srv/shop/node_modules/express/lib/router/layer-${at}.js`,
        line: 90 + at,
        column: 5,
      })),
      captureUs: 500,
    };
    return hitSchema.parse(JSON.parse(JSON.stringify(hit)));
  });
}

/** The contenders in turn, snapshot by snapshot. */
function callsOf(contenders: readonly Contender[]): Calls[] {
  const calls: Calls[] = contenders.map(() => ({ clock: [], processor: [] }));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (let index = 0; index < SNAPSHOTS; index++) {
      for (const [contender, { run }] of contenders.entries()) {
        const used = process.cpuUsage();
        const begun = performance.now();
        run(index);
        const clock = performance.now() - begun;
        const { user, system } = process.cpuUsage(used);
        if (round < WARM_UP) continue;
        calls[contender]?.clock.push(clock);
        calls[contender]?.processor.push((user + system) / 1000);
      }
    }
  }
  return calls;
}

function bytesOf(hit: Hit): number {
  return Buffer.byteLength(JSON.stringify(hit));
}
