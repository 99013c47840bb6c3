import { type EventOf, groupBy, type HistoryEvent, ofType, type ShownHit } from './history.ts';
import { lateProbes } from './late-probes.ts';

/** What must hold whatever dies. Each is one sentence of the promise. */
export const INVARIANTS = {
  'one end': 'an accepted action reaches exactly one terminal state, and never leaves it',
  vanished: 'an accepted action is there whenever it is asked for',
  gapless: 'the hits of an action are 1, 2, 3... without a gap, and as many as it says',
  'in sequence': 'the hits of one runtime are its 1, 2, 3... in their order, without a gap',
  double: 'one pass of the line is one hit',
  limit: 'there are never more hits than were asked for',
  budget: 'an action is completed with the last hit that was asked for, and with no other',
  steady: 'what a caller was once shown never changes and never goes away',
  true: 'a hit is what a runtime of the action captured for it',
  kept: 'a hit that was acknowledged to its runtime is shown to callers',
  separate: 'no organization is shown an action or a hit of another one',
  'probe in time': 'a probe is gone from every runtime when the time of its action is over',
  'probe wanted': 'a runtime holds probes of accepted actions of its own organization only',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly action: string;
  readonly text: string;
}

export interface CheckOptions {
  /** Milliseconds past an action's deadline that a probe may be seen: the way of the order to place it, and timers. */
  readonly probeToleranceMs: number;
}

const TERMINAL = new Set(['completed', 'expired', 'cancelled', 'failed']);

/** Every invariant that the history breaks. Pure: the same history gives the same answer. */
export function check(events: readonly HistoryEvent[], { probeToleranceMs }: CheckOptions): Violation[] {
  const accepted = new Map(ofType(events, 'accepted').map((event) => [event.action, event]));
  const runtimes = new Map(ofType(events, 'runtime').map((event) => [event.runtime, event]));
  const lostAt = ofType(events, 'lost').map(({ at }) => at);
  const shown = groupBy(ofType(events, 'shown'), ({ action }) => action);
  const missing = groupBy(ofType(events, 'missing'), ({ action }) => action);
  const captured = groupBy(ofType(events, 'captured'), ({ action }) => action);
  const acknowledged = groupBy(ofType(events, 'acknowledged'), ({ action }) => action);
  const violations: Violation[] = [];

  for (const [action, acceptance] of accepted) {
    const own = { views: shown.get(action) ?? [], missing: missing.get(action) ?? [] };
    const lost = lostAt.filter((at) => at >= acceptance.at);
    const found = [
      ...ends(own.views, own.missing, acceptance, lost),
      ...own.views.flatMap((view) => withinView(view, acceptance.maxHits)),
      ...steady(own.views, lost),
      ...separate(own.views, acceptance, runtimes),
      ...origin(own.views, captured.get(action) ?? [], runtimes),
      ...(lost.length > 0 ? [] : kept(own.views, acknowledged.get(action) ?? [])),
    ];
    violations.push(...found.map(([invariant, text]) => ({ invariant, action, text })));
  }
  for (const { action } of ofType(events, 'shown')) {
    if (!accepted.has(action)) {
      violations.push({ invariant: 'true', action, text: 'shown, and nobody was ever given it' });
    }
  }
  return [...violations, ...lateProbes(events, accepted, runtimes, probeToleranceMs)];
}

type Found = readonly [Invariant, string];
type Views = readonly EventOf<'shown'>[];

function ends(
  views: Views,
  missing: readonly EventOf<'missing'>[],
  { organization }: EventOf<'accepted'>,
  lost: readonly number[],
): Found[] {
  const found: Found[] = [];
  const own = missing.filter((answer) => answer.organization === organization);
  if (lost.length === 0 && own.length > 0)
    found.push(['vanished', `not there at ${own.map(({ at }) => at).join(', ')}`]);
  const terminal = [...new Set(views.map(({ state }) => state).filter((state) => TERMINAL.has(state)))];
  if (terminal.length > 1) found.push(['one end', `it has ended as ${terminal.join(' and as ')}`]);
  if (terminal.length === 0 && own.length === 0) {
    found.push(['one end', `it has not ended: ${views.at(-1)?.state ?? 'nobody has looked'}`]);
  }
  for (const ended of views.filter(({ state }) => TERMINAL.has(state))) {
    const alive = views.find((view) => view.began >= ended.at && !TERMINAL.has(view.state));
    if (alive !== undefined) found.push(['one end', `${ended.state} at ${ended.at}, ${alive.state} at ${alive.at}`]);
  }
  return found;
}

