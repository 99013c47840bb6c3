import type { Store } from '../store/store.ts';
import { ending } from './tokens.ts';

/** Milliseconds between two looks. Streams and sockets of a revoked token close within a second. */
export const LOOK_EVERY = 450;
/** Tokens looked up at once, before other work gets its turn. */
const BATCH = 50;

export interface AttachmentsOptions {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The store could not be asked; everything stays open, and the next looks try again. Told once until one succeeds. */
  readonly onError: (error: unknown) => void;
}

/**
 * What is open under a token: streams to assistants, sockets of agents. The tokens in use are looked up about twice a
 * second, because a revocation may be written by another process (the command, another broker).
 */
export interface Attachments {
  /** `close` is called once when the token ends; the returned function takes the attachment out again. */
  add(token: { organization: string; id: string }, close: () => void): () => void;
  count(): number;
  stop(): void;
}

interface Attached {
  readonly organization: string;
  readonly id: string;
  readonly closers: Set<() => void>;
}

export function watchAttachments({ store, clock, onError }: AttachmentsOptions): Attachments {
  const attached = new Map<string, Attached>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;

  async function look(): Promise<void> {
    const all = [...attached.values()];
    for (let n = 0; n < all.length; n += BATCH) {
      // The embedded store answers synchronously: thousands of tokens in one go would hold up everything else.
      if (n > 0) await new Promise(setImmediate);
      await Promise.all(all.slice(n, n + BATCH).map(lookAt));
    }
  }

  async function lookAt(entry: Attached): Promise<void> {
    const record = await store.tokens.get(entry.organization, entry.id);
    if (record !== undefined && ending(record, clock()) === undefined) return;
    attached.delete(entry.id);
    for (const close of entry.closers) close();
  }

  function schedule(): void {
    if (stopped || timer !== undefined || attached.size === 0) return;
    timer = setTimeout(() => {
      look()
        .then(
          () => {
            failing = false;
          },
          (error: unknown) => {
            if (!failing) onError(error);
            failing = true;
          },
        )
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, LOOK_EVERY);
    timer.unref();
  }

  return {
    add(token, close) {
      const entry = attached.get(token.id) ?? {
        organization: token.organization,
        id: token.id,
        closers: new Set<() => void>(),
      };
      attached.set(token.id, entry);
      entry.closers.add(close);
      schedule();
      return () => {
        entry.closers.delete(close);
        if (entry.closers.size === 0 && attached.get(token.id) === entry) attached.delete(token.id);
      };
    },
    count: () => [...attached.values()].reduce((sum, entry) => sum + entry.closers.size, 0),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
