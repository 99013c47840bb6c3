import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Attachment } from '../agents/listener.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/document-store.ts';

const lateRedaction = z.object({
  service: z.string(),
  environment: z.string().optional(),
  /** Values by kind. */
  kinds: z.record(z.string(), z.int()),
  /** Milliseconds since the epoch. */
  firstAt: z.number(),
  lastAt: z.number(),
  /** The runtime that sent the last. */
  runtime: z.string(),
});

/** What the agents of one service and environment have sent, and only a broker has hidden. */
export type LateRedaction = z.infer<typeof lateRedaction>;

export interface LateRedactions {
  /** Of one hit; an empty list is no matter. */
  caught(from: Attachment, kinds: readonly string[]): void;
  start(): void;
  /** Writes what is not written yet. Never rejects. */
  close(): Promise<void>;
}

export interface LateRedactionsOptions {
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly log: Log;
}

const KIND = 'late-redaction';
/** Milliseconds between two writings: hits come by the hundreds. */
const WRITE_EVERY = 2_000;
/** Milliseconds for which it is told, since the last. */
const TOLD_FOR = 7 * 24 * 60 * 60 * 1000;
/** Services and environments that wait to be written; those beyond are in the metrics alone. */
const MOST_WAITING = 1_000;
/** Kinds of one of them. */
const MOST_KINDS = 100;
/** Of one organization, that are told. */
const MOST_TOLD = 1_000;
const MOST_TRIES = 5;

/**
 * An agent hides before it sends, so what a broker finds is a warning: the agent is older than a rule, or not ours. It is kept
 * with the organization, for days, so that it is seen at any broker by who looks later.
 */
export function createLateRedactions({ documents, clock, log }: LateRedactionsOptions): LateRedactions {
  const waiting = new Map<string, { readonly organization: string; readonly id: string; value: LateRedaction }>();
  let cancel = () => {};
  let stopped = false;

  async function write(organization: string, id: string, value: LateRedaction): Promise<void> {
    for (let n = 0; n < MOST_TRIES; n++) {
      const found = await documents.get(organization, KIND, id);
      const before = lateRedaction.safeParse(found?.value).data;
      const sum = before === undefined ? value : together(before, value);
      const document = { id, value: sum, expiresAt: sum.lastAt + TOLD_FOR };
      if ((await documents.put(organization, KIND, document, found?.version ?? 0)) !== undefined) return;
    }
    throw new Error('others write it without a break');
  }

  async function flush(): Promise<void> {
    for (const [key, { organization, id, value }] of waiting) {
      waiting.delete(key);
      try {
        await write(organization, id, value);
      } catch (err) {
        // Not worth a second try: the next one is counted anew, and the metrics have both.
        log.warn({ err, organization }, 'what only the broker has hidden is not written down');
      }
    }
  }

  function flushOn(): void {
    if (stopped) return;
    cancel = clock.later(WRITE_EVERY, () => void flush().then(flushOn));
  }

  return {
    caught({ organization, service, environment, runtime }, kinds) {
      if (kinds.length === 0) return;
      const at = clock.now();
      const counts: Record<string, number> = {};
      for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
      const value: LateRedaction = {
        service,
        ...(environment !== undefined && { environment }),
        kinds: counts,
        firstAt: at,
        lastAt: at,
        runtime,
      };
      const id = idOf(service, environment);
      const key = `${organization}/${id}`;
      const held = waiting.get(key);
      if (held !== undefined) held.value = together(held.value, value);
      else if (waiting.size < MOST_WAITING) waiting.set(key, { organization, id, value });
    },
    start: flushOn,
    async close() {
      stopped = true;
      cancel();
      await flush();
    },
  };
}

/** By service and environment. May reject with `StoreUnavailable`. */
export async function listLateRedactions(documents: DocumentStore, organization: string): Promise<LateRedaction[]> {
  const found = await documents.list(organization, KIND, { limit: MOST_TOLD });
  return found
    .flatMap(({ value }) => lateRedaction.safeParse(value).data ?? [])
    .toSorted((one, other) => (one.service < other.service ? -1 : one.service > other.service ? 1 : 0));
}

function together(before: LateRedaction, now: LateRedaction): LateRedaction {
  const kinds = { ...before.kinds };
  for (const [kind, count] of Object.entries(now.kinds)) {
    if (Object.hasOwn(kinds, kind) || Object.keys(kinds).length < MOST_KINDS) kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return { ...now, kinds, firstAt: before.firstAt };
}

function idOf(service: string, environment: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify([service, environment ?? null]))
    .digest('hex')
    .slice(0, 24);
}
