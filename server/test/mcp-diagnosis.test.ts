import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import type { Action, Placement } from '../src/actions/action.ts';
import { actionText } from '../src/mcp/action-text.ts';
import { type Diagnosis, diagnose } from '../src/mcp/diagnosis.ts';
import { renderAction } from '../src/mcp/render-action.ts';

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
  assert.equal(
    causeOf({ observation: { ...quiet, ownLimit: { of: 'bytes', most: 9 } }, bound: bound('a') }),
    'agent_limit',
  );
  assert.equal(causeOf({ status: 'pending' }), 'module_not_loaded');
  assert.equal(causeOf({ status: 'armed', goneSince: 50_000, observation: quiet }), 'runtime_gone');
  assert.equal(causeOf({ status: 'failed', problem: { code: 'FILE_NOT_FOUND', message: 'no' } }), 'failed');
  assert.equal(causeOf({ status: 'failed', problem: { code: 'SOURCE_MISMATCH', message: 'no' } }), 'code_differs');
  assert.equal(causeOf({ status: 'queued' }), 'waiting');
});

test('a limit of the agent itself that was used up is the cause before all that it left unseen', () => {
  const seen: Observation = {
    ...quiet,
    passes: 9,
    conditionFalse: 9,
    dropped: 3,
    armedMs: 100,
    ownLimit: { of: 'hits', most: 6000 },
  };
  const one = placement('runtime-1', { observation: seen, bound: bound('a') });
  const view = { action, placements: [one], hits: [] };
  const [entry] = diagnose(view, 60_000) ?? [];
  assert.equal(entry?.cause, 'agent_limit');
  assert.match(entry?.message ?? '', /the agent's own limit of 6000 hits a minute was used up/);
  assert.match(entry?.message ?? '', /to keep within it the line was watched 0.2 % of the time/);
  assert.match(entry?.next_step ?? '', /BORESCOPE_MAX_HITS_PER_MINUTE/);
  const result = renderAction(view, 60_000);
  assert.equal(result.placements[0]?.own_limit, "the agent's own limit of 6000 hits a minute");
  assert.match(actionText(result, 7, 60_000), /used up for some of the time: the agent's own limit of 6000 hits/);
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
    armedMs: 59_960,
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
    armed_seconds: 60,
    placed_seconds: 60,
  });
});

function entryOf(observation: Partial<Observation>, overheadPercent = 1): Diagnosis {
  const sampled = { ...action, spec: { ...action.spec, overheadPercent } };
  const placements = [placement('runtime-1', { observation: { ...quiet, ...observation }, bound: bound('a') })];
  return diagnose({ action: sampled, placements, hits: [] }, 60_000)?.[0] ?? assert.fail('no entry');
}

test(
  proves(
    ['tools:diagnosis', 'tools:sampled'],
    'a condition that was false on the passes of a sample is told as that, and that more can be seen',
  ),
  () => {
    const {
      cause,
      message,
      next_step: next,
    } = entryOf({ passes: 434, conditionFalse: 434, armedMs: 3600, dropped: 88 });
    assert.equal(cause, 'condition_false');
    assert.equal(
      message,
      'The condition was false on 434 of the 434 passes that were looked at. That is a sample: to keep within ' +
        'overhead_percent the line was watched 6 % of the time (3.6 of 60 s), and passes within it were let go. How ' +
        'often it was passed in all is not known.',
    );
    assert.match(
      next,
      /^A pass for which it is true may be among the others\. Raise overhead_percent \(it was 1\), allow a longer timeout_seconds/,
    );
    const highest = entryOf({ passes: 434, conditionFalse: 434, armedMs: 3600 }, 20);
    assert.doesNotMatch(highest.message, /let go/);
    assert.doesNotMatch(highest.next_step, /overhead_percent/);
    assert.match(entryOf({ passes: 9, conditionFalse: 9, armedMs: 10 }).message, /less than 0\.1 %/);
  },
);

test('passes that were let go make a sample, also where the line was watched all the time', () => {
  assert.match(entryOf({ passes: 9, conditionFalse: 9, dropped: 1 }).message, /watched 100 % of the time.*were let go/);
});

test('errors of a condition, and a line that no pass was seen of, are told as a sample too', () => {
  assert.match(
    entryOf({ passes: 3, conditionErrors: 3, armedMs: 600 }).message,
    /on 3 of the 3 passes that were looked at\..*1 %/,
  );
  const unseen = entryOf({ armedMs: 600 });
  assert.equal(unseen.cause, 'line_not_passed');
  assert.match(unseen.message, /^No pass of the line was seen\. That is a sample/);
  assert.match(unseen.next_step, /^Raise overhead_percent/);
});

test('a line that was watched all the time has its passes counted, also those that were in error', () => {
  assert.equal(
    entryOf({ passes: 9, conditionFalse: 7, conditionErrors: 2 }).message,
    'The line was passed 9 times, and the condition was false on 7 of them and in error on 2.',
  );
});

test('where there is a hit there is nothing to explain', () => {
  assert.equal(diagnose({ action: { ...action, hits: 1 }, placements: [placement('r', {})], hits: [] }, 0), undefined);
});
