import { History, type HistoryEvent, type ShownHit } from './history.ts';

interface Model {
  readonly id: string;
  readonly organization: string;
  readonly maxHits: number;
  readonly deadline: number;
  state: string;
  readonly hits: ShownHit[];
  /** Of each runtime with its probe: the last sequence that it captured. */
  readonly probes: Map<string, number>;
}

const ORGANIZATIONS = ['north', 'south'];
const RUNTIMES_EACH = 3;
const STEPS = 160;

/**
 * What would be observed of a broker without a fault: random actions, captures, views, cancellations and deaths, until
 * every action has ended. `random`: 0 up to 1.
 */
export function correctHistory(random: () => number): readonly HistoryEvent[] {
  let now = 0;
  const history = new History(() => now);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const actions: Model[] = [];
  const alive = new Map<string, string>();
  let passes = 0;

  for (const organization of ORGANIZATIONS) {
    for (let n = 1; n <= RUNTIMES_EACH; n++) {
      const runtime = `${organization}-${n}`;
      alive.set(runtime, organization);
      history.record({ type: 'runtime', runtime, organization, witnessed: true });
    }
  }

  function accept(): void {
    const organization = pick(ORGANIZATIONS) ?? '';
    const id = `act-${actions.length + 1}`;
    const own = [...alive].filter(([, owner]) => owner === organization).map(([runtime]) => runtime);
    const [maxHits, deadline] = [1 + Math.floor(random() * 4), now + 50 + Math.floor(random() * 400)];
    history.record({ type: 'accepted', action: id, organization, maxHits, deadline });
    const probes = new Map(own.map((runtime) => [runtime, 0]));
    actions.push({ id, organization, maxHits, deadline, state: 'armed', hits: [], probes });
    for (const runtime of own) history.record({ type: 'probe', runtime, action: id, present: true });
  }

  function capture(): void {
    const action = pick(actions.filter(({ state, probes }) => state === 'armed' && probes.size > 0));
    const runtime = pick([...(action?.probes.keys() ?? [])]);
    if (action === undefined || runtime === undefined) return;
    const sequence = (action.probes.get(runtime) ?? 0) + 1;
    action.probes.set(runtime, sequence);
    const mark = `pass-${++passes}`;
    history.record({ type: 'captured', runtime, action: action.id, sequence, mark });
    action.hits.push({ number: action.hits.length + 1, runtime, mark, sequence });
    history.record({ type: 'acknowledged', runtime, action: action.id, sequence });
    if (action.hits.length === action.maxHits) end(action, 'completed');
  }

  function end(action: Model, state: string): void {
    action.state = state;
    for (const runtime of action.probes.keys()) {
      history.record({ type: 'probe', runtime, action: action.id, present: false });
    }
    action.probes.clear();
  }

  function view(action: Model | undefined): void {
    if (action === undefined) return;
    const { id, organization, state, hits } = action;
    const began = now - Math.floor(random() * 2);
    history.record({ type: 'shown', action: id, organization, began, state, count: hits.length, hits: [...hits] });
  }

  function die(): void {
    const runtime = pick([...alive.keys()]);
    if (runtime === undefined || alive.size <= ORGANIZATIONS.length) return;
    history.record({ type: 'died', runtime });
    alive.delete(runtime);
    for (const { probes } of actions) probes.delete(runtime);
  }

  function expire(): void {
    for (const action of actions) if (action.state === 'armed' && now >= action.deadline) end(action, 'expired');
  }

  for (let step = 0; step < STEPS; step++) {
    now += 1 + Math.floor(random() * 10);
    expire();
    const chance = random();
    if (chance < 0.2) accept();
    else if (chance < 0.6) capture();
    else if (chance < 0.9) view(pick(actions));
    else if (chance < 0.98) {
      const action = pick(actions.filter(({ state }) => state === 'armed'));
      if (action !== undefined) end(action, 'cancelled');
    } else die();
  }
  while (actions.some(({ state }) => state === 'armed')) {
    now += 10;
    expire();
  }
  now += 2;
  for (const action of actions) view(action);
  return history.events;
}
