import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { Allowance, type OwnLimits } from '../src/allowance/allowance.ts';
import { Minute } from '../src/allowance/minute.ts';
import { NO_RULES } from '../src/application/redaction.ts';
import { GATE } from '../src/application/shared.ts';
import { Intake } from '../src/connection/intake.ts';
import { HandOver } from '../src/probes/hand-over.ts';

describe('a minute', () => {
  it(proves('agent:own-limits', 'never holds more than its most, wherever it begins'), () => {
    const minute = new Minute(100);
    const taken: { at: number; amount: number }[] = [];
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let at = 0; at < 600_000; at += Math.floor(random() * 2500)) {
      const amount = Math.min(minute.left(at), Math.ceil(random() * 9));
      if (amount === 0) {
        const back = minute.backInMs(at);
        assert.ok(back > 0 && back <= 61_000);
        at += back;
        assert.ok(minute.left(at) > 0, 'it says when some of it is back');
        continue;
      }
      minute.take(amount, at);
      taken.push({ at, amount });
      const within = taken.filter((one) => one.at > at - 60_000).reduce((sum, one) => sum + one.amount, 0);
      assert.ok(within <= 100, `${within} in the minute before ${at}`);
    }
    assert.ok(taken.reduce((sum, { amount }) => sum + amount, 0) > 900, 'and it does not hold back for long');
  });

  it('is whole again after a long time', () => {
    const minute = new Minute(5);
    minute.take(5, 1000);
    assert.equal(minute.left(1000), 0);
    assert.equal(minute.left(1_000_000_000), 5);
    assert.equal(minute.backInMs(1_000_000_000), 0);
  });
});

