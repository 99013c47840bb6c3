import type { Hit } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../server/src/actions/action.ts';
import type { AuditEnd, StoredAuditEntry } from '../../server/src/store/audit-store.ts';
import type { StoreRecord } from '../../server/src/store/moving/record.ts';
import type { Store } from '../../server/src/store/store.ts';
import { accept, action, attach, captured, hitAction, placement, runtime, spec, token } from './store-samples.ts';

/** What names and captured texts may hold, and engines and formats may stumble over. */
const ODD = 'ö {:*?[x]}% \\ "\u0000 \u202e \ud83d\ude00 \ud800 ☃\r\n';
/** The same for names: what cannot be written as UTF-8 names nothing. */
export const ODD_NAME = 'ö {:*?[x]}% \\ " \ud83d\ude00 ☃';

export const DAYS = ['2026-11-20', '2026-11-21'] as const;

/** A hit of just under 64 KiB. */
const big: Hit = {
  ...captured,
  variables: Array.from({ length: 60 }, (_, n) => ({
    name: `v${n}`,
    value: { type: 'string' as const, value: 'é'.repeat(500) },
    scope: 'local' as const,
  })),
};

const odd: Hit = {
  ...captured,
  function: ODD,
  variables: [{ name: '__proto__', value: { type: 'string', value: ODD }, scope: 'local' }],
};

/** Something of each kind, in each state that it can be in. `now`: milliseconds since the epoch. */
export async function fill(store: Store, now: number): Promise<void> {
  await store.organizations.create({ id: 'org', name: 'acme', createdAt: 7 });
  await store.organizations.create({ id: `org ${ODD_NAME}`, name: ODD_NAME, createdAt: 8 });

  await store.tokens.create('org', token('t-bare'));
  const bound = { services: ['a', ODD_NAME], environments: [], name: ODD_NAME };
  await store.tokens.create('org', token('t-bound', { ...bound, lastUsedAt: 5 }));
  await store.tokens.create('org', token('t-expired', { expiresAt: 5 }));
  await store.tokens.create('org', token('t-revoked'));
  await store.tokens.revoke('org', 't-revoked', 6);
  await store.tokens.create(`org ${ODD_NAME}`, token('t-bare', { organization: `org ${ODD_NAME}`, hash: 'other' }));

  await store.keys.pseudonymKey('org', DAYS[0], 'key of yesterday');
  await store.keys.pseudonymKey('org', DAYS[1], 'key of today');

  await fillAccess(store, now);

  // One that has had three attachments, one that left, one that is attached, and one whose name is odd.
  for (const _ of [1, 2, 3]) await attach(store, 'runtime-thrice');
  const left = await attach(store, 'runtime-left');
  await store.runtimes.detach('org', 'runtime-left', left.epoch, 20);
  await attach(store, ODD_NAME, `org ${ODD_NAME}`);

  // Live, with two of four hits, on a runtime that is attached and on one that has failed.
  const spec4 = { ...spec, maxHits: 4, condition: 'x > 1', expressions: ['x'] };
  const live = action('a-live', { spec: spec4, createdAt: now, expiresAt: now + 600_000 });
  await store.actions.create('org', live, [placement('a-live', 'runtime-on'), placement('a-live', 'runtime-failed')]);
  await store.actions.change('org', 'a-live', (before) => ({ ...before, state: 'armed' }));
  await store.actions.changePlacement('org', 'a-live', 'runtime-failed', ({ placement: before }) => ({
    placement: { ...before, status: 'failed', problem: { code: 'FILE_NOT_FOUND', message: 'no file' } },
  }));
  await store.actions.changePlacement('org', 'a-live', 'runtime-on', ({ placement: before }) => ({
    placement: { ...before, status: 'armed', bound: { file: 'src/order.ts', line: 12, sourceLine: ODD } },
  }));
  const on = await attach(store, 'runtime-on');
  for (const sequence of [1, 2]) await accept(store, 'a-live', on, sequence);

  // Complete, with 50 of the largest hits, and with odd ones on two runtimes.
  const [many] = await hitAction(store, 'a-many', 50, 'runtime-many');
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      store.actions.acceptHit('org', 'a-many', {
        runtime: 'runtime-many',
        epoch: many.epoch,
        sequence: n + 1,
        hit: big,
        receivedAt: 77,
        capturedAt: 77,
      }),
    ),
  );
  const both = await hitAction(store, 'a-odd', 2, 'runtime-1', 'runtime-2');
  for (const { runtime: from, epoch } of both) {
    const at = { runtime: from.id, epoch, sequence: 1, receivedAt: 78, capturedAt: 78 };
    await store.actions.acceptHit('org', 'a-odd', { ...at, hit: odd });
  }

  // Queued for a runtime that left, in another organization under the same id; and one that was cancelled.
  const elsewhere = { organization: `org ${ODD_NAME}`, createdAt: now, expiresAt: now + 500_000 };
  const queued = action('a-live', elsewhere);
  await store.actions.create(elsewhere.organization, queued, [
    placement('a-live', ODD_NAME, { service: ODD_NAME, environment: ODD_NAME, tags: { [ODD_NAME]: ODD } }),
  ]);
  await store.actions.create('org', action('a-over'), [placement('a-over', 'runtime-on')]);
  await store.actions.change('org', 'a-over', (before) => ({
    ...before,
    state: 'cancelled',
    reason: ODD_NAME,
    endedAt: now - 1_000,
  }));
}

