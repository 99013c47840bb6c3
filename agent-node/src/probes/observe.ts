import { PROBE } from '../application/shared.ts';
import type { LiveAction, Seen } from './live-action.ts';

/** What the shared counts say of a probe now. Times are milliseconds by the worker's clock. */
export function observe(action: LiveAction, counts: Float64Array, now: number): Seen {
  const { place, row } = action;
  if (place === undefined || row === undefined) return action.last;
  const read = (column: number) => counts[row * PROBE.columns + column] ?? 0;
  const passes = read(PROBE.passes);
  const totalUs = read(PROBE.totalUs);
  // A breakpoint that waits for its file watches nothing.
  const watched = action.loaded || passes > 0;
  const armedMs = watched ? Math.max(0, place.armedMs() - action.armedBefore) : 0;
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
