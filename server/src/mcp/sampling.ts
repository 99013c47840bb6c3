import type { Observation } from '@borescope/agent-protocol';
import type { Placement } from '../actions/action.ts';

/** How much of the time the line was really watched, where an agent had to take the breakpoint away in between. */
export interface Sampling {
  /** Of the time that the probe was in place, 0 to 1: how often the line was passed in the rest is not known. */
  readonly seen_share: number;
  readonly armed_seconds: number;
  readonly placed_seconds: number;
}

/** Below this much unwatched time, in milliseconds, it is the setting of the breakpoint and no sampling. */
const SETTING_MS = 250;

/** Over all runtimes; undefined where each watched the line all the time. */
export function samplingOf(placements: readonly Placement[]): Sampling | undefined {
  // Where the file was never loaded there was no line to watch.
  const seen = placements.flatMap(({ bound, observation }) => (bound === undefined ? [] : (observation ?? [])));
  if (!seen.some(wasUnwatched)) return undefined;
  const armedMs = seen.reduce((sum, observation) => sum + observation.armedMs, 0);
  const placedMs = seen.reduce((sum, observation) => sum + observation.placedMs, 0);
  return {
    seen_share: Math.round((armedMs / placedMs) * 1000) / 1000,
    armed_seconds: seconds(armedMs),
    placed_seconds: seconds(placedMs),
  };
}

/** Whether passes may have gone by that nothing looked at. */
export function isSampled(observation: Observation): boolean {
  return observation.dropped > 0 || wasUnwatched(observation);
}

function wasUnwatched({ placedMs, armedMs }: Observation): boolean {
  return placedMs - armedMs > SETTING_MS;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
