import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { allocate } from '../src/application/shared.ts';
import { newAction } from '../src/probes/live-action.ts';
import { PlaceTable } from '../src/probes/place-table.ts';
import { excessOf } from '../src/probes/slowdown.ts';
import type { UnseenWork } from '../src/sources/scopes.ts';
import { armSpec } from './support/broker.ts';

/** Milliseconds between two looks of the watch. */
const TICK = 100;

/** What an application does: shares of a core, and reads and writes a second where they are counted. */
interface Load {
  readonly share: number;
  readonly operations?: number;
}

/** Places in an application that does what `load` says at a time, with the breakpoints that stand then. */
function application(load: (at: number, interpreted: ReadonlySet<string>) => Load, told = true) {
  let now = 0;
  let cpuMs = 0;
  let operations = 0;
  let disturbed = false;
  let lastId = 0;
  const standing = new Map<string, string>();
  const set = async ({ scriptId }: { scriptId: string }) => {
    lastId += 1;
    standing.set(String(lastId), scriptId);
    return { id: String(lastId), stallMs: 0 };
  };
  const interpreted = () => new Set(standing.values());
  const counted = load(0, new Set()).operations !== undefined;
  const table = new PlaceTable({
    debugger: {
      setBreakpoint: set,
      setBreakpointAhead: async (url) => set({ scriptId: url }),
      removeBreakpoint: async (id) => (standing.delete(id) ? 0 : Number.NaN),
      skipPauses: async () => {},
    },
    memory: allocate(),
    tell: () => {},
    hides: () => false,
    mostPercent: 20,
    now: () => now,
    cost: () => ({ baseUs: 100, perCodeUnitUs: 0 }),
    debugged: async () => false,
    use: () => (told ? { cpuMs, waitMs: 0, operations: counted ? operations : undefined } : undefined),
    disturbed: () => disturbed,
  });
  let row = 0;
  return {
    disturb(is: boolean) {
      disturbed = is;
    },
    async place(script: string, unseen: UnseenWork, overheadPercent = 1) {
      const action = newAction(armSpec({ actionId: script, place: { file: script, line: 2 }, overheadPercent }), row++);
      const location = { scriptId: script, line: 1, column: 0 };
      const at = {
        names: [],
        used: new Set<string>(),
        hasThis: false,
        thisInPause: 'always',
        functionLength: 100,
        scriptLength: 100,
        unseen,
      } as const;
      await table.add(action, script, [{ location }], at);
      return action;
    },
    leave: (action: ReturnType<typeof newAction>) => table.leave(action),
    takenMs: () => table.takenMs,
    interpreted,
    /** Seconds go by, tick for tick. Gives the share of them in which the script had its breakpoint, and what was used. */
    async pass(seconds: number, script: string): Promise<{ armed: number; cpuMs: number }> {
      const before = cpuMs;
      let armed = 0;
      for (let gone = 0; gone < seconds * 1000; gone += TICK) {
        const { share, operations: each = 0 } = load(now, interpreted());
        if (interpreted().has(script)) armed += TICK;
        now += TICK;
        cpuMs += share * TICK;
        operations += (each * TICK) / 1000;
        table.tick();
        // What a tick begins ends within some microtasks: the debugger answers at once.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { armed: armed / (seconds * 1000), cpuMs: cpuMs - before };
    },
  };
}

const slowWhenInterpreted = (alone: number, interpreted: number) => (_: number, scripts: ReadonlySet<string>) => ({
  share: scripts.has('slow.js') ? interpreted : alone,
});

describe('a function whose loop is slow while it holds a breakpoint', () => {
  it(
    proves(
      'agent:slow-loop',
      'is found by the processor time of the thread, and watched for its share of the time only',
    ),
    async () => {
      const app = application(slowWhenInterpreted(0.15, 1));
      const action = await app.place('slow.js', 'loop');
      const { armed, cpuMs } = await app.pass(300, 'slow.js');
      assert.ok(armed > 0.005 && armed < 0.02, `armed ${armed}`);
      const extra = cpuMs - 0.15 * 300_000;
      assert.ok(extra > 0 && extra < 300_000 * 0.01 + 1000, `${extra} ms more than without`);
      assert.ok(Math.abs(action.slowdownMs - extra) < extra * 0.2, `told ${action.slowdownMs} of ${extra} ms`);
    },
  );

  it(
    proves('agent:slow-loop', 'is found where action comes after action, and each is gone before the second look'),
    async () => {
      const app = application(slowWhenInterpreted(0.15, 1));
      let cpuMs = 0;
      for (let n = 0; n < 300; n++) {
        const action = await app.place('slow.js', 'loop', 20);
        cpuMs += (await app.pass(0.2, 'slow.js')).cpuMs;
        await app.leave(action);
      }
      const extra = cpuMs - 0.15 * 60_000;
      const told = app.takenMs();
      assert.ok(told > extra * 0.7 && told < extra * 1.3, `told ${told} of ${extra} ms`);
      assert.ok(told > 10_000, `${told} ms`);
    },
  );

  it('may take as much as its action asked for', async () => {
    const app = application(slowWhenInterpreted(0.15, 1));
    await app.place('slow.js', 'loop', 20);
    const { armed } = await app.pass(300, 'slow.js');
    assert.ok(armed > 0.1 && armed < 0.3, `armed ${armed}`);
  });

  it('is found in a saturated server by the work that it does not do', async () => {
    const app = application((_, scripts) => ({ share: 1, operations: scripts.has('slow.js') ? 200 : 2000 }));
    const action = await app.place('slow.js', 'loop');
    const { armed } = await app.pass(300, 'slow.js');
    assert.ok(armed < 0.02, `armed ${armed}`);
    assert.ok(action.slowdownMs > 1000, `told ${action.slowdownMs} ms`);
  });

  it('is given a tenth of the time where a saturated thread tells nothing of its work', async () => {
    const app = application(() => ({ share: 1 }));
    await app.place('slow.js', 'loop');
    const { armed } = await app.pass(300, 'slow.js');
    assert.ok(armed > 0.05 && armed < 0.2, `armed ${armed}`);
  });

  it('is watched all the time again when its calls have become short', async () => {
    const app = application((at, scripts) => ({ share: at < 60_000 && scripts.has('slow.js') ? 1 : 0.02 }));
    await app.place('slow.js', 'loop');
    assert.ok((await app.pass(60, 'slow.js')).armed < 0.1);
    // What it owes from before is paid by a rest.
    await app.pass(60, 'slow.js');
    assert.equal((await app.pass(60, 'slow.js')).armed, 1);
  });

  it('pays together with the places that are armed beside it', async () => {
    const app = application(slowWhenInterpreted(0.15, 1));
    const slow = await app.place('slow.js', 'loop');
    const other = await app.place('other.js', 'call');
    const plain = await app.place('plain.js', 'none');
    const { armed } = await app.pass(60, 'plain.js');
    assert.equal(armed, 1, 'each of its calls passes the place, which tells all');
    assert.ok(slow.slowdownMs > 0 && other.slowdownMs > 0);
    assert.equal(plain.slowdownMs, 0);
  });
});

describe('an application that is not slowed', () => {
  const rare = 'is watched more than nine tenths of the time';
  const loads: Record<string, (at: number) => Load> = {
    quiet: () => ({ share: 0.02 }),
    busy: () => ({ share: 0.4 }),
    'saturated by a server': () => ({ share: 1, operations: 2000 }),
    'as loaded as it likes, by requests': (at) => {
      const share = 0.05 + 0.4 * (1 + Math.sin(at / 3000)) * 0.5;
      return { share, operations: share * 3000 };
    },
    'loaded by something that comes for seconds': (at) => ({ share: at % 20_000 < 4000 ? 0.6 : 0.05 }),
  };
  for (const [name, load] of Object.entries(loads)) {
    it(proves('agent:slow-loop', `${rare} when it is ${name}`), async () => {
      const app = application(load);
      const action = await app.place('slow.js', 'loop');
      const { armed } = await app.pass(300, 'slow.js');
      assert.ok(armed > 0.9, `armed ${armed}`);
      assert.equal(action.slowdownMs, 0);
    });
  }

  it('is not suspected for what the agent itself does in it at first', async () => {
    const app = application((at) => ({ share: at < 1000 ? 0.5 : 0.01 }));
    app.disturb(true);
    await app.place('slow.js', 'loop');
    assert.equal((await app.pass(1, 'slow.js')).armed, 1);
    app.disturb(false);
    assert.equal((await app.pass(10, 'slow.js')).armed, 1);
  });

  it('is watched all the time where nothing tells the time of its thread', async () => {
    const app = application(slowWhenInterpreted(0.15, 1), false);
    await app.place('slow.js', 'loop');
    assert.equal((await app.pass(10, 'slow.js')).armed, 1);
  });
});

it('an action that comes while the breakpoints are taken away for a look is armed at once, and so are all', async () => {
  const app = application(slowWhenInterpreted(0.15, 1));
  await app.place('slow.js', 'loop');
  await app.pass(0.4, 'slow.js');
  assert.equal(app.interpreted().has('slow.js'), false);
  await app.place('other.js', 'none');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...app.interpreted()].sort(), ['other.js', 'slow.js']);
});

