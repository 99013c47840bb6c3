import { LIMITS } from '../src/limits.ts';

/** A field of a golden frame, with values that are just allowed and values that are just not. */
export interface Bound {
  readonly frame: string;
  readonly path: string;
  readonly inside: readonly unknown[];
  readonly beyond: readonly unknown[];
}

const text = (length: number) => 'x'.repeat(length);
const list = (length: number, item: unknown) => Array.from({ length }, () => item);

const upTo = (frame: string, path: string, length: number): Bound => ({
  frame,
  path,
  inside: ['', text(length)],
  beyond: [text(length + 1), 1, null],
});

const notEmptyUpTo = (frame: string, path: string, length: number): Bound => ({
  frame,
  path,
  inside: ['x', text(length)],
  beyond: ['', text(length + 1), 1, undefined],
});

const countFrom = (frame: string, path: string, least: number): Bound => ({
  frame,
  path,
  inside: [least, Number.MAX_SAFE_INTEGER],
  beyond: [least - 1, least + 0.5, Number.MAX_SAFE_INTEGER + 1, '1', null, undefined],
});

const notNegative = (frame: string, path: string): Bound => ({
  frame,
  path,
  inside: [0, 0.5],
  beyond: [-0.001, '0', null],
});

const listUpTo = (frame: string, path: string, length: number, item: unknown): Bound => ({
  frame,
  path,
  inside: [[], list(length, item)],
  beyond: [list(length + 1, item), {}, null],
});

const oneOf = (frame: string, path: string, ...inside: unknown[]): Bound => ({
  frame,
  path,
  inside,
  beyond: ['another', '', 1, null],
});

const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

const HELLO = 'hello, first connection';
const STATUS = 'status while armed';
const LIMITED = 'status of an agent that has used up a limit of its own';
const INSPECTED = 'inspected, a line that can carry a probe';
const WELCOME = 'welcome after a reconnect';
const BLOCKING = 'policy that says what may never be inspected';
const live = { actionId: 'a', sequence: 0 };
const variable = { name: 'x', scope: 'local', value: { type: 'null' } };
const stackFrame = { function: 'f', file: 'a.js', line: 1 };
const action = { kind: 'snapshot', place: { file: 'a.js', line: 1 }, expressions: [], maxHits: 1, ttlMs: 1 };

export const AGENT_BOUNDS: readonly Bound[] = [
  countFrom(HELLO, 'protocol.min', 1),
  countFrom(HELLO, 'protocol.max', 1),
  {
    frame: HELLO,
    path: 'runtime.id',
    inside: [text(8), text(64), 'aZ09_-aZ09_-'],
    beyond: [text(7), text(65), 'abc:defgh', 'abcdéfgh', 'abcdefgh\n'],
  },
  notEmptyUpTo(HELLO, 'runtime.service', 256),
  upTo(HELLO, 'runtime.version', 256),
  upTo(HELLO, 'runtime.environment', 256),
  upTo(HELLO, 'runtime.commit', 64),
  {
    frame: HELLO,
    path: 'runtime.tags',
    inside: [{}, tags(64), { [text(128)]: text(256) }],
    beyond: [tags(65), { [text(129)]: '' }, { '': '' }, { a: text(257) }, { a: 1 }, null],
  },
  oneOf(HELLO, 'runtime.language', 'node'),
  upTo(HELLO, 'runtime.languageVersion', 64),
  upTo(HELLO, 'runtime.agentVersion', 64),
  upTo(HELLO, 'runtime.host', 256),
  countFrom(HELLO, 'runtime.pid', 0),
  { frame: HELLO, path: 'runtime.startedAt', inside: [-1, 0, 1.5], beyond: ['0', null, undefined] },
  listUpTo(HELLO, 'runtime.capabilities', 64, text(64)),
  { frame: HELLO, path: 'runtime.capabilities', inside: [['future']], beyond: [[text(65)], [1]] },
  listUpTo(HELLO, 'live', LIMITS.liveActionsPerRuntime, live),
  notEmptyUpTo('hello after a reconnect, with a probe in place', 'live.0.actionId', 64),
  countFrom('hello after a reconnect, with a probe in place', 'live.0.sequence', 0),
  notEmptyUpTo('armed', 'actionId', 64),
  upTo('armed', 'place.file', 4096),
  countFrom('armed', 'place.line', 1),
  { frame: 'armed', path: 'place.column', inside: [0, undefined], beyond: [-1, 0.5] },
  upTo('armed', 'place.sourceLine', LIMITS.stringLength),
  upTo('armed', 'place.function', 1024),
  upTo('armed', 'place.scriptHash', 64),
  notEmptyUpTo('pending', 'actionId', 64),
  oneOf(
    'failed',
    'problem.code',
    'FILE_NOT_FOUND',
    'FILE_AMBIGUOUS',
    'SOURCE_MISMATCH',
    'LIMIT_EXCEEDED',
    'UNAVAILABLE',
  ),
  upTo('failed', 'problem.message', 4096),
  upTo('failed', 'problem.hint', 4096),
  countFrom('hit', 'epoch', 1),
  countFrom('hit', 'sequence', 1),
  { frame: 'hit', path: 'ageMs', inside: [0, Number.MAX_SAFE_INTEGER, undefined], beyond: [-1, 0.5, '0', null] },
  { frame: 'hit', path: 'hit.time', inside: [0, -1, 1.5], beyond: ['0', null, undefined] },
  upTo('hit', 'hit.file', 4096),
  countFrom('hit', 'hit.line', 1),
  upTo('hit', 'hit.function', 1024),
  listUpTo('hit', 'hit.variables', 1000, variable),
  upTo('hit', 'hit.variables.0.name', 1024),
  oneOf('hit', 'hit.variables.0.scope', 'local', 'block', 'closure', 'module', 'this'),
  listUpTo('hit', 'hit.values', 10, { expression: 'x' }),
  upTo('hit', 'hit.values.0.expression', 1024),
  upTo('hit', 'hit.values.1.error', 1024),
  listUpTo('hit', 'hit.stack', 20, stackFrame),
  upTo('hit', 'hit.stack.0.function', 1024),
  upTo('hit', 'hit.stack.0.file', 4096),
  countFrom('hit', 'hit.stack.0.line', 0),
  countFrom('hit', 'hit.redactions.count', 0),
  listUpTo('hit', 'hit.redactions.kinds', 256, text(64)),
  { frame: 'hit', path: 'hit.redactions.kinds', inside: [['email']], beyond: [[text(65)]] },
  notNegative('hit', 'hit.captureUs'),
  { frame: STATUS, path: 'removed', inside: [true, false], beyond: ['true', 0, null, undefined] },
  countFrom(STATUS, 'observation.passes', 0),
  countFrom(STATUS, 'observation.conditionFalse', 0),
  countFrom(STATUS, 'observation.conditionErrors', 0),
  upTo(STATUS, 'observation.conditionError', 1024),
  countFrom(STATUS, 'observation.dropped', 0),
  notNegative(STATUS, 'observation.armedMs'),
  notNegative(STATUS, 'observation.placedMs'),
  oneOf(LIMITED, 'observation.ownLimit.of', 'overhead', 'hits', 'bytes'),
  { frame: LIMITED, path: 'observation.ownLimit.most', inside: [0.5, 20], beyond: [0, -1, '1', null, undefined] },
  countFrom(STATUS, 'cost.samples', 0),
  notNegative(STATUS, 'cost.meanUs'),
  notNegative(STATUS, 'cost.maxUs'),
  notNegative(STATUS, 'cost.totalMs'),
  notNegative(STATUS, 'cost.armingMs'),
  notEmptyUpTo(INSPECTED, 'requestId', 64),
  listUpTo(INSPECTED, 'inspection.source', 100, { line: 1, text: '' }),
  countFrom(INSPECTED, 'inspection.source.0.line', 1),
  upTo(INSPECTED, 'inspection.source.0.text', 1024),
  listUpTo(INSPECTED, 'inspection.names', 500, text(1024)),
  listUpTo(INSPECTED, 'inspection.scripts', 50, text(4096)),
  { frame: INSPECTED, path: 'inspection.pending', inside: [true], beyond: ['true', null, undefined] },
];

