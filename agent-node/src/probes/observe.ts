import { PROBE } from '../application/shared.ts';
import type { LiveAction, Seen } from './live-action.ts';

/** What the shared counts say of a probe now. Times are milliseconds by the worker's clock. */
export function observe(action: LiveAction, counts: Float64Array, now: number): Seen {
  const { place, row } = action;
  if (place === undefined || row === undefined) return action.last;
  const read = (column: number) => counts[row * PROBE.columns + column] ?? 0;
  const passes = read(PROBE.passes);
  const totalUs = read(PROBE.totalUs);
  const armedMs = Math.max(0, place.armedMs() - action.armedBefore);
  return {
    observation: {
      passes,
      conditionFalse: read(PROBE.conditionFalse),
      conditionErrors: read(PROBE.conditionErrors),
      ...(action.conditionError === undefined ? {} : { conditionError: action.conditionError }),
      dropped: read(PROBE.dropped) + action.unsent,
      armedMs,
      placedMs: action.placedAt === undefined ? 0 : Math.max(armedMs, now - action.placedAt),
    },
    cost: {
      samples: passes,
      meanUs: passes === 0 ? 0 : totalUs / passes,
      maxUs: read(PROBE.maxUs),
      totalMs: totalUs / 1000 + action.slowdownMs,
      armingMs: action.armingMs,
    },
  };
}
