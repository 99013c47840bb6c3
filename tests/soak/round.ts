import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedAgent } from '../faults/agent.ts';
import type { Caller } from '../faults/caller.ts';
import { ofType } from '../faults/history.ts';
import { check } from '../faults/invariants.ts';
import { ORGANIZATIONS, type OrganizationName, type Site } from '../faults/site.ts';
import { workload } from '../faults/workload.ts';
import { until } from '../live/until.ts';

const AGENTS = 4;
const CALLERS = 3;
/** Actions of a caller before it looks whether the round is over. */
const ACTIONS = 3;
/** Milliseconds between two agents that leave, at most. */
const LEAVE_EVERY = 4_000;
/** Milliseconds past its deadline that an action waits for hits on their way, and a broker needs to say so. */
const END_WITHIN = 40_000;
/** Milliseconds past an action's deadline that a probe may be seen: the way of the order, and timers of a busy machine. */
const PROBE_TOLERANCE = 2_000;

export interface RoundResult {
  readonly actions: number;
  readonly hits: number;
  readonly problems: readonly string[];
}

/** Callers and agents of two organizations at work for so long; then every action ends, and what was seen is checked. */
export async function round(site: Site, workMs: number, signal: AbortSignal): Promise<RoundResult> {
  // Not a signal of a timeout among others: Node 20 collects it, and it never comes (nodejs/node#57736).
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), workMs);
  const over = AbortSignal.any([signal, end.signal]);
  const working = await Promise.all(ORGANIZATIONS.map((organization) => begin(site, organization, over)));
  const own = await Promise.all(working.map((one) => one.done));
  clearTimeout(timer);
  for (const { agents, caller } of own) {
    await caller.discover(END_WITHIN);
    const ids = accepted(site, caller.organization);
    await Promise.all(ids.map((id) => caller.ended(id, END_WITHIN)));
    await until(async () => agents.every(({ probes }) => probes === 0));
    for (const id of ids) await caller.look(id);
  }
  const events = site.history.events;
  const problems = check(events, { probeToleranceMs: PROBE_TOLERANCE }).map(
    ({ invariant, action, text }) => `${invariant}: ${action}: ${text}`,
  );
  const actions = ofType(events, 'accepted').length;
  const hits = new Map(ofType(events, 'shown').map(({ action, count }) => [action, count]));
  for (const { agents, callers } of own) {
    for (const agent of agents) agent.kill();
    await Promise.all(callers.map((caller) => caller.close()));
  }
  if (problems.length === 0) site.history.forget();
  return { actions, hits: [...hits.values()].reduce((sum, count) => sum + count, 0), problems };
}

interface Working {
  readonly agents: readonly SimulatedAgent[];
  readonly callers: readonly Caller[];
  readonly caller: Caller;
}

/** `done` resolves when no caller begins anything more. */
async function begin(
  site: Site,
  organization: OrganizationName,
  over: AbortSignal,
): Promise<{ done: Promise<Working> }> {
  const service = 'soak';
  const agents = await Promise.all(Array.from({ length: AGENTS }, () => site.agent(service, organization)));
  const caller = await site.caller(organization);
  const callers = await Promise.all(Array.from({ length: CALLERS - 1 }, () => site.caller(organization)));
  callers.push(caller);
  const ask = async (one: Caller) => {
    while (!over.aborted) await workload(site, { callers: [one], agents, service, actions: ACTIONS });
  };
  const comeAndGo = async () => {
    while (!over.aborted) {
      await sleep(site.random() * LEAVE_EVERY, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return;
      const index = Math.floor(site.random() * agents.length);
      if (site.random() < 0.5) agents[index]?.reconnect();
      else {
        agents[index]?.kill();
        agents[index] = await site.agent(service, organization);
      }
    }
  };
  const done = Promise.all([...callers.map(ask), comeAndGo()]).then(() => ({ agents, callers, caller }));
  return { done };
}

function accepted(site: Site, organization: string): string[] {
  return ofType(site.history.events, 'accepted').flatMap((event) =>
    event.organization === organization ? event.action : [],
  );
}
