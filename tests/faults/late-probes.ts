import { type EventOf, groupBy, type HistoryEvent, ofType } from './history.ts';
import type { Violation } from './invariants.ts';

/** Probes that were in a runtime after the time of their action, at the end, or without an action of that organization. */
export function lateProbes(
  events: readonly HistoryEvent[],
  accepted: ReadonlyMap<string, EventOf<'accepted'>>,
  runtimes: ReadonlyMap<string, EventOf<'runtime'>>,
  toleranceMs: number,
): Violation[] {
  const violations: Violation[] = [];
  const end = events.reduce((latest, { at }) => Math.max(latest, at), 0);
  const deaths = new Map(ofType(events, 'died').map(({ runtime, at }) => [runtime, at]));
  const probes = groupBy(ofType(events, 'probe'), ({ runtime, action }) => `${runtime} ${action}`);

  for (const changes of probes.values()) {
    const [first] = changes;
    if (first === undefined) continue;
    const { action, runtime } = first;
    const acceptance = accepted.get(action);
    const owner = runtimes.get(runtime)?.organization;
    if (acceptance === undefined) {
      violations.push({ invariant: 'probe wanted', action, text: `in ${runtime}, and nobody was ever given it` });
      continue;
    }
    if (owner !== undefined && owner !== acceptance.organization) {
      violations.push({
        invariant: 'probe wanted',
        action,
        text: `of ${acceptance.organization}, in ${owner}'s ${runtime}`,
      });
    }
    const goneAt = lastGone(changes, deaths.get(runtime));
    if (goneAt === undefined && end <= acceptance.deadline + toleranceMs) {
      violations.push({ invariant: 'probe in time', action, text: `the history ends while it is in ${runtime}` });
    }
    const late = (goneAt ?? end) - acceptance.deadline;
    if (late > toleranceMs) {
      const text = `${goneAt === undefined ? 'still' : 'was'} in ${runtime} ${Math.round(late)} ms after its deadline`;
      violations.push({ invariant: 'probe in time', action, text });
    }
  }
  return violations;
}

/** When it was gone for the last time; undefined where it still is there. */
function lastGone(changes: readonly EventOf<'probe'>[], death: number | undefined): number | undefined {
  const last = changes.at(-1);
  return last === undefined || last.present ? death : last.at;
}
