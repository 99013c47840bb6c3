import {
  meetNeeds,
  missingOf,
  type QuotaChange,
  type QuotaCounters,
  ROUNDING,
  requireNumbers,
  startOf,
} from '../quota-needs.ts';
import type { QuotaNeed, QuotaRefusal, QuotaReturn, QuotaStore } from '../quota-store.ts';
import { Buckets } from './buckets.ts';
import type { Database } from './database.ts';
import type { Memory } from './memory.ts';

/** Rows deleted in one call: the event loop waits. */
const EXPIRE_BATCH = 500;

/** `memory`: of a broker, whose steps share the commit of the turn; a hit that counts costs no transaction of its own then. */
export function embeddedQuotas(database: Database, memory: Memory | undefined): QuotaStore {
  const buckets = new Buckets();

  function countersOf(organization: string, now: number): QuotaCounters {
    return {
      taken(name, windowMs, start) {
        const row = database
          .query<{ used: number }>(
            'SELECT used FROM quota_window WHERE organization = ? AND name = ? AND window_ms = ? AND start = ?',
          )
          .get([organization, name, windowMs, start]);
        return row?.used ?? 0;
      },
      bucket: (name) => buckets.get(organization, name),
      leases(name) {
        const rows = database
          .query<{ id: string; until: number }>(
            'SELECT id, until FROM quota_lease WHERE organization = ? AND name = ? AND until > ?',
          )
          .all([organization, name, now]);
        return new Map(rows.map(({ id, until }) => [id, until]));
      },
    };
  }

  function takeNow(organization: string, needs: readonly QuotaNeed[], now: number): QuotaRefusal | undefined {
    const met = meetNeeds(needs, countersOf(organization, now), now);
    if ('refusal' in met) return met.refusal;
    for (const change of met.changes) {
      if (change.kind === 'window') writeWindow(database, organization, change);
      else if (change.kind === 'lease') writeLease(database, organization, change);
    }
    // Behind the rows: where these cannot be written nothing of it is taken.
    for (const change of met.changes) if (change.kind === 'bucket') buckets.set(organization, change);
    return undefined;
  }

  function giveNow(organization: string, returned: QuotaReturn, now: number): void {
    if (returned.kind === 'lease') {
      database
        .query('DELETE FROM quota_lease WHERE organization = ? AND name = ? AND id = ?')
        .run([organization, returned.name, returned.id]);
      return;
    }
    const { name, amount, windowMs, at } = returned;
    database
      .query(
        `UPDATE quota_window SET used = max(0, used - ?)
         WHERE organization = ? AND name = ? AND window_ms = ? AND start = ? AND ends > ?`,
      )
      .run([amount, organization, name, windowMs, startOf(windowMs, at), now]);
  }

  /** Also a command takes and gives beside a running broker: what is there is looked at within the step. */
  async function step<T>(work: () => T): Promise<T> {
    return memory === undefined ? database.step(work) : memory.commits.within(work);
  }

  return {
    async take(organization, needs, now) {
      requireNumbers(needs);
      if (needs.every(({ kind }) => kind === 'bucket')) return takeNow(organization, needs, now);
      let isTaken = false;
      try {
        return await step(() => {
          const refusal = takeNow(organization, needs, now);
          isTaken = refusal === undefined;
          return refusal;
        });
      } catch (error) {
        for (const need of isTaken ? needs : []) if (need.kind === 'bucket') buckets.give(organization, need, now);
        throw error;
      }
    },

    async give(organization, returned, now) {
      requireNumbers(returned);
      return step(() => {
        const { leases } = countersOf(organization, now);
        if (returned.some((one) => one.kind === 'lease' && !leases(one.name).has(one.id))) return false;
        for (const one of returned) giveNow(organization, one, now);
        return true;
      });
    },

    async used(organization, needs, now) {
      requireNumbers(needs);
      memory?.commits.flush();
      const counters = countersOf(organization, now);
      return needs.map((need) => {
        if (need.kind === 'window') return counters.taken(need.name, need.windowMs, startOf(need.windowMs, now));
        if (need.kind === 'lease') return counters.leases(need.name).size;
        return Math.max(0, Math.ceil(missingOf(counters.bucket(need.name), need.perSecond, now) - ROUNDING));
      });
    },

    async expire(now) {
      const full = buckets.expire(now);
      return database.step(() => {
        const windows = database
          .query(
            `DELETE FROM quota_window WHERE (organization, name, window_ms, start) IN
               (SELECT organization, name, window_ms, start FROM quota_window WHERE ends <= ? ORDER BY ends LIMIT ?)`,
          )
          .run([now, EXPIRE_BATCH]);
        const leases = database
          .query(
            `DELETE FROM quota_lease WHERE (organization, name, id) IN
               (SELECT organization, name, id FROM quota_lease WHERE until <= ? ORDER BY until LIMIT ?)`,
          )
          .run([now, EXPIRE_BATCH]);
        return full + windows + leases;
      });
    },
  };
}

export function writeWindow(
  database: Database,
  organization: string,
  { name, windowMs, start, taken }: Omit<Extract<QuotaChange, { kind: 'window' }>, 'kind'>,
): void {
  database
    .query(
      `INSERT INTO quota_window (organization, name, window_ms, start, used, ends) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET used = excluded.used`,
    )
    .run([organization, name, windowMs, start, taken, start + windowMs]);
}

export function writeLease(
  database: Database,
  organization: string,
  { name, id, until }: Omit<Extract<QuotaChange, { kind: 'lease' }>, 'kind'>,
): void {
  database
    .query(
      `INSERT INTO quota_lease (organization, name, id, until) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET until = excluded.until`,
    )
    .run([organization, name, id, until]);
}
