import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { LONG } from './long.ts';
import { Site } from './site.ts';
import { USAGE_ARGUMENTS, usageOf } from './usage.ts';

const CALLS = LONG ? 1_000 : 100;
const FIRST_CALLS = 50;
const ACTIONS = 10;
/** Bytes that the heap may have grown over a round: caches that fill, and what V8 keeps of code. */
const HEAP_GROWTH = 4 * 1024 * 1024;

describe(`${CALLS} calls that wait at once`, () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start({ nodeArguments: () => USAGE_ARGUMENTS });
    caller = await site.caller();
  });
  after(() => site?.close());

  /** `leave`: the callers go away while they wait. */
  async function round(name: string, leave: boolean, count: number): Promise<void> {
    const agent = await site.agent(name);
    agent.busy = false;
    const placed = await Promise.all(
      Array.from({ length: ACTIONS }, () => caller.place({ service: name, maxHits: 2, timeoutSeconds: 60 })),
    );
    const ids = placed.map((answer) => ('view' in answer ? answer.view.action.id : assert.fail('placed')));
    await until(async () => agent.probes === ACTIONS);
    const calls = Array.from({ length: count }, (_, index) => caller.look(ids[index % ACTIONS] ?? '', 50));
    // Each holds a connection of its own, and the answer of one that does not wait comes behind theirs.
    await until(async () => site.door.open >= count);
    await caller.look(ids[0] ?? '');
    if (leave) site.door.cut();
    else agent.busy = true;
    const answers = await Promise.all(calls);
    agent.busy = true;
    assert.ok(answers.every((answer) => (leave ? 'unknown' in answer : 'view' in answer)));
    if (!leave) assert.ok(answers.every((answer) => 'view' in answer && answer.view.action.state === 'completed'));
    await until(async () => agent.probes === 0);
    for (const id of ids) assert.equal((await caller.ended(id, 30_000))?.action.state, 'completed');
    agent.kill();
    site.door.cut();
  }

  it(
    proves('faults:waiting', 'are all answered, or end with their callers; then nothing of them is left'),
    async () => {
      await round('first', false, FIRST_CALLS);
      await round('first-left', true, FIRST_CALLS);
      const before = await settled();
      await round('answered', false, CALLS);
      await round('left', true, CALLS);
      const afterwards = await settled();
      assert.ok(afterwards.sockets <= before.sockets, `${afterwards.sockets} sockets, ${before.sockets} before`);
      assert.ok(afterwards.timers <= before.timers + 1, `${afterwards.timers} timers, ${before.timers} before`);
      const grown = afterwards.heap - before.heap;
      assert.ok(grown < HEAP_GROWTH, `the heap has grown by ${grown} bytes`);
      assert.doesNotMatch(site.broker().errorOutput, /MaxListenersExceeded/);
      await site.verify();
    },
  );

  /** The usage as soon as no socket of callers or agents is left. */
  async function settled() {
    await until(async () => site.door.open === 0 && site.wire.open === 0);
    await until(async () => (await usageOf(site.broker())).sockets <= 1);
    return usageOf(site.broker());
  }
});
