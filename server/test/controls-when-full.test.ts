import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { liveRedis, noRedis } from '../../tests/live/redis.ts';
import { silentLog } from '../../tests/live/silent-log.ts';
import { proves } from '../../tests/proves.ts';
import { openSecrets } from '../src/access/secrets.ts';
import { createAudit } from '../src/audit/audit.ts';
import { limitsOf } from '../src/quotas/quota-limits.ts';
import { createQuotas } from '../src/quotas/quotas.ts';
import { currentDocument } from '../src/store/current-document.ts';
import { openRedisStore } from '../src/store/redis/redis-store.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { developer } from './engine-harness.ts';

const title =
  'on a Redis that is full calls are let in and counted, and what reads, ends or stops something is written down and done';
test(proves('errors:unavailable', title), { skip: noRedis }, async (t) => {
  const redis = await liveRedis({ config: { 'maxmemory-policy': 'noeviction' } });
  t.after(() => redis.close());
  const store = await openRedisStore({ url: redis.url, retentionMs: 60_000, now: Date.now, log: silentLog });
  t.after(() => store.close());
  const secrets = await openSecrets({ documents: store.documents });
  const audit = createAudit({ store: store.audit, secrets, now: Date.now, log: silentLog });
  const limits = limitsOf({ token: { calls_per_second: 0.001, call_burst: 2 } });
  const quotas = createQuotas({ store: store.quotas, limits: async () => limits, now: Date.now });
  const stop = currentDocument({
    documents: store.documents,
    kind: 'stop',
    schema: z.object({ on: z.boolean() }),
    replacedBy: 'a command',
    otherwise: { on: false },
    monotonic: () => performance.now(),
  });
  const by = { kind: 'broker', id: 'broker' } as const;
  await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');

  for (let n = 0; n < 2; n++) await quotas.call(developer);
  await assert.rejects(quotas.call(developer), { code: 'QUOTA_EXCEEDED' });
  await assert.rejects(audit.record('org', { act: 'action.place', by, what: {} }), StoreUnavailable);
  for (const act of ['action.cancel', 'action.read', 'token.revoke', 'policy.change', 'read-only.change'] as const) {
    await audit.record('org', { act, by, what: {} });
  }
  assert.ok(await stop.set('org', { on: true }, 0));
  assert.equal((await stop.get('org')).value.on, true);
  assert.deepEqual((await audit.verify('org')).entries, 5);
});