function withinView({ hits, count, state, at }: EventOf<'shown'>, maxHits: number): Found[] {
  const found: Found[] = [];
  const numbers = hits.map(({ number }) => number);
  if (numbers.some((number, index) => number !== index + 1)) found.push(['gapless', `at ${at}: ${numbers}`]);
  if (count !== hits.length) found.push(['gapless', `at ${at}: it says ${count}, there are ${hits.length}`]);
  for (const [runtime, own] of groupBy(hits, (hit) => hit.runtime)) {
    const sequences = own.flatMap(({ sequence }) => sequence ?? []);
    if (sequences.some((sequence, index) => sequence !== index + 1)) {
      found.push(['in sequence', `at ${at}: ${sequences} of ${runtime}`]);
    }
  }
  if (new Set(hits.map(identityOf)).size < hits.length) {
    found.push(['double', `at ${at}: ${hits.map(identityOf).join(' ')}`]);
  }
  if (Math.max(count, hits.length) > maxHits) found.push(['limit', `at ${at}: ${hits.length} of ${maxHits}`]);
  if ((state === 'completed') !== count >= maxHits) found.push(['budget', `at ${at}: ${state} with ${count} hits`]);
  return found;
}

function steady(views: Views, lost: readonly number[]): Found[] {
  const found: Found[] = [];
  const known = new Map<number, string>();
  for (const { hits } of views) {
    for (const hit of hits) {
      const before = known.get(hit.number) ?? identityOf(hit);
      known.set(hit.number, before);
      if (before !== identityOf(hit)) found.push(['steady', `hit ${hit.number} was ${before}, is ${identityOf(hit)}`]);
    }
  }
  for (const [index, earlier] of views.entries()) {
    // Two calls side by side may be answered in either order; one that began after the other was answered may not be behind.
    const behind = views.find(
      (later, other) => other !== index && later.began >= earlier.at && later.hits.length < earlier.hits.length,
    );
    if (behind !== undefined && !lost.some((at) => at >= earlier.at && at <= behind.at)) {
      found.push(['steady', `${earlier.hits.length} hits at ${earlier.at}, ${behind.hits.length} at ${behind.at}`]);
    }
  }
  return found;
}

function separate(
  views: Views,
  { organization }: EventOf<'accepted'>,
  runtimes: ReadonlyMap<string, EventOf<'runtime'>>,
): Found[] {
  const found: Found[] = [];
  for (const view of views) {
    if (view.organization !== organization) found.push(['separate', `${view.organization} was shown it`]);
    for (const { runtime } of view.hits) {
      const owner = runtimes.get(runtime)?.organization;
      if (owner !== undefined && owner !== organization) found.push(['separate', `a hit of ${owner}'s ${runtime}`]);
    }
  }
  return found;
}

function origin(
  views: Views,
  captured: readonly EventOf<'captured'>[],
  runtimes: ReadonlyMap<string, EventOf<'runtime'>>,
): Found[] {
  const known = new Set(captured.map(identityOf));
  return views
    .flatMap(({ hits }) => hits)
    .filter((hit) => runtimes.get(hit.runtime)?.witnessed !== false && !known.has(identityOf(hit)))
    .map((hit): Found => ['true', `${identityOf(hit)} was never captured`]);
}

/** The last view has all of them: nothing that a caller was shown goes away. */
function kept(views: Views, acknowledged: readonly EventOf<'acknowledged'>[]): Found[] {
  const last = views.toSorted((one, other) => one.began - other.began).at(-1);
  const found: Found[] = [];
  for (const [runtime, own] of groupBy(acknowledged, (ack) => ack.runtime)) {
    const stored = Math.max(...own.filter(({ at }) => at <= (last?.began ?? 0)).map(({ sequence }) => sequence), 0);
    const there = last?.hits.filter((hit) => hit.runtime === runtime).length ?? 0;
    if (there < stored) found.push(['kept', `${stored} of ${runtime} were acknowledged, ${there} are there`]);
  }
  return found;
}

function identityOf({ runtime, mark, sequence }: Pick<ShownHit, 'runtime' | 'mark' | 'sequence'>): string {
  return `${runtime}/${sequence ?? '?'}/${mark}`;
}
