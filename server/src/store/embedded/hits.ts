import type { Hit } from '@borescope/agent-protocol';
import type { HitOutcome } from '../store.ts';
import type { Database } from './database.ts';
import type { ActionRecord } from './records.ts';

/** Fencing, duplicate, gap, budget, store and completion. To be called within one step. */
export function acceptHit(
  database: Database,
  record: ActionRecord | undefined,
  hit: { runtime: string; epoch: number; sequence: number; hit: Hit; receivedAt: number },
): { record: ActionRecord | undefined; answer: HitOutcome } {
  const placement = record?.placements.get(hit.runtime);
  if (record === undefined || placement === undefined) return { record, answer: { outcome: 'closed' } };
  const { action } = record;
  const { organization, id } = action;
  const attached = database
    .query<{ epoch: number }>('SELECT epoch FROM runtime WHERE organization = ? AND id = ? AND attached = 1')
    .get([organization, hit.runtime]);
  const { lastSequence } = placement;
  if (attached?.epoch !== hit.epoch) return { record, answer: { outcome: 'fenced' } };
  if (action.endedAt !== undefined || placement.status === 'failed') return { record, answer: { outcome: 'closed' } };
  if (hit.sequence <= lastSequence) return { record, answer: { outcome: 'duplicate', lastSequence } };
  if (hit.sequence > lastSequence + 1) return { record, answer: { outcome: 'gap', lastSequence } };

  const number = action.hits + 1;
  const completed = number === action.spec.maxHits;
  database
    .query(
      'INSERT INTO hit (organization, action_id, number, runtime, sequence, received_at, hit) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run([organization, id, number, hit.runtime, hit.sequence, hit.receivedAt, JSON.stringify(hit.hit)]);
  database
    .query('UPDATE placement SET last_sequence = ? WHERE organization = ? AND action_id = ? AND runtime = ?')
    .run([hit.sequence, organization, id, hit.runtime]);
  if (completed) {
    database
      .query("UPDATE action SET hits = ?, state = 'completed', ended_at = ? WHERE organization = ? AND id = ?")
      .run([number, hit.receivedAt, organization, id]);
    database
      .query('UPDATE placement SET live = 0 WHERE organization = ? AND action_id = ? AND live = 1')
      .run([organization, id]);
  } else {
    database.query('UPDATE action SET hits = ? WHERE organization = ? AND id = ?').run([number, organization, id]);
  }
  return {
    record: {
      action: { ...action, hits: number, ...(completed && { state: 'completed', endedAt: hit.receivedAt }) },
      placements: new Map(record.placements).set(hit.runtime, { ...placement, lastSequence: hit.sequence }),
    },
    answer: { outcome: 'accepted', number, completed },
  };
}