it('nothing stays when the action leaves while its breakpoint is taken away for a look', async () => {
  const app = application(slowWhenInterpreted(0.15, 1));
  const action = await app.place('slow.js', 'loop');
  await app.pass(0.4, 'slow.js');
  await app.leave(action);
  assert.equal((await app.pass(5, 'slow.js')).armed, 0);
  assert.equal(app.interpreted().size, 0);
});

describe('the excess of a stretch with breakpoints over one without', () => {
  const quiet = { ownMs: 1000, cpuMs: 100, operations: undefined };
  it('is the time that plainly more was used, and none where it is little or not twice as much', () => {
    assert.equal(excessOf({ ownMs: 300, cpuMs: 270, operations: undefined }, quiet, true), 240);
    assert.equal(excessOf({ ownMs: 300, cpuMs: 58, operations: undefined }, quiet, true), 0);
    const idle = { ...quiet, cpuMs: 0 };
    assert.equal(excessOf({ ownMs: 300, cpuMs: 29, operations: undefined }, idle, true), 0);
    assert.equal(excessOf({ ownMs: 300, cpuMs: 30, operations: undefined }, idle, true), 30);
  });

  it('is not the time of more work', () => {
    const control = { ownMs: 1000, cpuMs: 100, operations: 200 };
    assert.equal(excessOf({ ownMs: 1000, cpuMs: 400, operations: 800 }, control, true), 0);
    assert.equal(excessOf({ ownMs: 1000, cpuMs: 400, operations: 200 }, control, true), 300);
  });
});
