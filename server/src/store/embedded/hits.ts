import type { Hit } from '@borescope/agent-protocol';
import type { HitOutcome } from '../store.ts';
import type { Database } from './database.ts';

interface BudgetRow {
  ended_at: number | null;
  hits: number;
  max_hits: number;
  status: string;
  last_sequence: number;
  epoch: number | null;
}

/** Fencing, duplicate, gap, budget, store and completion. To be called within one step. */
export function acceptHit(
  database: Database,
  organization: string,
  id: string,
  hit: { runtime: string; epoch: number; sequence: number; hit: Hit; receivedAt: number },
): HitOutcome {
  const row = database
    .query<BudgetRow>(
      `SELECT a.ended_at, a.hits, a.max_hits, p.status, p.last_sequence,
         (SELECT r.epoch FROM runtime r WHERE r.organization = p.organization AND r.id = p.runtime AND r.attached = 1) AS epoch
       FROM placement p JOIN action a ON a.organization = p.organization AND a.id = p.action_id
       WHERE p.organization = ? AND p.action_id = ? AND p.runtime = ?`,
    )
    .get([organization, id, hit.runtime]);
  if (row === undefined) return { outcome: 'closed' };
  if (row.epoch !== hit.epoch) return { outcome: 'fenced' };
  if (row.ended_at !== null || row.status === 'failed') return { outcome: 'closed' };
  if (hit.sequence <= row.last_sequence) return { outcome: 'duplicate', lastSequence: row.last_sequence };
  if (hit.sequence > row.last_sequence + 1) return { outcome: 'gap', lastSequence: row.last_sequence };

  const number = row.hits + 1;
  const completed = number === row.max_hits;
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
  return { outcome: 'accepted', number, completed };
}
