import { LIMITS, type Observation } from '@borescope/agent-protocol';
import type { Placement } from '../actions/action.ts';
import type { ActionView } from '../actions/actions.ts';
import { ownLimitOf } from './own-limit.ts';
import { isSampled } from './sampling.ts';
import { visibleLine } from './visible-text.ts';

export const DIAGNOSIS_CAUSES = [
  'waiting',
  'failed',
  'code_differs',
  'runtime_gone',
  'module_not_loaded',
  'condition_error',
  'agent_limit',
  'condition_false',
  'sampled_out',
  'line_not_passed',
] as const;

export type DiagnosisCause = (typeof DIAGNOSIS_CAUSES)[number];

/** Why one runtime has given no hit. Counts are of the passes that were looked at: where passes are sampled, of a part. */
export interface Diagnosis {
  readonly runtime: string;
  readonly cause: DiagnosisCause;
  readonly message: string;
  readonly next_step: string;
  readonly passes: number;
  readonly condition_false: number;
  readonly condition_errors: number;
  /** The first error of the condition, redacted at the agent. */
  readonly condition_error?: string;
  readonly armed_seconds: number;
  readonly placed_seconds: number;
}

interface Finding {
  readonly cause: DiagnosisCause;
  readonly message: string;
  readonly next: string;
}

/** One entry for each runtime, or undefined where there is a hit. `now` is milliseconds since the epoch. */
export function diagnose(view: ActionView, now: number): Diagnosis[] | undefined {
  if (view.action.hits > 0) return undefined;
  const usual = mostFrequentHash(view.placements);
  return view.placements.map((placement) => {
    const { cause, message, next } = find(placement, view, usual, now);
    const seen = placement.observation;
    // A probe that waits for its file stands ready, and yet at no line.
    const armedMs = cause === 'module_not_loaded' ? 0 : (seen?.armedMs ?? 0);
    return {
      runtime: placement.runtime.id,
      cause,
      message,
      next_step: next,
      passes: seen?.passes ?? 0,
      condition_false: seen?.conditionFalse ?? 0,
      condition_errors: seen?.conditionErrors ?? 0,
      ...(seen?.conditionError !== undefined && { condition_error: visibleLine(seen.conditionError, 300) }),
      armed_seconds: seconds(armedMs),
      placed_seconds: seconds(seen?.placedMs ?? 0),
    };
  });
}

/** The first cause that holds, from the one that explains most to the one that explains least. */
function find(placement: Placement, view: ActionView, usual: string | undefined, now: number): Finding {
  const { observation: seen, problem } = placement;
  const live = view.action.endedAt === undefined;
  if (problem !== undefined) {
    return {
      cause: problem.code === 'SOURCE_MISMATCH' ? 'code_differs' : 'failed',
      message: `The probe could not be placed: ${problem.code}.`,
      next: "Read the placement's error: it says how to mend the call.",
    };
  }
  if (placement.goneSince !== undefined) {
    return {
      cause: 'runtime_gone',
      message: `The runtime lost its connection ${seconds(now - placement.goneSince)} s ago.`,
      next: live
        ? 'The probe goes on if the same process connects again. A restarted process is another runtime: call list_runtimes, ' +
          'and capture on that one.'
        : 'A restarted process is another runtime: call list_runtimes, and capture on that one.',
    };
  }
  if (wasNeverBound(placement)) {
    return {
      cause: 'module_not_loaded',
      message: 'The file is there, and the process has not loaded it: no line of it has run.',
      next: 'Do what makes the application load it (often the first request of a route), or choose another file.',
    };
  }
  if (seen === undefined) {
    return {
      cause: 'waiting',
      message: live ? 'The runtime has not answered yet.' : 'The runtime never said that the probe was in place.',
      next: live ? 'Call wait_for_action.' : 'Check that the runtime is still attached (list_runtimes), and try again.',
    };
  }
  const sampled = isSampled(seen);
  const overhead = view.action.spec.overheadPercent;
  if (seen.conditionErrors > 0 && seen.conditionErrors >= seen.conditionFalse) {
    return {
      cause: 'condition_error',
      message: sampled
        ? `The condition gave an error on ${seen.conditionErrors} of the ${seen.passes} passes that were looked at. ${partSeen(seen)}`
        : `The condition gave an error on ${seen.conditionErrors} of ${seen.passes} passes.`,
      next: 'Mend the condition: condition_error has the first error; inspect_location lists the names in scope.',
    };
  }
  const ownLimit = ownLimitOf(seen);
  if (ownLimit !== undefined) {
    return {
      cause: 'agent_limit',
      message: `For some of the time ${ownLimit} was used up, by this action or by others, and nothing was captured. ${partSeen(seen)}`,
      next:
        'Try again in a minute, with fewer actions at a time. Whoever runs the service sets the limit: ' +
        'BORESCOPE_MAX_HITS_PER_MINUTE, BORESCOPE_MAX_BYTES_PER_MINUTE, BORESCOPE_MAX_OVERHEAD_PERCENT of the agent.',
    };
  }
  if (seen.conditionFalse > 0) {
    return sampled ? falseWhereSeen(seen, overhead) : falseEachTime(seen);
  }
  if (seen.passes > 0 || seen.dropped > 0) {
    return {
      cause: 'sampled_out',
      message: `Watching all the time would have cost more than overhead_percent, so passes were sampled: armed ${seconds(seen.armedMs)} of ${seconds(seen.placedMs)} s.`,
      next: `${seeMore(overhead)}.`,
    };
  }
  if (!sampled || differs(placement, usual)) return notPassed(placement, usual, live);
  return {
    cause: 'line_not_passed',
    message: `No pass of the line was seen. ${partSeen(seen)}`,
    next: `${seeMore(overhead)}; or probe an earlier line to see how far it comes.`,
  };
}

