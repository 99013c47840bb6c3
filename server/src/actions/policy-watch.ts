import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AccessPolicy } from '../policies/policy.ts';
import { BROKER, type ReadOnly } from '../policies/read-only.ts';
import type { Current, CurrentDocument } from '../store/current-document.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import type { Action } from './action.ts';
import type { Ending } from './ending.ts';
import { isOver, nextAction } from './state-machine.ts';

export interface PolicyWatchOptions {
  readonly store: Store;
  readonly policy: CurrentDocument<AccessPolicy>;
  readonly readOnly: CurrentDocument<ReadOnly>;
  /** Those of which an agent is attached to this broker. */
  readonly organizations: () => readonly string[];
  /** Told of each policy that is another than at the last look, or that is looked at for the first time. */
  readonly onChange: (organization: string, policy: AccessPolicy) => void;
  readonly ending: Ending;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks: with the time that a document is kept in memory, well below the second that is promised. */
const LOOK_EVERY = 350;
/** Actions that are ended at once. */
const BATCH = 50;

/**
 * Sees what another process has changed: a command, another broker. In read-only mode every broker ends what is live, at
 * each look, so that nothing that was being placed at the moment of the switch stays.
 */
export interface PolicyWatch {
  start(): void;
  stop(): void;
}

export function createPolicyWatch(options: PolicyWatchOptions): PolicyWatch {
  const { store, policy, readOnly, organizations, onChange, ending, clock, log } = options;
  const versions = new Map<string, number>();
  let cancel = () => {};
  let stopped = false;
  let failing = false;

  async function look(): Promise<void> {
    const { value } = await readOnly.get(BROKER);
    if (value.on) await endAll(await store.actions.live(), 'the broker is in read-only mode');
    const attached = organizations();
    for (const organization of versions.keys()) if (!attached.includes(organization)) versions.delete(organization);
    const found = await Promise.all(
      attached.map(async (organization) => ({ organization, current: await policy.get(organization) })),
    );
    const closed: string[] = [];
    for (const { organization, current } of found) {
      if (isNew(organization, current)) onChange(organization, current.value);
      if (current.value.read_only === true) closed.push(organization);
    }
    if (closed.length === 0) return;
    const live = await store.actions.live();
    await endAll(
      live.filter(({ organization }) => closed.includes(organization)),
      'the organization is in read-only mode',
    );
  }

  function isNew(organization: string, { version }: Current<AccessPolicy>): boolean {
    const before = versions.get(organization);
    versions.set(organization, version);
    // At the first look, too: it may have changed since the agent was told.
    return before !== version;
  }

  async function endAll(live: readonly Action[], reason: string): Promise<void> {
    for (let n = 0; n < live.length && !stopped; n += BATCH) {
      await Promise.all(live.slice(n, n + BATCH).map(({ organization, id }) => end(organization, id, reason)));
    }
  }

  async function end(organization: string, id: string, reason: string): Promise<void> {
    let ended = false;
    await store.actions.change(organization, id, (action) => {
      ended = !isOver(action);
      return nextAction(action, { type: 'cancel', at: clock.now(), reason });
    });
    if (ended) await ending(organization, id);
  }

  function lookOn(): void {
    if (stopped) return;
    cancel = clock.later(LOOK_EVERY, () => {
      look()
        .then(() => {
          failing = false;
        })
        .catch((err: unknown) => {
          if (failing) return;
          failing = true;
          if (err instanceof StoreUnavailable) log.warn({ err }, 'the policies could not be looked up');
          else log.error({ err }, 'the policies could not be looked up');
        })
        .finally(lookOn);
    });
  }

  return {
    start: lookOn,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
