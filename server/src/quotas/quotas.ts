import { LIMITS } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import { BorescopeError } from '../actions/error.ts';
import type { QuotaNeed, QuotaReturn, QuotaStore } from '../store/quota-store.ts';
import type { WriteOptions } from '../store/write-options.ts';
import type { CallerLimits, QuotaLimits } from './quota-limits.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** What an action takes of the quotas; all of it can be read from the action itself, so nothing has to be remembered. */
export interface QuotaClaim {
  readonly actionId: string;
  /** Id of the token. */
  readonly createdBy: string;
  /** Milliseconds since the epoch: names the hour and the day that it counts for. */
  readonly createdAt: number;
  /** When its probes are gone at the latest. */
  readonly expiresAt: number;
  readonly maxHits: number;
  readonly runtimes: readonly string[];
}

/** What an action had at its end. */
export interface QuotaUse {
  /** By runtime. */
  readonly hits: ReadonlyMap<string, number>;
  /** Of the hits as they are stored. */
  readonly bytes: number;
}

export interface QuotaUsage {
  readonly quota: string;
  readonly limit: number;
  readonly used: number;
  /** Milliseconds since the epoch at which it is counted anew; not given for what is counted at every moment. */
  readonly resetsAt?: number;
}

/** How much an organization, a token and a runtime may do. Every function rejects with QUOTA_EXCEEDED, or `StoreUnavailable`. */
export interface Quotas {
  /** One call of a tool, or request to `/api`. `own`: it counts for its token, and not for the organization. */
  call(caller: Caller, options?: { readonly own?: boolean }): Promise<void>;
  /** Takes all that the action needs in one step, or nothing of it. */
  claim(organization: string, claim: QuotaClaim): Promise<void>;
  /** The action was not made after all. */
  drop(organization: string, claim: QuotaClaim): Promise<void>;
  /** The action is over: gives back what it did not use. Asked again it does nothing. */
  settle(organization: string, claim: QuotaClaim, use: QuotaUse): Promise<void>;
  usage(organization: string): Promise<QuotaUsage[]>;
}

