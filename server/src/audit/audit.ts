import type { Secrets } from '../access/secrets.ts';
import type { Log } from '../log.ts';
import type { AuditEnds, AuditStore, StoredAuditEntry } from '../store/audit-store.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { AuditAct, AuditRecord } from './audit-record.ts';
import { BEGINNING, ChainCheck, type ChainKeys, chainKeys, type Flaw, follow, type Link, sealed } from './chain.ts';

export interface AuditOptions {
  readonly store: AuditStore;
  readonly secrets: Secrets;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

export interface Verification {
  /** Entries that were looked at, all right up to the flaw. */
  readonly entries: number;
  /** The chain as it ends: kept elsewhere, it shows later that nothing before it was taken away. */
  readonly anchor: Link;
  readonly flaw?: Flaw;
}

/** Who did what, kept so that nobody without the secret can change it unseen. */
export interface Audit {
  /**
   * Resolves when the record is written: whatever it tells of is done after that, and not where it rejects (with
   * `StoreUnavailable`).
   */
  record(organization: string, record: AuditRecord): Promise<void>;
  /** In their order, from behind `after`. */
  entries(organization: string, after?: number): AsyncIterable<StoredAuditEntry>;
  /** `anchor`: what an earlier verification ended with; it must be part of the chain. */
  verify(organization: string, anchor?: Link): Promise<Verification>;
  /** Deletes what was written before `before`, of an organization. What is left is verified from there on. */
  prune(organization: string, before: number): Promise<number>;
}

/**
 * What ends, revokes or stops something is done also where Redis takes nothing more, and what was captured is read there, so its
 * entry is written there, too.
 */
const ALSO_WHEN_FULL: ReadonlySet<AuditAct> = new Set([
  'action.cancel',
  'action.end',
  'action.read',
  'token.revoke',
  // It can say read-only, too.
  'policy.change',
  'read-only.change',
  'act.fail',
]);

/** Entries that are written together, and that are read together. */
const BATCH = 100;
/** Entries that are deleted in one step of the store. */
const PRUNED_AT_ONCE = 1_000;
/** Entries of one organization that wait to be written; beyond it the act is refused. */
const MOST_WAITING = 5_000;
/** Chains whose end is kept in memory. */
const MOST_KNOWN = 1_000;
/** Tries to append behind what other brokers append; with batches each of them gets on. */
const MOST_TRIES = 50;

/** A chain as this process has last seen it. */
interface KnownChain {
  readonly keys: ChainKeys;
  /** The last entry that it has seen to be written. */
  seen: Link;
  ends: AuditEnds | undefined;
}

interface Waiting {
  readonly at: number;
  readonly text: string;
  readonly whenFull: boolean;
  readonly settle: (error?: unknown) => void;
}

export function createAudit({ store, secrets, now, log }: AuditOptions): Audit {
  const waiting = new Map<string, Waiting[]>();
  /** The least recently used first. */
  const known = new Map<string, KnownChain>();

  function chainOf(organization: string): KnownChain {
    const chain = known.get(organization) ?? {
      keys: chainKeys(secrets, organization),
      seen: BEGINNING,
      ends: undefined,
    };
    known.delete(organization);
    known.set(organization, chain);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return chain;
  }

  /** Whoever can write to the store could move an end: nothing is written behind one that is not ours. */
  async function read(organization: string, { keys }: KnownChain): Promise<AuditEnds> {
    const found = await store.ends(organization);
    const ends = found ?? { base: sealed(keys, 'base', BEGINNING), head: sealed(keys, 'head', BEGINNING) };
    const flaw = new ChainCheck(keys, ends).ends();
    if (flaw === undefined) return ends;
    log.error({ organization, ...flaw }, 'the audit chain was changed from outside: borescope audit verify tells more');
    throw new StoreUnavailable(
      'the audit chain was changed from outside, so nothing is done that it would have to tell',
    );
  }

  async function append(organization: string, batch: readonly Waiting[]): Promise<void> {
    const chain = chainOf(organization);
    const { keys } = chain;
    let { ends } = chain;
    // Read again where it may have been written although the answer was lost, or somebody else has moved on.
    chain.ends = undefined;
    for (let n = 0; n < MOST_TRIES; n++) {
      ends ??= await read(organization, chain);
      const entries: StoredAuditEntry[] = [];
      let at: Link = ends.head;
      for (const each of [...lossOf(organization, chain.seen, at), ...batch]) {
        const entry = follow(keys, at, each);
        entries.push(entry);
        at = entry;
      }
      const next = { base: ends.base, head: sealed(keys, 'head', at) };
      const whenFull = batch.some((each) => each.whenFull);
      if (await store.append(organization, ends.head.sequence, entries, next, { whenFull })) {
        chain.ends = next;
        chain.seen = at;
        return;
      }
      ends = undefined;
    }
    throw new StoreUnavailable('the audit chain could not be written: others write it without a break');
  }

  /**
   * A store that came back as it was before (a replica that became the master, a backup, no data at all) has lost entries, or
   * somebody has taken them away: nobody can tell which, so the chain goes on and tells of it itself.
   */
  function lossOf(organization: string, seen: Link, head: Link): Pick<Waiting, 'at' | 'text'>[] {
    if (head.sequence >= seen.sequence) return [];
    log.error({ organization, head: head.sequence, seen }, 'the audit chain has lost its last entries');
    const what = { head: head.sequence, seen: seen.sequence, mac: seen.mac };
    const record: AuditRecord = { act: 'audit.loss', by: { kind: 'broker', id: 'broker' }, what };
    return [{ at: now(), text: JSON.stringify(record) }];
  }

  async function write(organization: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH);
      let failure: unknown;
      try {
        await append(organization, batch);
      } catch (error) {
        failure = error;
      }
      queue.splice(0, batch.length);
      for (const { settle } of batch) settle(failure);
    }
    waiting.delete(organization);
  }

  async function* entries(organization: string, after = 0): AsyncIterable<StoredAuditEntry> {
    let last = after;
    for (;;) {
      const page = await store.read(organization, last, BATCH);
      yield* page;
      const end = page.at(-1);
      if (end === undefined) return;
      last = end.sequence;
    }
  }

  /** An entry behind the head was written since the head was read; or by somebody who could not move it. */
  async function behindHead(entry: StoredAuditEntry, organization: string): Promise<Flaw | undefined> {
    const ends = await store.ends(organization);
    if (ends !== undefined && ends.head.sequence >= entry.sequence) {
      return new ChainCheck(chainKeys(secrets, organization), ends).ends();
    }
    return { sequence: entry.sequence, problem: 'the entry stands behind the head of the chain' };
  }

  return {
    record(organization, record) {
      return new Promise<void>((resolve, reject) => {
        const queue = waiting.get(organization);
        if (queue !== undefined && queue.length >= MOST_WAITING) {
          reject(new StoreUnavailable('too many acts wait to be written into the audit chain'));
          return;
        }
        const entry: Waiting = {
          at: now(),
          text: JSON.stringify(record),
          whenFull: ALSO_WHEN_FULL.has(record.act),
          settle: (error) => (error === undefined ? resolve() : reject(error)),
        };
        if (queue !== undefined) {
          queue.push(entry);
          return;
        }
        const fresh = [entry];
        waiting.set(organization, fresh);
        void write(organization, fresh);
      });
    },

    entries,

    async verify(organization, anchor) {
      const ends = await store.ends(organization);
      if (ends === undefined) {
        const flaw = anchor && { sequence: anchor.sequence, problem: 'there is no chain, and there was one' };
        return { entries: 0, anchor: BEGINNING, ...(flaw !== undefined && { flaw }) };
      }
      const check = new ChainCheck(chainKeys(secrets, organization), ends);
      let flaw = check.ends();
      let count = 0;
      let anchored = anchor === undefined || isAt(ends.base, anchor) || anchor.sequence < ends.base.sequence;
      if (flaw === undefined) {
        for await (const entry of entries(organization, ends.base.sequence)) {
          if (entry.sequence > ends.head.sequence) {
            flaw = await behindHead(entry, organization);
            break;
          }
          flaw = check.entry(entry);
          if (flaw !== undefined) break;
          count += 1;
          anchored ||= anchor !== undefined && isAt(entry, anchor);
        }
      }
      flaw ??= check.finish();
      if (flaw === undefined && !anchored && anchor !== undefined) {
        flaw = {
          sequence: anchor.sequence,
          problem: 'the anchor is not part of the chain: entries were taken away or replaced',
        };
      }
      const { sequence, mac } = ends.head;
      return { entries: count, anchor: { sequence, mac }, ...(flaw !== undefined && { flaw }) };
    },

    async prune(organization, before) {
      const chain = chainOf(organization);
      const { base } = await read(organization, chain);
      // It has another base from the first step on.
      chain.ends = undefined;
      let pruned = base.sequence;
      let last: Link = base;
      const step = async () => {
        if (last.sequence > pruned && (await store.prune(organization, sealed(chain.keys, 'base', last)))) {
          pruned = last.sequence;
        }
      };
      for await (const entry of entries(organization, base.sequence)) {
        if (entry.at >= before) break;
        last = entry;
        if (last.sequence - pruned >= PRUNED_AT_ONCE) await step();
      }
      await step();
      return pruned - base.sequence;
    },
  };
}

function isAt(entry: Link, anchor: Link): boolean {
  return entry.sequence === anchor.sequence && entry.mac === anchor.mac;
}
