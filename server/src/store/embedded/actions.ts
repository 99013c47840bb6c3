import { LIMITS } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../actions/action.ts';
import { type ActionFilter, type ActionStore, type StoredHit, TooManyActions } from '../store.ts';
import { ACTION, type ActionRow, PLACEMENT, type PlacementRow, toAction, toPlacement } from './action-row.ts';
import type { Database, Value } from './database.ts';
import { acceptHit } from './hits.ts';
import { countLive, type Memory } from './memory.ts';
import { reclaim } from './reclaim.ts';
import type { ActionRecord, PendingHit } from './records.ts';
import { fromJson } from './row.ts';
import { writeRecord } from './write-record.ts';

/** Actions deleted in one call: a hit may have 64 KiB, and the event loop waits. */
const EXPIRE_BATCH = 20;

/** Actions that a look for late ones finds at most. */
const LATE_BATCH = 200;

/** What a step leaves: the record as it is then, what is answered, and the hit that it accepted. */
interface Outcome<T> {
  readonly record: ActionRecord | undefined;
  readonly answer: T;
  readonly stored?: StoredHit;
}

/** `memory`: only where no other process writes actions. Changes are made there, and committed in groups. */
export function embeddedActions(database: Database, memory: Memory | undefined): ActionStore {
  function read(organization: string, id: string): ActionRecord | undefined {
    const known = memory?.records.get(organization, id);
    if (known !== undefined) return known;
    const row = database
      .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.organization = ? AND a.id = ?`)
      .get([organization, id]);
    if (row === undefined) return undefined;
    const placements = database
      .query<PlacementRow>(
        `SELECT ${PLACEMENT} FROM placement p WHERE p.organization = ? AND p.action_id = ? ORDER BY p.runtime`,
      )
      .all([organization, id]);
    return toRecord(toAction(row), placements.map(toPlacement));
  }

  /**
   * One step that leaves the record as `work` answers; an unchanged one is not written. Steps are made in the order in
   * which they are asked for, and answered when they are committed.
   */
  async function step<T>(
    organization: string,
    id: string,
    work: (record: ActionRecord | undefined) => Outcome<T>,
  ): Promise<T> {
    if (memory === undefined) {
      return database.step(() => {
        const before = read(organization, id);
        const { record: after, answer, stored } = work(before);
        if (after !== undefined && after !== before) writeRecord(database, { before, after, hits: listed(stored) });
        return answer;
      });
    }
    const { records, commits, counts } = memory;
    const before = read(organization, id);
    const { record: after, answer, stored } = work(before);
    if (after !== undefined && after !== before) {
      counts.changed(before, after);
      records.change({ before, after, hits: listed(stored) });
    }
    // What another step of this turn has made of the record is not true before it is committed.
    if (records.isPending(organization, id)) await commits.joined();
    return answer;
  }

  function liveOn(organization: string, runtime: string): number {
    return memory === undefined ? countLive(database, organization, runtime) : memory.counts.of(organization, runtime);
  }

  function epochOf(organization: string, runtime: string): number | undefined {
    if (memory !== undefined) return memory.directory.get(organization, runtime)?.epoch;
    return database
      .query<{ epoch: number }>('SELECT epoch FROM runtime WHERE organization = ? AND id = ? AND attached = 1')
      .get([organization, runtime])?.epoch;
  }

  /** Nothing is read that may yet come to nothing. */
  async function committed(organization: string, id: string): Promise<void> {
    if (memory?.records.isPending(organization, id)) await memory.commits.joined().catch(() => undefined);
  }

  return {
    async create(organization, action, placements) {
      return step(organization, action.id, () => {
        for (const { runtime } of placements) {
          if (liveOn(organization, runtime.id) >= LIMITS.liveActionsPerRuntime) throw new TooManyActions(runtime.id);
        }
        return { record: toRecord(action, placements), answer: undefined };
      });
    },

    async get(organization, id) {
      await committed(organization, id);
      const record = read(organization, id);
      return record && { action: record.action, placements: [...record.placements.values()] };
    },

    async list(organization, filter) {
      memory?.commits.flush();
      const { where, values } = conditions(filter);
      return database
        .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.organization = ?${where} ORDER BY a.id DESC LIMIT ?`)
        .all([organization, ...values, filter.limit])
        .map(toAction);
    },

    async hits(organization, id, afterNumber) {
      await committed(organization, id);
      const last = memory?.records.get(organization, id)?.action.hits;
      const recent = last === undefined ? undefined : memory?.hits.between(organization, id, afterNumber, last);
      if (recent !== undefined) return recent;
      return database
        .query<Omit<StoredHit, 'hit'> & { hit: string }>(
          `SELECT number, runtime, sequence, received_at AS receivedAt, hit FROM hit
           WHERE organization = ? AND action_id = ? AND number > ? ORDER BY number`,
        )
        .all([organization, id, afterNumber])
        .map((row) => ({ ...row, hit: fromJson<StoredHit['hit']>(row.hit) }));
    },

    async liveOn(organization, runtime) {
      memory?.commits.flush();
      return database
        .query<ActionRow & PlacementRow>(
          `SELECT ${ACTION}, ${PLACEMENT} FROM placement p
           JOIN action a ON a.organization = p.organization AND a.id = p.action_id
           WHERE p.organization = ? AND p.runtime = ? AND p.live = 1 ORDER BY p.action_id`,
        )
        .all([organization, runtime])
        .map((row) => ({ action: toAction(row), placement: toPlacement(row) }));
    },

    async live() {
      memory?.commits.flush();
      return database
        .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.ended_at IS NULL ORDER BY a.expires_at`)
        .all([])
        .map(toAction);
    },

    async late({ deadlineBefore, queuedBefore }) {
      memory?.commits.flush();
      return database
        .query<ActionRow>(
          `SELECT ${ACTION} FROM action a WHERE a.ended_at IS NULL
             AND (a.expires_at < ? OR (a.state = 'queued' AND a.created_at < ?)) ORDER BY a.expires_at LIMIT ?`,
        )
        .all([deadlineBefore, queuedBefore, LATE_BATCH])
        .map(toAction);
    },

    async change(organization, id, change) {
      return step(organization, id, (record) => {
        if (record === undefined) return { record, answer: undefined };
        const action = change(record.action) ?? record.action;
        return { record: action === record.action ? record : { ...record, action }, answer: action };
      });
    },

    async changePlacement(organization, id, runtime, change, epoch) {
      return step<Awaited<ReturnType<ActionStore['changePlacement']>>>(organization, id, (record) => {
        const before = record?.placements.get(runtime);
        if (record === undefined || before === undefined) return { record, answer: undefined };
        if (epoch !== undefined && epochOf(organization, runtime) !== epoch) return { record, answer: 'fenced' };
        const others = [...record.placements.values()].filter((placement) => placement !== before);
        const othersFailed = others.every(({ status }) => status === 'failed');
        const { action = record.action, placement = before } =
          change({ action: record.action, placement: before, othersFailed }) ?? {};
        const answer = { action, placement };
        if (action === record.action && placement === before) return { record, answer };
        return { record: { action, placements: new Map(record.placements).set(runtime, placement) }, answer };
      });
    },

    async acceptHit(organization, id, hit) {
      return step(organization, id, (record) => acceptHit(record, epochOf(organization, hit.runtime), hit));
    },

    async expire(before) {
      memory?.commits.flush();
      const deleted = database.step(() => {
        const old = database
          .query<{ organization: string; id: string }>(
            'SELECT organization, id FROM action WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
          )
          .all([before, EXPIRE_BATCH]);
        for (const { organization, id } of old) {
          database.query('DELETE FROM hit WHERE organization = ? AND action_id = ?').run([organization, id]);
          database.query('DELETE FROM placement WHERE organization = ? AND action_id = ?').run([organization, id]);
          database.query('DELETE FROM action WHERE organization = ? AND id = ?').run([organization, id]);
          memory?.records.forget(organization, id);
          memory?.hits.forget(organization, id);
        }
        if (old.length === 0) database.query('DELETE FROM runtime WHERE attached = 0 AND seen_at < ?').run([before]);
        return old.length;
      });
      return deleted === 0 && reclaim(database) ? 1 : deleted;
    },
  };
}

function listed(stored: StoredHit | undefined): PendingHit[] {
  return stored === undefined ? [] : [{ stored, text: JSON.stringify(stored.hit) }];
}

function toRecord(action: Action, placements: readonly Placement[]): ActionRecord {
  const sorted = placements.toSorted((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
  return { action, placements: new Map(sorted.map((placement) => [placement.runtime.id, placement])) };
}

/** Only the conditions that are asked for, so that each form of the question finds its index. */
function conditions(filter: ActionFilter): { where: string; values: Value[] } {
  let where = '';
  const values: Value[] = [];
  const add = (condition: string, value: Value | undefined) => {
    if (value === undefined) return;
    where += ` AND ${condition}`;
    values.push(value);
  };
  const onlyOn = (column: string) =>
    `NOT EXISTS (SELECT 1 FROM placement p WHERE p.organization = a.organization AND p.action_id = a.id
       AND coalesce(p.${column} NOT IN (SELECT value FROM json_each(?)), 1))`;
  add('a.state = ?', filter.state);
  add('a.created_by = ?', filter.createdBy);
  add('a.id < ?', filter.before);
  add(onlyOn('service'), filter.services && JSON.stringify(filter.services));
  add(onlyOn('environment'), filter.environments && JSON.stringify(filter.environments));
  return { where, values };
}