export interface QuotasOptions {
  readonly store: QuotaStore;
  readonly limits: (organization: string) => Promise<QuotaLimits>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds behind its deadline after which an action is not live any more, although nobody has ended it. */
const LEASE_GRACE = 60_000;

type Counted = QuotaNeed & {
  /** In the words of an error. */
  readonly told: string;
  /** How much of it an action has used at its end. */
  readonly used: (use: QuotaUse) => number;
};

const all = () => 1;
const allHits = ({ hits }: QuotaUse) => [...hits.values()].reduce((sum, count) => sum + count, 0);

export function createQuotas({ store, limits, now }: QuotasOptions): Quotas {
  async function take(organization: string, needs: readonly Counted[], options?: WriteOptions): Promise<void> {
    if (needs.length === 0) return;
    const at = now();
    const refusal = await store.take(organization, needs, at, options);
    const need = refusal && needs[refusal.need];
    if (refusal === undefined || need === undefined) return;
    const wait = Math.max(refusal.retryAt - at, 0);
    const asked = need.kind === 'lease' || need.amount === 1 ? '' : `, and ${number(need.amount)} are needed`;
    throw new BorescopeError(
      'QUOTA_EXCEEDED',
      `the quota for ${need.told} is used up: ${number(refusal.left)} of ${number(need.limit)} are left${asked}`,
      `Call again in ${Math.ceil(wait / 1000)} s (${new Date(refusal.retryAt).toISOString()}), ask for less, or ask an administrator for more (borescope quota).`,
      { retryAfterMs: wait },
    );
  }

  return {
    async call({ organization, tokenId }, { own = false } = {}) {
      const held = await limits(organization);
      const needs = [
        ...(own ? [] : callNeeds(held.organization, '', 'calls a second of the organization')),
        ...callNeeds(held.token(tokenId), `:${tokenId}`, 'calls a second of this token'),
      ];
      // Who reads, cancels or revokes is let in wherever these work.
      await take(organization, needs, { whenFull: true });
    },

    async claim(organization, claim) {
      await take(organization, actionNeeds(claim, await limits(organization)));
    },

    async drop(organization, claim) {
      const needs = actionNeeds(claim, await limits(organization));
      await store.give(
        organization,
        needs.flatMap((need) => returned(need, claim, 0)),
        now(),
      );
    },

    async settle(organization, claim, use) {
      const needs = actionNeeds(claim, await limits(organization));
      await store.give(
        organization,
        needs.flatMap((need) => returned(need, claim, need.used(use))),
        now(),
      );
    },

    async usage(organization) {
      const { organization: own } = await limits(organization);
      const at = now();
      const claim = { actionId: '', createdBy: '', createdAt: at, expiresAt: at, maxHits: 1, runtimes: [] };
      const needs = [...callNeeds(own, '', 'calls at once'), ...callerNeeds(claim, own, '', '')];
      const used = await store.used(organization, needs, at);
      return needs.map((need, index) => ({
        quota: need.told.trim(),
        limit: need.limit,
        used: used[index] ?? 0,
        ...(need.kind === 'window' && { resetsAt: (Math.floor(at / need.windowMs) + 1) * need.windowMs }),
      }));
    },
  };
}

function actionNeeds(claim: QuotaClaim, limits: QuotaLimits): Counted[] {
  const { createdBy, maxHits, runtimes } = claim;
  const { actions_per_hour: actions, hits_per_day: hits } = counted(limits.runtime);
  return [
    ...callerNeeds(claim, counted(limits.organization), '', 'of the organization'),
    ...callerNeeds(claim, counted(limits.token(createdBy)), `:${createdBy}`, 'of this token'),
    ...runtimes.flatMap((runtime) => [
      ...window(`actions@${runtime}`, 1, actions, HOUR, `actions an hour on the runtime ${runtime}`, all),
      ...window(
        `hits@${runtime}`,
        maxHits,
        hits,
        DAY,
        `hits a day of the runtime ${runtime}`,
        (use) => use.hits.get(runtime) ?? 0,
      ),
    ]),
  ];
}

/**
 * What has no limit is taken all the same: else an action that ends after a limit was set would give back what it never took. And
 * the live actions of the organization tell whether an action was settled already.
 */
function counted<T extends object>(limits: T): T {
  const entries = Object.entries(limits).map(([name, limit]) => [name, limit ?? Number.MAX_SAFE_INTEGER]);
  return Object.fromEntries(entries) as T;
}

function callerNeeds(claim: QuotaClaim, limits: CallerLimits, whose: string, told: string): Counted[] {
  const { actionId, expiresAt, maxHits } = claim;
  const { actions_per_hour: actions, hits_per_day: hits, bytes_per_day: bytes, live_actions: live } = limits;
  const room = maxHits * LIMITS.hitBytes;
  return [
    ...window(`actions${whose}`, 1, actions, HOUR, `actions an hour ${told}`, all),
    ...window(`hits${whose}`, maxHits, hits, DAY, `hits a day ${told}`, allHits),
    ...window(`bytes${whose}`, room, bytes, DAY, `bytes of hits a day ${told}`, (use) => use.bytes),
    ...(live === null ? [] : [lease(`live${whose}`, actionId, expiresAt + LEASE_GRACE, live, `live actions ${told}`)]),
  ];
}

function callNeeds(limits: CallerLimits, whose: string, told: string): Counted[] {
  const { calls_per_second: perSecond, call_burst: limit } = limits;
  if (perSecond === null) return [];
  return [{ kind: 'bucket', name: `calls${whose}`, amount: 1, limit, perSecond, told, used: all }];
}

function window(
  name: string,
  amount: number,
  limit: number | null,
  windowMs: number,
  told: string,
  used: Counted['used'],
): Counted[] {
  return limit === null ? [] : [{ kind: 'window', name, amount, limit, windowMs, told, used }];
}

function lease(name: string, id: string, until: number, limit: number, told: string): Counted {
  return { kind: 'lease', name, id, until, limit, told, used: all };
}

/** What of a need is given back where so much was used. */
function returned(need: Counted, { createdAt }: QuotaClaim, used: number): QuotaReturn[] {
  if (need.kind === 'lease') return [{ kind: 'lease', name: need.name, id: need.id }];
  if (need.kind === 'bucket' || used >= need.amount) return [];
  const { name, windowMs } = need;
  return [{ kind: 'window', name, amount: need.amount - used, windowMs, at: createdAt }];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