describe('what the agent gives at most', () => {
  function allowance(over: Partial<OwnLimits> = {}) {
    const gate = new Float64Array(GATE.columns);
    const clock: { now: number; busyMs: number; workedMs: number | undefined } = {
      now: 0,
      busyMs: 0,
      workedMs: undefined,
    };
    const limits = { overheadPercent: 20, hitsPerMinute: 100, bytesPerMinute: 64 * 1024 * 1024, ...over };
    const one = new Allowance({
      limits,
      gate,
      now: () => clock.now,
      busyMs: () => clock.busyMs,
      workedMs: () => clock.workedMs,
    });
    return { one, clock, mayCapture: () => (gate[GATE.limit] ?? 0) > (gate[GATE.captured] ?? 0), gate };
  }

  it('lets so many hits be captured, also while none of them has come yet', () => {
    const { one, gate, mayCapture, clock } = allowance({ hitsPerMinute: 3 });
    for (let hit = 1; hit <= 3; hit++) {
      assert.ok(mayCapture());
      gate[GATE.captured] = hit;
    }
    assert.ok(!mayCapture());
    for (let hit = 0; hit < 3; hit++) one.captured(100);
    assert.ok(!mayCapture());
    assert.deepEqual(one.reached, { of: 'hits', most: 3 });
    const problem = one.refusal();
    assert.equal(problem?.code, 'QUOTA_EXCEEDED');
    assert.match(problem?.message ?? '', /own limit of 3 hits a minute/);
    assert.match(problem?.hint ?? '', /in 61 s/);
    clock.now = 61_000;
    one.account(0);
    assert.ok(mayCapture());
    assert.equal(one.refusal(), undefined);
  });

  it('lets no more hits be on their way than could each be as large as one may be', () => {
    const { one, gate, mayCapture } = allowance({ bytesPerMinute: 4 * LIMITS.hitBytes });
    let captured = 0;
    while (mayCapture()) gate[GATE.captured] = ++captured;
    assert.equal(captured, 4);
    for (let hit = 0; hit < 4; hit++) one.captured(LIMITS.hitBytes / 2);
    assert.deepEqual(one.reached, undefined);
    while (mayCapture()) gate[GATE.captured] = ++captured;
    assert.equal(captured, 6);
    for (let hit = 0; hit < 2; hit++) one.captured(LIMITS.hitBytes);
    assert.deepEqual(one.reached, { of: 'bytes', most: 4 * LIMITS.hitBytes });
  });

  it('counts what is taken of the application, and waits until it is paid back', () => {
    const { one, clock, mayCapture } = allowance({ overheadPercent: 2 });
    one.account(150);
    assert.equal(one.reached, undefined);
    one.account(250);
    assert.deepEqual(one.reached, { of: 'overhead', most: 2 });
    assert.ok(!mayCapture());
    assert.match(one.refusal()?.hint ?? '', /in 3 s/);
    clock.now = 2600;
    one.account(250);
    assert.equal(one.reached, undefined);
    assert.ok(mayCapture());
  });

  it('counts no more than the thread has worked, whatever the clock says of it', () => {
    const { one, clock } = allowance({ overheadPercent: 2 });
    clock.workedMs = 0;
    one.account(0);
    clock.now = 100;
    one.account(0);
    one.account(500);
    assert.deepEqual(one.reached, { of: 'overhead', most: 2 }, 'until it is known better');
    clock.now = 200;
    clock.workedMs = 60;
    one.account(500);
    assert.equal(one.reached, undefined);
    clock.now = 300;
    clock.workedMs = 400;
    one.account(900);
    assert.deepEqual(one.reached, { of: 'overhead', most: 2 });
  });

  it('refuses orders while its own thread has worked too much', () => {
    const { one, clock, mayCapture } = allowance();
    clock.busyMs = 59_000;
    one.account(0);
    assert.equal(one.refusal(), undefined);
    clock.busyMs = 61_000;
    one.account(0);
    assert.match(one.refusal()?.message ?? '', /25 % of a core for its own work/);
    assert.ok(mayCapture(), 'what is in place goes on');
    clock.now = 10_000;
    one.account(0);
    assert.equal(one.refusal(), undefined);
  });

  it('answers with so many bytes, and refuses an action that asks for more of a core than there is', () => {
    const { one } = allowance({ bytesPerMinute: 1000, overheadPercent: 5 });
    assert.ok(one.mayAnswer(600));
    assert.ok(!one.mayAnswer(600));
    assert.ok(one.mayAnswer(400));
    assert.equal(one.answerRefusal().code, 'QUOTA_EXCEEDED');
    assert.equal(one.judge(5), undefined);
    assert.equal(one.judge(5.1)?.code, 'LIMIT_EXCEEDED');
  });
});

describe('a broker that floods', () => {
  it('is read a minute later', () => {
    let now = 0;
    const intake = new Intake(() => now);
    let frames = 1;
    while (intake.read(100) === 0) frames++;
    assert.equal(frames, 20_000);
    now = 61_000;
    assert.equal(intake.read(100), 0);
    assert.equal(intake.read(64 * 1024 * 1024), 61_000);
  });

  it('leaves no policies behind that the application never reads', async () => {
    const posted: string[] = [];
    let read = () => {};
    let attached = false;
    const handOver = new HandOver({
      post: (message) => posted.push(message.type === 'policy' ? (message.keyNames[0] ?? '') : ''),
      attached: () => attached,
      ask: () =>
        new Promise((resolve) => {
          read = resolve;
        }),
    });
    const policy = (n: number) =>
      handOver.policy({ type: 'policy', ...NO_RULES, keyNames: [`${n}`], blockedClasses: [] });
    for (let n = 0; n < 50; n++) policy(n);
    assert.deepEqual(posted, [], 'nothing is attached');
    attached = true;
    handOver.post();
    assert.deepEqual(posted, ['49']);
    for (let n = 50; n < 100; n++) policy(n);
    assert.deepEqual(posted, ['49', '50', '51', '52'], 'the thread has read none of them');
    read();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(posted, ['49', '50', '51', '52', '99'], 'and then the newest');
  });
});
