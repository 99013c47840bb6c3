import { requireNumbers, startOf } from '../quota-needs.ts';
import type { QuotaNeed, QuotaStore } from '../quota-store.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';
import { toReply } from './reply.ts';
import { alsoWhenFull } from './script.ts';
import { GIVE_QUOTAS, TAKE_QUOTAS, USED_QUOTAS } from './scripts/quotas.ts';
import { COUNTER_MARGIN } from './time-to-live.ts';

const TAKE_ALSO_WHEN_FULL = alsoWhenFull(TAKE_QUOTAS);

export function redisQuotas({ run }: RedisConnection): QuotaStore {
  return {
    async take(organization, needs, now, { whenFull = false } = {}) {
      requireNumbers(needs);
      const take = whenFull ? TAKE_ALSO_WHEN_FULL : TAKE_QUOTAS;
      const parameters = [now, COUNTER_MARGIN, ...needs.flatMap((need) => takeParameters(need, now))];
      const [need, left, retryAt] = toReply(await run(take, keysOf(organization), parameters));
      return need === undefined ? undefined : { need: Number(need), left: Number(left), retryAt: Number(retryAt) };
    },

    async give(organization, returned, now) {
      requireNumbers(returned);
      const parameters = returned.flatMap((one) => {
        if (one.kind === 'lease') return [one.kind, one.name, one.id];
        // Its counter is kept for a while.
        const isOver = startOf(one.windowMs, one.at) + one.windowMs <= now;
        return isOver ? [] : [one.kind, windowName(one, one.at), one.amount];
      });
      return (await run(GIVE_QUOTAS, keysOf(organization), [now, ...parameters])) === 1;
    },

    async used(organization, needs, now) {
      requireNumbers(needs);
      const parameters = needs.flatMap((need) => {
        if (need.kind === 'window') return [need.kind, windowName(need, now), ''];
        return [need.kind, need.name, need.kind === 'bucket' ? need.perSecond : ''];
      });
      return toReply(await run(USED_QUOTAS, keysOf(organization), [now, ...parameters])).map(Number);
    },

    /** Redis deletes every counter itself. */
    expire: async () => 0,
  };
}

function takeParameters(need: QuotaNeed, now: number): (string | number)[] {
  switch (need.kind) {
    case 'window': {
      const ends = startOf(need.windowMs, now) + need.windowMs;
      return [need.kind, windowName(need, now), need.amount, need.limit, ends];
    }
    case 'bucket':
      return [need.kind, need.name, need.amount, need.limit, need.perSecond];
    case 'lease':
      return [need.kind, need.name, need.id, need.limit, need.until];
  }
}

/** Of the counter of one span. */
export function windowName({ name, windowMs }: { name: string; windowMs: number }, at: number): string {
  return `${windowMs}:${startOf(windowMs, at)}:${name}`;
}