export const BROKER_BOUNDS: readonly Bound[] = [
  countFrom(WELCOME, 'protocol', 1),
  countFrom(WELCOME, 'epoch', 1),
  listUpTo(WELCOME, 'actions', 200, { action: { ...action, actionId: 'a', overheadPercent: 1 }, lastSequence: 0 }),
  countFrom(WELCOME, 'actions.0.lastSequence', 0),
  countFrom(WELCOME, 'policy.revision', 0),
  listUpTo(WELCOME, 'policy.keyNames', 1000, text(256)),
  { frame: WELCOME, path: 'policy.keyNames', inside: [['x']], beyond: [[''], [text(257)]] },
  upTo(WELCOME, 'policy.pseudonymKey', 128),
  countFrom(WELCOME, 'heartbeatMs', 1),
  notEmptyUpTo('arm', 'action.actionId', 64),
  oneOf('arm', 'action.kind', 'snapshot'),
  notEmptyUpTo('arm', 'action.place.file', 4096),
  countFrom('arm', 'action.place.line', 1),
  upTo('arm', 'action.place.expectLine', 4096),
  { frame: 'arm', path: 'action.condition', inside: ['x', text(1024), undefined], beyond: ['', text(1025), 1] },
  listUpTo('arm', 'action.expressions', 10, 'x'),
  { frame: 'arm', path: 'action.expressions', inside: [[text(1024)]], beyond: [[''], [text(1025)]] },
  { frame: 'arm', path: 'action.maxHits', inside: [1, 50], beyond: [0, 51, 1.5, '1', null, undefined] },
  { frame: 'arm', path: 'action.ttlMs', inside: [1, 600_000], beyond: [0, 600_001, 0.5, undefined] },
  { frame: 'arm', path: 'action.overheadPercent', inside: [0.01, 20], beyond: [0, 0.009, 20.1, -1, undefined] },
  notEmptyUpTo('ack', 'actionId', 64),
  countFrom('ack', 'sequence', 0),
  countFrom('resend from the start', 'lastSequence', 0),
  oneOf('disarm, completed', 'reason', 'completed', 'expired', 'cancelled', 'failed', 'unknown'),
  countFrom('policy', 'policy.revision', 0),
  ...(['files', 'packages', 'classes'] as const).flatMap((kind) => [
    listUpTo(BLOCKING, `policy.blocked.${kind}`, 1000, text(256)),
    { frame: BLOCKING, path: `policy.blocked.${kind}`, inside: [['x']], beyond: [[''], [text(257)], [1], undefined] },
  ]),
  { frame: BLOCKING, path: 'policy.blocked', inside: [undefined], beyond: [null, [], {}] },
  { frame: 'drain', path: 'reconnectAfterMs', inside: [0, 600_000], beyond: [-1, 600_001, 0.5, null, undefined] },
  notEmptyUpTo('inspect', 'requestId', 64),
  countFrom('inspect', 'place.line', 1),
];
