import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatedAgent } from './agent.ts';
import type { Caller } from './caller.ts';
import type { Site } from './site.ts';

export interface WorkloadOptions {
  readonly callers: readonly Caller[];
  /** Of the organization of the callers; may change meanwhile. */
  readonly agents: readonly SimulatedAgent[];
  readonly service: string;
  /** Of each caller, that it was given: it asks again where it was refused or not answered. */
  readonly actions: number;
}

/** Milliseconds. */
const ASK_AGAIN = 100;
/** Refusals in a row after which a caller gives up: no fault here lasts so long. */
const MOST_REFUSALS = 300;

/**
 * Assistants at work: each places actions one after the other, on one runtime or all, for few hits or many, and waits for
 * it, looks again and again, cancels, or forgets it. What is chosen follows from the seed of the site.
 */
export async function workload(site: Site, { callers, agents, service, actions }: WorkloadOptions): Promise<void> {
  const { random } = site;
  const upTo = (most: number) => 1 + Math.floor(random() * most);

  async function work(caller: Caller): Promise<void> {
    let refusals = 0;
    for (let accepted = 0; accepted < actions; ) {
      const one = agents[Math.floor(random() * agents.length)];
      const target = random() < 0.5 && one !== undefined ? { ids: [one.runtime] } : { service };
      const request = { maxHits: random() < 0.3 ? upTo(50) : upTo(4), timeoutSeconds: 2 + upTo(4) };
      const placed = await caller.place({ ...target, ...request, waitSeconds: random() < 0.5 ? 0 : 2 });
      if (!('view' in placed)) {
        refusals += 1;
        if (refusals > MOST_REFUSALS) throw new Error(`no action is taken any more: ${JSON.stringify(placed)}`);
        await wait(ASK_AGAIN);
        continue;
      }
      accepted += 1;
      refusals = 0;
      const { id } = placed.view.action;
      const next = random();
      if (next < 0.3) await caller.look(id, 2);
      else if (next < 0.5) await Promise.all([caller.look(id, 1), caller.look(id), caller.look(id, 1)]);
      else if (next < 0.7) await caller.cancel(id);
    }
  }

  await Promise.all(callers.map(work));
}
