import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { systemClock } from '../src/clock.ts';
import { listRuntimes } from '../src/mcp/tools/list-runtimes.ts';
import { developer, startEngine } from './engine-harness.ts';

test(
  proves('tools:overdue', 'a runtime that should have been heard of since is listed with how long it is silent'),
  async (t) => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    const { engine, attach } = await startEngine(t, { clock, heartbeatMs: 15_000 });
    await attach('silent');
    const list = async () => {
      const { signal } = new AbortController();
      const { text, structured } = await listRuntimes.call(
        {},
        { actions: engine.actions, caller: developer, now: clock.now, later: clock.later, signal },
      );
      return { text, runtimes: Object(structured['groups'])[0].runtimes };
    };
    ahead = 15_000;
    assert.equal((await list()).runtimes[0].last_heard_seconds_ago, undefined, 'a ping may be on its way');
    ahead = 40_000;
    await attach('heard');
    const { text, runtimes } = await list();
    const [heard, silent] = runtimes;
    assert.equal(heard.last_heard_seconds_ago, undefined);
    assert.ok(silent.last_heard_seconds_ago >= 40, JSON.stringify(silent));
    assert.match(text, /^ {2}runtime-silent .*\(last heard 4\d s ago: its connection may be dead\)$/m);
    assert.doesNotMatch(text, /runtime-heard .*last heard/);
  },
);
