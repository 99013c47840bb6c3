import type { Hit } from '@borescope/agent-protocol';
import type { HitOutcome, StoredHit } from '../store.ts';
import type { ActionRecord } from './records.ts';

/** What a hit makes of its action: fencing, duplicate, gap, budget and completion. `stored` where it counts. */
export function acceptHit(
  record: ActionRecord | undefined,
  attachedEpoch: number | undefined,
  hit: { runtime: string; epoch: number; sequence: number; hit: Hit; receivedAt: number; capturedAt: number },
): { record: ActionRecord | undefined; answer: HitOutcome; stored?: StoredHit } {
  const { epoch, capturedAt, ...rest } = hit;
  const placement = record?.placements.get(hit.runtime);
  if (record === undefined || placement === undefined) return { record, answer: { outcome: 'closed' } };
  const { action } = record;
  const { lastSequence } = placement;
  if (attachedEpoch !== epoch) return { record, answer: { outcome: 'fenced' } };
  if (action.endedAt !== undefined || placement.status === 'failed') return { record, answer: { outcome: 'closed' } };
  if (hit.sequence <= lastSequence) return { record, answer: { outcome: 'duplicate', lastSequence } };
  if (capturedAt > action.expiresAt) return { record, answer: { outcome: 'closed' } };
  if (hit.sequence > lastSequence + 1) return { record, answer: { outcome: 'gap', lastSequence } };

  const number = action.hits + 1;
  const completed = number === action.spec.maxHits;
  return {
    record: {
      action: { ...action, hits: number, ...(completed && { state: 'completed', endedAt: hit.receivedAt }) },
      placements: new Map(record.placements).set(hit.runtime, { ...placement, lastSequence: hit.sequence }),
    },
    answer: { outcome: 'accepted', number, completed },
    stored: { number, ...rest },
  };
}
