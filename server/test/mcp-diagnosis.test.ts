import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import type { Action, Placement } from '../src/actions/action.ts';
import { diagnose } from '../src/mcp/diagnosis.ts';

const action: Action = {
  id: 'act_1',
  organization: 'org',
  createdBy: 'tok',
  spec: {
    kind: 'snapshot',
    place: { file: 'src/cart.ts', line: 7 },
    expressions: [],
    maxHits: 1,
    timeoutSeconds: 60,
    overheadPercent: 1,
  },
  createdAt: 0,
  expiresAt: 60_000,
  state: 'expired',
  endedAt: 60_000,
  hits: 0,
};

const quiet: Observation = {
  passes: 0,
  conditionFalse: 0,
  conditionErrors: 0,
  dropped: 0,
  armedMs: 60_000,
  placedMs: 60_000,
};

function placement(id: string, rest: Partial<Placement>): Placement {
  return {
    actionId: 'act_1',
    runtime: {
      id,
      service: 'shop',
      tags: {},
      language: 'node',
      languageVersion: '20.20.2',
      agentVersion: '0.1.0',
      host: 'h',
      pid: 1,
      startedAt: 0,
      capabilities: ['snapshot'],
    },
    status: 'removed',
    lastSequence: 0,
    ...rest,
  };
}

function causeOf(rest: Partial<Placement>): string | undefined {
  return diagnose({ action, placements: [placement('runtime-1', rest)], hits: [] }, 60_000)?.[0]?.cause;
}

const bound = (scriptHash: string) => ({ file: 'src/cart.ts', line: 7, sourceLine: 'x', scriptHash });

test(proves('tools:diagnosis', 'every reason for no hit has a cause of its own'), () => {
  assert.equal(causeOf({ observation: quiet, bound: bound('a') }), 'line_not_passed');
  assert.equal(causeOf({ observation: { ...quiet, passes: 9, conditionFalse: 9 } }), 'condition_false');
  assert.equal(causeOf({ observation: { ...quiet, passes: 9, conditionErrors: 9 } }), 'condition_error');
  assert.equal(causeOf({ observation: { ...quiet, dropped: 5, armedMs: 100 } }), 'sampled_out');
  assert.equal(causeOf({ status: 'pending' }), 'module_not_loaded');
  assert.equal(causeOf({ status: 'armed', goneSince: 50_000, observation: quiet }), 'runtime_gone');
  assert.equal(causeOf({ status: 'failed', problem: { code: 'FILE_NOT_FOUND', message: 'no' } }), 'failed');
  assert.equal(causeOf({ status: 'failed', problem: { code: 'SOURCE_MISMATCH', message: 'no' } }), 'code_differs');
  assert.equal(causeOf({ status: 'queued' }), 'waiting');
});

test('a probe that only waited for its file is told so when its action is over, and as never armed', () => {
  const [entry] =
    diagnose({ action, placements: [placement('runtime-1', { observation: quiet })], hits: [] }, 60_000) ?? [];
  assert.equal(entry?.cause, 'module_not_loaded');
  assert.equal(entry?.armed_seconds, 0);
  assert.equal(entry?.placed_seconds, 60);
});

test('a runtime that runs other code than most is told so', () => {
  const placements = ['a', 'a', 'b'].map((hash, index) =>
    placement(`runtime-${index}`, { observation: quiet, bound: bound(hash) }),
  );
  const causes = diagnose({ action, placements, hits: [] }, 60_000)?.map(({ cause }) => cause);
  assert.deepEqual(causes, ['line_not_passed', 'line_not_passed', 'code_differs']);
});

test('each entry has counts, spans in seconds and a next step', () => {
  const observation = {
    ...quiet,
    passes: 12,
    conditionErrors: 12,
    conditionError: 'x is\u202e undefined',
    armedMs: 1234,
  };
  const [entry] = diagnose({ action, placements: [placement('runtime-1', { observation })], hits: [] }, 60_000) ?? [];
  assert.deepEqual(entry, {
    runtime: 'runtime-1',
    cause: 'condition_error',
    message: 'The condition gave an error on 12 of 12 passes.',
    next_step: 'Mend the condition: condition_error has the first error; inspect_location lists the names in scope.',
    passes: 12,
    condition_false: 0,
    condition_errors: 12,
    condition_error: 'x is\\u202e undefined',
    armed_seconds: 1.2,
    placed_seconds: 60,
  });
});

test('where there is a hit there is nothing to explain', () => {
  assert.equal(diagnose({ action: { ...action, hits: 1 }, placements: [placement('r', {})], hits: [] }, 0), undefined);
});
