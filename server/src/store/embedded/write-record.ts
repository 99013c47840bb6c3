import type { Placement } from '../../actions/action.ts';
import { actionValues, placementValues } from './action-row.ts';
import type { Database } from './database.ts';
import { isLive } from './live-counts.ts';
import type { ActionRecord, PendingRecord } from './records.ts';
import { toJson } from './row.ts';

/** Writes what is not on record yet. To be called within one step. */
export function writeRecord(database: Database, { before, after, hits }: PendingRecord): void {
  if (before === undefined) insert(database, after);
  else update(database, before, after);
  const { organization, id } = after.action;
  for (const { stored, text } of hits) {
    const { number, runtime, sequence, receivedAt } = stored;
    database
      .query(
        'INSERT INTO hit (organization, action_id, number, runtime, sequence, received_at, hit) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run([organization, id, number, runtime, sequence, receivedAt, text]);
  }
}

function insert(database: Database, { action, placements }: ActionRecord): void {
  database
    .query(
      `INSERT INTO action (organization, id, created_by, spec, max_hits, created_at, expires_at, state, reason, ended_at, hits)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(actionValues(action.organization, action));
  const placed = database.query(
    `INSERT INTO placement (organization, action_id, runtime, service, environment, description, status, bound,
       problem, observation, cost, last_sequence, gone_since, live)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const placement of placements.values()) placed.run(placementValues(action.organization, action, placement));
}

function update(database: Database, before: ActionRecord, after: ActionRecord): void {
  const { organization, id, state, reason, endedAt, hits } = after.action;
  if (after.action !== before.action) {
    database
      .query('UPDATE action SET state = ?, reason = ?, ended_at = ?, hits = ? WHERE organization = ? AND id = ?')
      .run([state, reason ?? null, endedAt ?? null, hits, organization, id]);
  }
  let ended = 0;
  for (const [runtime, placement] of after.placements) {
    if (placement !== before.placements.get(runtime)) updatePlacement(database, after, placement);
    else if (isLive(before, runtime) && !isLive(after, runtime)) ended += 1;
  }
  if (ended === 0) return;
  database
    .query('UPDATE placement SET live = 0 WHERE organization = ? AND action_id = ? AND live = 1')
    .run([organization, id]);
}

function updatePlacement(database: Database, record: ActionRecord, placement: Placement): void {
  const { organization, id } = record.action;
  database
    .query(
      `UPDATE placement SET status = ?, bound = ?, problem = ?, observation = ?, cost = ?, last_sequence = ?, live = ?
       WHERE organization = ? AND action_id = ? AND runtime = ?`,
    )
    .run([
      placement.status,
      toJson(placement.bound),
      toJson(placement.problem),
      toJson(placement.observation),
      toJson(placement.cost),
      placement.lastSequence,
      isLive(record, placement.runtime.id) ? 1 : 0,
      organization,
      id,
      placement.runtime.id,
    ]);
}
