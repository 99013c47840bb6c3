import type { ArmSpec } from '@borescope/agent-protocol';
import type { Action } from '../actions/action.ts';

/** What an agent needs to place the probe of a live action now; undefined where no time is left. */
export function toArmSpec(action: Action, now: number): ArmSpec | undefined {
  const { spec } = action;
  const ttlMs = Math.min(Math.ceil(action.expiresAt - now), spec.timeoutSeconds * 1000);
  if (ttlMs <= 0 || action.hits >= spec.maxHits) return undefined;
  return {
    actionId: action.id,
    kind: spec.kind,
    place: spec.place,
    ...(spec.condition !== undefined && { condition: spec.condition }),
    expressions: [...spec.expressions],
    maxHits: spec.maxHits - action.hits,
    ttlMs,
    overheadPercent: spec.overheadPercent,
  };
}