/** A span in which windows of the samples are. */
export const WINDOW = { kind: 'window', name: ODD_NAME, amount: 3, limit: 5, windowMs: 24 * 3_600_000 } as const;
export const BUCKET = { kind: 'bucket', name: 'calls', amount: 5, limit: 5, perSecond: 0.001 } as const;
export const GRANTS = 450;

/** An entry of the chain of the samples. */
export function entry(sequence: number): StoredAuditEntry {
  return { sequence, at: 1_000 + sequence, text: JSON.stringify({ sequence, ODD_NAME }), mac: `mac-${sequence}` };
}

export function endAt(sequence: number): AuditEnd {
  return { sequence, mac: sequence === 0 ? '' : `mac-${sequence}`, seal: `seal of ${sequence}` };
}

export function lease(id: string, now: number) {
  return { kind: 'lease', name: ODD_NAME, id, until: now + 1_800_000, limit: 2 } as const;
}

/** What is kept for access: documents with and without an end, also of no organization that is listed; a chain that was pruned; counters. */
async function fillAccess({ documents, audit, quotas, tokens }: Store, now: number): Promise<void> {
  await tokens.create('org', token('t-owned', { owner: 'ann@example.com' }));
  const value = { [ODD_NAME]: ODD, __proto__x: null, list: [1, 'a', { b: true }] };
  await documents.put('org', `kind ${ODD_NAME}`, { id: ODD_NAME, value }, 0);
  for (const version of [0, 1, 2]) await documents.put('org', 'policy', { id: 'a', value: { version } }, version);
  await documents.put(`org ${ODD_NAME}`, 'policy', { id: 'a', value: { other: true } }, 0);
  for (let n = 0; n < GRANTS; n++) {
    await documents.put('@oauth', 'grant', { id: `g-${n}`, value: { n }, expiresAt: now + 1_800_000 + n }, 0);
  }
  await documents.put('@oauth', 'grant', { id: 'over', value: {}, expiresAt: now - 1_000 }, 0);

  const entries = Array.from({ length: 500 }, (_, n) => entry(n + 1));
  await audit.append('org', 0, entries, { base: endAt(0), head: endAt(500) });
  await audit.prune('org', endAt(20));
  await audit.append('@sign-in', 0, [entry(1)], { base: endAt(0), head: endAt(1) });
  await audit.prune('@sign-in', endAt(1));

  await quotas.take('org', [WINDOW, BUCKET, lease('l-1', now), lease(ODD_NAME, now)], now);
  await quotas.take(`org ${ODD_NAME}`, [{ ...WINDOW, amount: 1 }], now);
  await quotas.take(
    'org',
    [
      { ...WINDOW, windowMs: 1_000 },
      { ...lease('over', now), name: 'over', until: now },
    ],
    now - 5_000,
  );
}

/** Ended actions of the organization `default`, each with hits of about a kilobyte. */
export function* endedActions(count: number, hits: number, now: number): Generator<StoreRecord> {
  const over: Pick<Action, 'organization' | 'state' | 'endedAt' | 'hits'> = {
    organization: 'default',
    state: 'completed',
    endedAt: now,
    hits,
  };
  const hit: Hit = { ...captured, function: 'f'.repeat(500), file: `/app/${'x'.repeat(300)}.ts` };
  for (let n = 0; n < count; n++) {
    const id = `act-${String(n).padStart(6, '0')}`;
    const made = {
      ...action(id, { spec: { ...spec, maxHits: hits }, createdAt: now, expiresAt: now + 60_000 }),
      ...over,
    };
    const placed: Placement = { actionId: id, runtime: runtime('runtime-1'), status: 'removed', lastSequence: hits };
    const stored = Array.from({ length: hits }, (_, index) => ({
      number: index + 1,
      runtime: 'runtime-1',
      sequence: index + 1,
      receivedAt: now,
      hit,
    }));
    yield { kind: 'action', action: made, placements: [placed], hits: stored };
  }
}
