import { LIMITS } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../actions/action.ts';
import { type ActionFilter, type ActionStore, type StoredHit, TooManyActions } from '../store.ts';
import {
  ACTION,
  type ActionRow,
  actionValues,
  PLACEMENT,
  type PlacementRow,
  placementValues,
  toAction,
  toPlacement,
} from './action-row.ts';
import type { Database, Value } from './database.ts';
import { acceptHit } from './hits.ts';
import type { ActionRecord, Records } from './records.ts';
import { fromJson, toJson } from './row.ts';

/** Actions deleted in one call: a hit may have 64 KiB, and the event loop waits. */
const EXPIRE_BATCH = 20;

/** `records`: only where no other process writes actions. */
export function embeddedActions(database: Database, records: Records | undefined): ActionStore {
  function read(organization: string, id: string): ActionRecord | undefined {
    const known = records?.get(organization, id);
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

  /** One step that leaves the record as `work` answers; an unchanged one is not written. */
  function step<T>(
    organization: string,
    id: string,
    work: (record: ActionRecord | undefined) => { record: ActionRecord | undefined; answer: T },
  ): T {
    try {
      const { record, answer } = database.step(() => work(read(organization, id)));
      if (record !== undefined) records?.committed(organization, id, record);
      return answer;
    } catch (error) {
      records?.forget(organization, id);
      throw error;
    }
  }

  function writeAction(before: Action, after: Action): void {
    database
      .query('UPDATE action SET state = ?, reason = ?, ended_at = ? WHERE organization = ? AND id = ?')
      .run([after.state, after.reason ?? null, after.endedAt ?? null, before.organization, before.id]);
    if (after.endedAt === undefined) return;
    database
      .query('UPDATE placement SET live = 0 WHERE organization = ? AND action_id = ? AND live = 1')
      .run([before.organization, before.id]);
  }

  function writePlacement(organization: string, id: string, placement: Placement): void {
    database
      .query(
        `UPDATE placement SET status = ?, bound = ?, problem = ?, observation = ?, cost = ?, live = live AND ? <> 'failed'
         WHERE organization = ? AND action_id = ? AND runtime = ?`,
      )
      .run([
        placement.status,
        toJson(placement.bound),
        toJson(placement.problem),
        toJson(placement.observation),
        toJson(placement.cost),
        placement.status,
        organization,
        id,
        placement.runtime.id,
      ]);
  }

  return {
    async create(organization, action, placements) {
      step(organization, action.id, () => {
        const full = database.query(
          'SELECT 1 FROM placement WHERE organization = ? AND runtime = ? AND live = 1 LIMIT 1 OFFSET ?',
        );
        for (const { runtime } of placements) {
          if (full.get([organization, runtime.id, LIMITS.liveActionsPerRuntime - 1])) {
            throw new TooManyActions(runtime.id);
          }
        }
        database
          .query(
            `INSERT INTO action (organization, id, created_by, spec, max_hits, created_at, expires_at, state, reason, ended_at, hits)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(actionValues(organization, action));
        const insert = database.query(
          `INSERT INTO placement (organization, action_id, runtime, service, environment, description, status, bound,
             problem, observation, cost, last_sequence, gone_since, live)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        );
        for (const placement of placements) insert.run(placementValues(organization, action, placement));
        return { record: toRecord(action, placements), answer: undefined };
      });
    },

    async get(organization, id) {
      const record = read(organization, id);
      return record && { action: record.action, placements: [...record.placements.values()] };
    },

    async list(organization, filter) {
      const { where, values } = conditions(filter);
      return database
        .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.organization = ?${where} ORDER BY a.id DESC LIMIT ?`)
        .all([organization, ...values, filter.limit])
        .map(toAction);
    },

    async hits(organization, id, afterNumber) {
      return database
        .query<Omit<StoredHit, 'hit'> & { hit: string }>(
          `SELECT number, runtime, sequence, received_at AS receivedAt, hit FROM hit
           WHERE organization = ? AND action_id = ? AND number > ? ORDER BY number`,
        )
        .all([organization, id, afterNumber])
        .map((row) => ({ ...row, hit: fromJson<StoredHit['hit']>(row.hit) }));
    },

    async liveOn(organization, runtime) {
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
      return database
        .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.ended_at IS NULL ORDER BY a.expires_at`)
        .all([])
        .map(toAction);
    },

    async change(organization, id, change) {
      return step(organization, id, (record) => {
        if (record === undefined) return { record, answer: undefined };
        const action = change(record.action) ?? record.action;
        if (action !== record.action) writeAction(record.action, action);
        return { record: { ...record, action }, answer: action };
      });
    },

    async changePlacement(organization, id, runtime, change) {
      return step(organization, id, (record) => {
        const before = record?.placements.get(runtime);
        if (record === undefined || before === undefined) return { record, answer: undefined };
        const others = [...record.placements.values()].filter((placement) => placement !== before);
        const othersFailed = others.every(({ status }) => status === 'failed');
        const { action = record.action, placement = before } =
          change({ action: record.action, placement: before, othersFailed }) ?? {};
        if (placement !== before) writePlacement(organization, id, placement);
        if (action !== record.action) writeAction(record.action, action);
        const placements = new Map(record.placements).set(runtime, placement);
        return { record: { action, placements }, answer: { action, placement } };
      });
    },

    async acceptHit(organization, id, hit) {
      return step(organization, id, (record) => acceptHit(database, record, hit));
    },

    async expire(before) {
      return database.step(() => {
        const old = database
          .query<{ organization: string; id: string }>(
            'SELECT organization, id FROM action WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
          )
          .all([before, EXPIRE_BATCH]);
        for (const { organization, id } of old) {
          database.query('DELETE FROM hit WHERE organization = ? AND action_id = ?').run([organization, id]);
          database.query('DELETE FROM placement WHERE organization = ? AND action_id = ?').run([organization, id]);
          database.query('DELETE FROM action WHERE organization = ? AND id = ?').run([organization, id]);
          records?.forget(organization, id);
        }
        if (old.length === 0) database.query('DELETE FROM runtime WHERE attached = 0 AND seen_at < ?').run([before]);
        return old.length;
      });
    },
  };
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
