import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { Action } from '../src/actions/action.ts';
import type { Actions, ActionView } from '../src/actions/actions.ts';
import type { ProgressReport } from '../src/mcp/tool.ts';
import { waitForEnd, waitUntil } from '../src/mcp/wait.ts';

const action: Action = {
  id: 'act_1',
  organization: 'o',
  createdBy: 't',
  spec: {
    kind: 'snapshot',
    place: { file: 'a', line: 1 },
    expressions: [],
    maxHits: 5,
    timeoutSeconds: 300,
    overheadPercent: 1,
  },
  createdAt: 0,
  expiresAt: 300_000,
  state: 'armed',
  hits: 0,
};

test('without progress a call ends before a client gives up at 60 s of silence', () => {
  assert.equal(waitUntil(action, undefined, false, 0), 45_000);
});

test(
  proves('tools:progress', 'with progress a call waits until the action has ended, and a little for the last words'),
  () => {
    assert.equal(waitUntil(action, undefined, true, 0), 312_000);
    assert.equal(waitUntil(action, 300, true, 0), 312_000);
  },
);

test('a time that was named holds, with and without progress', () => {
  assert.equal(waitUntil(action, 10, true, 0), 10_000);
  assert.equal(waitUntil(action, 100, false, 0), 100_000);
  assert.equal(waitUntil(action, 0, false, 5), 5);
});

test(proves('tools:progress', 'progress is told at once and then at least every 10 s, and always grows'), async () => {
  const told: ProgressReport[] = [];
  const times: number[] = [];
  let now = 0;
  let next: { at: number; run: () => void } | undefined;
  const tick = (ms: number) => {
    const end = now + ms;
    while (next !== undefined && next.at <= end) {
      const { at, run } = next;
      next = undefined;
      now = at;
      run();
    }
    now = end;
  };
  let end: (view: ActionView) => void = () => undefined;
  let change: ((view: ActionView) => void) | undefined;
  const view: ActionView = { action, placements: [], hits: [] };
  const actions: Pick<Actions, 'wait'> = {
    wait: (_caller, _id, { onChange }) => {
      change = onChange;
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  };
  const waiting = waitForEnd(
    {
      actions: Object.assign(Object.create(null), actions),
      caller: { organization: 'o', tokenId: 't', tokenName: 'n', kind: 'mcp', role: 'developer' },
      now: () => now,
      later(ms, run) {
        next = { at: now + ms, run };
        return () => {
          next = undefined;
        };
      },
      signal: new AbortController().signal,
      progress: (report) => {
        told.push(report);
        times.push(now);
      },
    },
    action,
    undefined,
  );
  assert.equal(told.length, 1, 'at once');
  tick(60_000);
  change?.({ ...view, action: { ...action, hits: 1 } });
  change?.({ ...view, action: { ...action, hits: 1 } });
  end(view);
  await waiting;
  assert.equal(next, undefined, 'nothing after the end');
  for (const [index, time] of times.entries()) assert.ok(time - (times[index - 1] ?? 0) <= 10_000);
  assert.ok((times.at(-1) ?? 0) >= 56_000);
  for (const [index, report] of told.entries()) assert.ok(report.progress > (told[index - 1]?.progress ?? -1));
  assert.match(told.at(-1)?.message ?? '', /1 of 5 hits/);
  assert.equal(told.length, new Set(told.map(({ progress }) => progress)).size);
  assert.equal(told.filter(({ message }) => message.includes('1 of 5')).length, 1, 'nothing twice');
});
