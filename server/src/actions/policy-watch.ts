import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AccessPolicy } from '../policies/policy.ts';
import { BROKER, type ReadOnly } from '../policies/read-only.ts';
import { type Current, type CurrentDocument, DocumentNotUnderstood } from '../store/current-document.ts';
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
 * each look, so that nothing that was being placed at the moment of the switch stays. A policy or a switch that this version does
 * not understand, such as one that a newer broker has written, counts as read-only mode: what it forbids is not known.
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
    const attached = organizations();
    for (const organization of versions.keys()) if (!attached.includes(organization)) versions.delete(organization);
    const all = await closedFor(async () => (await readOnly.get(BROKER)).value.on && 'the broker is in read-only mode');
    const closed = new Map<string, string>();
    const looks = await Promise.allSettled(
      attached.map(async (organization) => {
        const reason = await closedFor(() => lookAt(organization));
        if (reason !== false) closed.set(organization, reason);
      }),
    );
    if (all !== false || closed.size > 0) {
      const live = await store.actions.live();
      await endAll(live, ({ organization }) => all || closed.get(organization));
    }
    // Behind the others: one whose policy cannot be read keeps nobody else's from being enforced.
    for (const result of looks) if (result.status === 'rejected') throw result.reason;
  }

  async function lookAt(organization: string): Promise<string | false> {
    const current = await policy.get(organization);
    if (isNew(organization, current)) onChange(organization, current.value);
    return current.value.read_only === true && 'the organization is in read-only mode';
  }

  /** Why nothing may live; false where it may. What is not understood may say that nothing may. */
  async function closedFor(look: () => Promise<string | false>): Promise<string | false> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof DocumentNotUnderstood)) throw error;
      return error.message;
    }
  }

  function isNew(organization: string, { version }: Current<AccessPolicy>): boolean {
    const before = versions.get(organization);
    versions.set(organization, version);
    // At the first look, too: it may have changed since the agent was told.
    return before !== version;
  }

  async function endAll(live: readonly Action[], why: (action: Action) => string | undefined): Promise<void> {
    const over = live.filter((action) => why(action) !== undefined);
    for (let n = 0; n < over.length && !stopped; n += BATCH) {
      await Promise.all(over.slice(n, n + BATCH).map((action) => end(action, why(action) ?? '')));
    }
  }

  async function end({ organization, id }: Action, reason: string): Promise<void> {
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
