import { PROBE } from '../application/shared.ts';
import type { LiveAction, Seen } from './live-action.ts';

/** What the shared counts say of a probe now. Times are milliseconds by the worker's clock. */
export function observe(action: LiveAction, counts: Float64Array, now: number): Seen {
  const { place, row } = action;
  if (place === undefined || row === undefined) return action.last;
  const read = (column: number) => counts[row * PROBE.columns + column] ?? 0;
  // The verdicts first: a pass is counted just before its own, so that there are never more of them than passes.
  const conditionFalse = read(PROBE.conditionFalse);
  const conditionErrors = read(PROBE.conditionErrors);
  const passes = read(PROBE.passes);
  const letGo = read(PROBE.dropped);
  const charged = passes + letGo;
  const totalUs = read(PROBE.totalUs);
  // A breakpoint that waits for its file watches nothing.
  const watched = action.loaded || charged > 0;
  const armedMs = watched ? Math.max(0, place.armedMs() - action.armedBefore) : 0;
  return {
    observation: {
      passes,
      conditionFalse,
      conditionErrors,
      ...(action.conditionError === undefined ? {} : { conditionError: action.conditionError }),
      dropped: letGo + action.unsent,
      armedMs,
      ...(action.ownLimit === undefined ? {} : { ownLimit: action.ownLimit }),
      placedMs: action.placedAt === undefined ? 0 : Math.max(armedMs, now - action.placedAt),
    },
    cost: {
      samples: charged,
      meanUs: charged === 0 ? 0 : totalUs / charged,
      maxUs: read(PROBE.maxUs),
      totalMs: totalUs / 1000 + action.slowdownMs,
      armingMs: action.armingMs,
    },
  };
}
