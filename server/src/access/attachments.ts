import type { Standing } from './authenticate.ts';

/** Milliseconds between two looks. Streams and sockets of a revoked token close within a second. */
export const LOOK_EVERY = 450;
/** Credentials looked up at once, before other work gets its turn. */
const BATCH = 50;

export interface AttachmentsOptions {
  /** The store could not be asked; everything stays open, and the next looks try again. Told once until one succeeds. */
  readonly onError: (error: unknown) => void;
}

/**
 * What is open under a credential: streams to assistants, sockets of agents. The credentials in use are looked up about
 * twice a second, because a revocation may be written by another process (the command, another broker).
 */
export interface Attachments {
  /** `close` is called once when the credential ends; the returned function takes the attachment out again. */
  add(standing: Standing, close: () => void): () => void;
  count(): number;
  stop(): void;
}

interface Attached {
  readonly standing: Standing;
  readonly closers: Set<() => void>;
}

export function watchAttachments({ onError }: AttachmentsOptions): Attachments {
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
    if (await entry.standing.holds()) return;
    attached.delete(entry.standing.key);
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
    add(standing, close) {
      const { key } = standing;
      const entry = attached.get(key) ?? { standing, closers: new Set<() => void>() };
      attached.set(key, entry);
      entry.closers.add(close);
      schedule();
      return () => {
        entry.closers.delete(close);
        if (entry.closers.size === 0 && attached.get(key) === entry) attached.delete(key);
      };
    },
    count: () => [...attached.values()].reduce((sum, entry) => sum + entry.closers.size, 0),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
