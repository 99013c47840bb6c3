import { LIMITS } from '@borescope/agent-protocol';
import type { Action } from '../../actions/action.ts';
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
import { fromJson, toJson } from './row.ts';

/** Actions deleted in one call: a hit may have 64 KiB, and the event loop waits. */
const EXPIRE_BATCH = 20;

export function embeddedActions(database: Database): ActionStore {
  const selectAction = (organization: string, id: string) =>
    database
      .query<ActionRow>(`SELECT ${ACTION} FROM action a WHERE a.organization = ? AND a.id = ?`)
      .get([organization, id]);

  function writeAction(before: Action, after: Action): void {
    database
      .query('UPDATE action SET state = ?, reason = ?, ended_at = ? WHERE organization = ? AND id = ?')
      .run([after.state, after.reason ?? null, after.endedAt ?? null, before.organization, before.id]);
    if (after.endedAt === undefined) return;
    database
      .query('UPDATE placement SET live = 0 WHERE organization = ? AND action_id = ? AND live = 1')
      .run([before.organization, before.id]);
  }

  return {
    async create(organization, action, placements) {
      database.step(() => {
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
      });
    },

    async get(organization, id) {
      const row = selectAction(organization, id);
      if (row === undefined) return undefined;
      const placements = database
        .query<PlacementRow>(
          `SELECT ${PLACEMENT} FROM placement p WHERE p.organization = ? AND p.action_id = ? ORDER BY p.runtime`,
        )
        .all([organization, id]);
      return { action: toAction(row), placements: placements.map(toPlacement) };
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
      return database.step(() => {
        const row = selectAction(organization, id);
        if (row === undefined) return undefined;
        const action = toAction(row);
        const changed = change(action);
        if (changed === undefined) return action;
        writeAction(action, changed);
        return changed;
      });
    },

    async changePlacement(organization, id, runtime, change) {
      return database.step(() => {
        const row = database
          .query<ActionRow & PlacementRow & { others_failed: number }>(
            `SELECT ${ACTION}, ${PLACEMENT}, NOT EXISTS (SELECT 1 FROM placement o WHERE o.organization = p.organization
               AND o.action_id = p.action_id AND o.runtime <> p.runtime AND o.status <> 'failed') AS others_failed
             FROM placement p JOIN action a ON a.organization = p.organization AND a.id = p.action_id
             WHERE p.organization = ? AND p.action_id = ? AND p.runtime = ?`,
          )
          .get([organization, id, runtime]);
        if (row === undefined) return undefined;
        const at = { action: toAction(row), placement: toPlacement(row), othersFailed: row.others_failed === 1 };
        const { action = at.action, placement = at.placement } = change(at) ?? {};
        if (placement !== at.placement) {
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
              runtime,
            ]);
        }
        if (action !== at.action) writeAction(at.action, action);
        return { action, placement };
      });
    },

    async acceptHit(organization, id, hit) {
      return database.step(() => acceptHit(database, organization, id, hit));
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
        }
        if (old.length === 0) database.query('DELETE FROM runtime WHERE attached = 0 AND seen_at < ?').run([before]);
        return old.length;
      });
    },
  };
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
