import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { BorescopeError } from '../src/actions/error.ts';
import type { QuotaChange } from '../src/quotas/quota-limits.ts';
import { developer, spec, startEngine } from './engine-harness.ts';

const SHOP = { service: 'shop' };

async function underQuotas(t: Parameters<typeof startEngine>[0], change: QuotaChange) {
  const harness = await startEngine(t);
  const attached = await harness.attach('1');
  assert.ok(await harness.engine.controls.quotaChange.set('default', change, 0));
  const place = (over: Partial<typeof spec> = {}, caller: typeof developer = developer) =>
    harness.engine.actions.place(caller, SHOP, { ...spec, ...over });
  return { ...harness, ...attached, place };
}

/** How many of them were let through; the others must all have been refused by a quota. */
async function placed(calls: Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.allSettled(calls);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    assert.ok(outcome.reason instanceof BorescopeError && outcome.reason.code === 'QUOTA_EXCEEDED', outcome.reason);
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

describe('a quota', () => {
  const many = Array.from({ length: 50 }, (_, n) => n);

  for (const [name, change, most] of [
    ['actions an hour of the organization', { organization: { actions_per_hour: 7 } }, 7],
    ['actions an hour of a token', { token: { actions_per_hour: 3 } }, 3],
    ['actions an hour of this very token', { tokens: { 'token-dev': { actions_per_hour: 2 } } }, 2],
    ['actions an hour on a runtime', { runtime: { actions_per_hour: 5 } }, 5],
    ['live actions', { organization: { live_actions: 4 } }, 4],
    ['live actions of a token', { token: { live_actions: 6 } }, 6],
    ['hits a day', { organization: { hits_per_day: 29 } }, 9],
    ['bytes a day', { organization: { bytes_per_day: LIMITS.hitBytes * 10 } }, 3],
    ['no hits at all', { runtime: { hits_per_day: 0 } }, 0],
  ] satisfies [string, QuotaChange, number][]) {
    test(proves('quotas:exact', `of ${name} lets ${most} of 50 calls at once through, and not one more`), async (t) => {
      const { place, store } = await underQuotas(t, change);
      assert.equal(await placed(many.map(() => place({ maxHits: 3 }))), most);
      assert.equal((await store.actions.live()).length, most);
    });
  }

  test(proves('quotas:told', 'says which it is, how much is left, and when to call again'), async (t) => {
    const { place } = await underQuotas(t, { organization: { hits_per_day: 5 } });
    await place({ maxHits: 3 });
    await assert.rejects(place({ maxHits: 3 }), (error: BorescopeError) => {
      assert.equal(error.code, 'QUOTA_EXCEEDED');
      assert.match(error.message, /hits a day of the organization is used up: 2 of 5 are left, and 3 are needed/);
      assert.match(error.hint, /Call again in \d+ s \(\d{4}-\d\d-\d\dT00:00:00\.000Z\)/);
      assert.ok(error.retryable && (error.retryAfterMs ?? 0) > 0);
      return true;
    });
    await place({ maxHits: 2 });
  });

  test(proves('quotas:apart', 'of another token, and of another organization, is another'), async (t) => {
    const { place, attach, engine } = await underQuotas(t, { token: { actions_per_hour: 1 } });
    await place();
    await assert.rejects(place(), { code: 'QUOTA_EXCEEDED' });
    await place({}, { ...developer, tokenId: 'another' });
    const elsewhere = { ...developer, organization: 'other' };
    await attach('2', {}, { ...elsewhere, kind: 'agent' });
    await engine.actions.place(elsewhere, SHOP, spec);
  });

  test('has back at the end of an action what it did not use, once', async (t) => {
    const quotas = { hits_per_day: 10, live_actions: 1, bytes_per_day: LIMITS.hitBytes * 10 };
    const { place, peer, welcome, engine } = await underQuotas(t, { organization: quotas });
    const first = await place({ maxHits: 10 });
    await peer.next('arm');
    peer.armed(first.id);
    for (const sequence of [1, 2, 3]) {
      peer.hit(first.id, welcome.epoch, sequence);
      await peer.next('ack');
    }
    await assert.rejects(place(), { code: 'QUOTA_EXCEEDED' });
    const cancelling = engine.actions.cancel(developer, first.id);
    await peer.next('disarm');
    peer.removed(first.id);
    await cancelling;
    await engine.actions.cancel(developer, first.id);
    const used = new Map((await engine.controls.quotas.usage('default')).map((usage) => [usage.quota, usage.used]));
    assert.deepEqual([used.get('hits a day'), used.get('live actions'), used.get('actions an hour')], [3, 0, 1]);
    const bytes = used.get('bytes of hits a day') ?? 0;
    assert.ok(bytes > 0 && bytes < 3 * 2_000, `${bytes}`);
    await place({ maxHits: 7 });
  });

  test(proves('quotas:exact', 'that is set while actions live is not widened by what these give back'), async (t) => {
    const { place, peer, engine } = await underQuotas(t, { organization: { hits_per_day: null, live_actions: null } });
    const { quotaChange, quotas } = engine.controls;
    const before = await place({ maxHits: 50 });
    await peer.next('arm');
    assert.ok(await quotaChange.set('default', { organization: { hits_per_day: 60 } }, 1));
    await place({ maxHits: 10 });
    await assert.rejects(place(), { code: 'QUOTA_EXCEEDED', message: /0 of 60 are left/ });
    const cancelling = engine.actions.cancel(developer, before.id);
    await peer.next('disarm', before.id);
    peer.removed(before.id);
    await cancelling;
    const used = (await quotas.usage('default')).find(({ quota }) => quota === 'hits a day')?.used;
    assert.equal(used, 10, 'what still lives');
  });

  test('of bytes counts bytes, and not characters', async (t) => {
    const { place, peer, welcome, engine, store } = await underQuotas(t, {});
    const { id } = await place();
    await peer.next('arm');
    peer.armed(id);
    const value = { type: 'string', value: '\u{65e5}'.repeat(1_000) } as const;
    peer.hit(id, welcome.epoch, 1, { variables: [{ name: 'title', value, scope: 'local' }] });
    await peer.next('disarm');
    peer.removed(id);
    await engine.actions.wait(developer, id, { until: Date.now() + 5_000 });
    const stored = await store.actions.hits('default', id, 0);
    const bytes = stored.reduce((sum, { hit }) => sum + Buffer.byteLength(JSON.stringify(hit)), 0);
    assert.ok(bytes > 3_000, `${bytes}`);
    const usage = await engine.controls.quotas.usage('default');
    assert.equal(usage.find(({ quota }) => quota === 'bytes of hits a day')?.used, bytes);
  });

  test('takes nothing for what is not placed', async (t) => {
    const { place, store, engine } = await underQuotas(t, {
      organization: { live_actions: null },
      token: { live_actions: null },
    });
    const calls = Array.from({ length: LIMITS.liveActionsPerRuntime + 5 }, () => place());
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length;
    assert.equal(refused, 5, 'those beyond what a runtime takes');
    assert.equal((await store.actions.live()).length, LIMITS.liveActionsPerRuntime);
    const usage = await engine.controls.quotas.usage('default');
    assert.equal(usage.find(({ quota }) => quota === 'actions an hour')?.used, LIMITS.liveActionsPerRuntime);
  });

  test('of calls is a bucket: a burst at once, and then so many a second', async (t) => {
    const { engine } = await underQuotas(t, { organization: { calls_per_second: 20, call_burst: 10 } });
    const { quotas } = engine.controls;
    const began = performance.now();
    const through = await placed(many.map(() => quotas.call(developer)));
    const most = 10 + Math.ceil(((performance.now() - began) / 1_000) * 20);
    assert.ok(through >= 10 && through <= most, `${through} of at most ${most}`);
    await assert.rejects(
      (async () => {
        for (;;) await quotas.call(developer);
      })(),
      (error: BorescopeError) => error.code === 'QUOTA_EXCEEDED' && (error.retryAfterMs ?? 0) <= 100,
    );
  });
});