function falseEachTime({ passes, conditionFalse, conditionErrors }: Observation): Finding {
  const errors = conditionErrors > 0 ? ` and in error on ${conditionErrors}` : '';
  return {
    cause: 'condition_false',
    message: `The line was passed ${passes} times, and the condition was false on ${conditionFalse} of them${errors}.`,
    next: 'Capture once without the condition, and compare its values with what the condition expects.',
  };
}

/** The pass for which the condition holds may be one of those that nobody looked at: the condition need not be wrong. */
function falseWhereSeen(seen: Observation, overhead: number): Finding {
  return {
    cause: 'condition_false',
    message: `The condition was false on ${seen.conditionFalse} of the ${seen.passes} passes that were looked at. ${partSeen(seen)}`,
    next:
      `A pass for which it is true may be among the others. ${seeMore(overhead)}. Where it should be true often, ` +
      'capture once without the condition, and compare its values with what the condition expects.',
  };
}

/** Never how many passes there were in all: that is not known. */
function partSeen(seen: Observation): string {
  const { armedMs, placedMs, dropped } = seen;
  const seenWithin = seen.ownLimit === undefined ? 'overhead_percent' : 'it';
  const share = placedMs > 0 ? armedMs / placedMs : 1;
  const percent = share < 0.001 ? 'less than 0.1' : `${Math.round(share * 1000) / 10}`;
  const letGo = dropped > 0 ? ', and passes within it were let go' : '';
  return (
    `That is a sample: to keep within ${seenWithin} the line was watched ${percent} % of the time ` +
    `(${seconds(armedMs)} of ${seconds(placedMs)} s)${letGo}. How often it was passed in all is not known.`
  );
}

function seeMore(overhead: number): string {
  const raise = overhead < LIMITS.maxOverheadPercent ? `Raise overhead_percent (it was ${overhead}), allow` : 'Allow';
  return `${raise} a longer timeout_seconds, or choose a line that runs less often`;
}

/** The last word of a probe, also of one that waited for its file all the time, is that it was removed. */
function wasNeverBound({ status, bound, observation: seen }: Placement): boolean {
  if (status === 'pending') return true;
  return bound === undefined && seen !== undefined && seen.passes === 0 && seen.dropped === 0;
}

function notPassed(placement: Placement, usual: string | undefined, live: boolean): Finding {
  if (differs(placement, usual)) {
    return {
      cause: 'code_differs',
      message: 'The line was not passed, and this runtime runs other code in this file than most of the others.',
      next: 'Call inspect_location on this runtime and check that the line is the one that you mean.',
    };
  }
  return {
    cause: 'line_not_passed',
    message: 'The line was not passed while the probe was armed.',
    next: live
      ? 'Send the request that should reach it, then call wait_for_action; or probe an earlier line to see how far it comes.'
      : 'Send the request that should reach it while the probe is armed, or probe an earlier line to see how far it comes.',
  };
}

function differs({ bound }: Placement, usual: string | undefined): boolean {
  return usual !== undefined && bound?.scriptHash !== undefined && bound.scriptHash !== usual;
}

/** Undefined where all runtimes that told a hash told the same one. */
function mostFrequentHash(placements: readonly Placement[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { bound } of placements) {
    if (bound?.scriptHash !== undefined) counts.set(bound.scriptHash, (counts.get(bound.scriptHash) ?? 0) + 1);
  }
  if (counts.size < 2) return undefined;
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

function seconds(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds) / 100) / 10;
}
