import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArmSpec } from '@borescope/agent-protocol';
import { allocate, PROBE } from '../src/application/shared.ts';
import { type LiveAction, newAction } from '../src/probes/live-action.ts';
import { PlaceTable } from '../src/probes/place-table.ts';
import { armSpec } from './support/broker.ts';

const KB = 1024;
const TREE = { root: { type: 'literal', value: true, at: 0 }, names: [], usesThis: false } as const;

/** A table whose debugger answers at once; `armed` are the conditions of its breakpoints: none is a real pause. */
function table(debugged = false) {
  const memory = allocate();
  const armed: string[] = [];
  const arm = async (_at: unknown, condition: string) => {
    armed.push(condition === '' ? 'pause' : 'condition');
    return { id: String(armed.length), stallMs: 0 };
  };
  const told: number[] = [];
  const places = new PlaceTable({
    debugger: {
      setBreakpoint: arm,
      setBreakpointAhead: (_url, at, condition) => arm(at, condition),
      removeBreakpoint: async () => 0,
      skipPauses: async () => {},
    },
    memory,
    tell: (message) => {
      if (message.type === 'place') told.push(message.parseUs);
    },
    hides: () => false,
    mostPercent: 20,
    now: () => 0,
    cost: () => ({ baseUs: 100, perCodeUnitUs: 0.05 }),
    debugged: async () => debugged,
    use: () => undefined,
    disturbed: () => false,
  });
  return {
    told,
    async place(line: number, scriptLength: number, spec: Partial<ArmSpec> = {}): Promise<LiveAction> {
      const action = newAction(armSpec({ actionId: `${armed.length}`, place: { file: 'a.js', line }, ...spec }), 0);
      if (spec.condition !== undefined) action.condition = { ...TREE, condition: true, makesTexts: false };
      const at = {
        names: [],
        used: new Set<string>(),
        hasThis: false,
        functionLength: 200,
        thisInPause: 'always',
        scriptLength,
        unseen: 'none',
      } as const;
      await places.add(action, `1:${line}:0`, [{ location: { scriptId: '1', line, column: 0 } }], at);
      return action;
    },
    /** It was passed once, and has ended. */
    async passed(action: LiveAction): Promise<void> {
      memory.probes[PROBE.passes] = 1;
      await places.leave(action);
    },
    last: () => armed.at(-1),
  };
}

describe('a probe in a big script', () => {
  it('is captured in its condition where the script is short', async () => {
    const { place, last } = table();
    await place(1, 90 * KB);
    assert.equal(last(), 'condition');
  });

  it('pauses for a few hits, where V8 would parse longer than that for the first condition', async () => {
    const { place, last } = table();
    await place(1, 120 * KB, { maxHits: 1 });
    assert.equal(last(), 'pause');
    await place(2, 120 * KB, { maxHits: 5 });
    assert.equal(last(), 'pause');
  });

  it('lets V8 parse once where more passes are wanted than the parse takes pauses', async () => {
    const { place, last } = table();
    await place(1, 120 * KB, { maxHits: 50 });
    assert.equal(last(), 'condition');
    await place(2, 300 * KB, { condition: 'true', maxHits: 1 });
    assert.equal(last(), 'condition');
  });

  it('pauses whatever is wanted where the parse would be felt', async () => {
    const { place, last } = table();
    await place(1, 1000 * KB, { condition: 'true', maxHits: 50 });
    assert.equal(last(), 'pause');
  });

  it('never pauses while a person may be debugging', async () => {
    const { place, last } = table(true);
    await place(1, 1000 * KB);
    assert.equal(last(), 'condition');
  });

  it('needs no pause where V8 has evaluated before', async () => {
    const { place, passed, last } = table();
    await passed(await place(1, 200 * KB, { condition: 'true' }));
    await place(1, 200 * KB, { maxHits: 1 });
    assert.equal(last(), 'condition');
    await place(2, 200 * KB, { maxHits: 1 });
    assert.equal(last(), 'pause', 'another place may be in another function');
  });

  it('counts the parse once, with the first pass that pays for it', async () => {
    const { place, passed, told } = table();
    const action = await place(1, 200 * KB, { condition: 'true' });
    assert.equal(told.at(-1), 200 * KB * 0.05);
    await passed(action);
    await place(1, 200 * KB, { condition: 'true' });
    assert.equal(told.at(-1), 0);
  });
});
