import assert from 'node:assert/strict';
import type { Hit, RuntimeDescription } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../server/src/actions/action.ts';
import type { Store, TokenRecord } from '../../server/src/store/store.ts';

export const spec = {
  kind: 'snapshot',
  place: { file: 'src/order.ts', line: 12 },
  expressions: [],
  maxHits: 1,
  timeoutSeconds: 60,
  overheadPercent: 1,
} as const;

export const captured: Hit = {
  time: 1,
  file: '/app/src/order.ts',
  line: 12,
  function: 'total',
  variables: [{ name: 'x', value: { type: 'number', value: '-0' }, scope: 'local' }],
  values: [],
  stack: [],
  redactions: { count: 0, kinds: [] },
  captureUs: 100,
};

export function action(id: string, over: Partial<Action> = {}): Action {
  return {
    id,
    organization: 'org',
    createdBy: 'token-1',
    spec,
    createdAt: 1,
    expiresAt: 60_001,
    state: 'queued',
    hits: 0,
    ...over,
  };
}

export function end(action: Action): Action {
  return { ...action, state: 'cancelled', reason: 'enough', endedAt: 5 };
}

export function runtime(id: string, over: Partial<RuntimeDescription> = {}): RuntimeDescription {
  return {
    id,
    service: 'shop',
    tags: { zone: 'a' },
    language: 'node',
    languageVersion: '20.20.2',
    agentVersion: '0.1.0',
    host: 'h',
    pid: 1,
    startedAt: 1,
    capabilities: ['snapshot'],
    ...over,
  };
}

export function placement(actionId: string, id: string, over: Partial<RuntimeDescription> = {}): Placement {
  return { actionId, runtime: runtime(id, over), status: 'queued', lastSequence: 0 };
}

export function token(id: string, over: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id,
    organization: 'org',
    kind: 'mcp',
    role: 'developer',
    name: id,
    hash: `hash of ${id}`,
    createdAt: 1,
    ...over,
  };
}

export async function attach(store: Store, id: string, organization = 'org') {
  const attached = await store.runtimes.attach(organization, runtime(id), 'here', 10);
  assert.ok(attached);
  return attached;
}

export async function hitAction<const Names extends string[]>(
  store: Store,
  id: string,
  maxHits: number,
  ...names: Names
) {
  const placements = names.map((name) => placement(id, name));
  await store.actions.create('org', action(id, { spec: { ...spec, maxHits } }), placements);
  const attached = await Promise.all(names.map((name) => attach(store, name)));
  return attached as { [K in keyof Names]: Awaited<ReturnType<typeof attach>> };
}

export function hit(runtime: string, sequence: number) {
  return { runtime, sequence, hit: captured, receivedAt: 77, capturedAt: 77 };
}

export function accept(
  store: Store,
  id: string,
  from: { runtime: RuntimeDescription; epoch: number },
  sequence: number,
) {
  return store.actions.acceptHit('org', id, { ...hit(from.runtime.id, sequence), epoch: from.epoch });
}
