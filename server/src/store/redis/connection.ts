import { StoreUnavailable } from '../store.ts';
import { toStoreFailure } from './failure.ts';
import type { RedisClient } from './redis-client.ts';
import { runScript, type Script } from './script.ts';

/** Milliseconds that a call waits for a connection that was lost just now: a restart of Redis or a fail-over is not over at once. */
const READY_WITHIN = 1_000;
/** Milliseconds after which a call is given up, whatever the client still tries: redirections of a cluster have no end of their own. */
const CALL_WITHIN = 4_000;

/** What ioredis says of a command that never left this process. */
const NOT_SENT = /^(Stream isn't writeable|Cluster isn't ready) and enableOfflineQueue options is false/;

/** A client whose calls end within about 5 s, and reject with `StoreUnavailable` where Redis is at fault. */
export interface RedisConnection {
  call<T>(work: (client: RedisClient) => Promise<T>): Promise<T>;
  run(script: Script, keys: readonly string[], parameters: readonly (string | number)[]): Promise<unknown>;
  /** Resolves when Redis answers; rejects with `StoreUnavailable`, with the last failure in its message. */
  ready(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  readonly client: RedisClient;
  /** The client of this connection has failed last with this. */
  readonly lastFailure: () => Error | undefined;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
}

export function createRedisConnection({ client, lastFailure, monotonic }: RedisConnectionOptions): RedisConnection {
  let closed = false;
  /** Since when there is no connection. */
  let away: number | undefined = monotonic();
  const waiting = new Set<() => void>();
  client.on('ready', () => {
    away = undefined;
    for (const resolve of waiting) resolve();
    waiting.clear();
  });
  client.on('close', () => {
    away ??= monotonic();
  });

  async function ready(withinMs: number): Promise<void> {
    if (closed) throw new StoreUnavailable('the store is closed');
    if (client.status !== 'ready') await nextReady(withinMs);
  }

  async function nextReady(withinMs: number): Promise<void> {
    if (withinMs <= 0) throw unreachable();
    let resolve = () => {};
    let late: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((ok, fail) => {
        resolve = ok;
        waiting.add(ok);
        late = setTimeout(() => fail(unreachable()), withinMs);
      });
    } finally {
      clearTimeout(late);
      waiting.delete(resolve);
    }
  }

  function unreachable(): StoreUnavailable {
    const { message = 'no connection' } = lastFailure() ?? {};
    return new StoreUnavailable(`Redis cannot be reached: ${message.slice(0, 300)}`);
  }

  async function call<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    if (client.status !== 'ready' || closed) await ready((away ?? monotonic()) + READY_WITHIN - monotonic());
    let late: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, fail) => {
      late = setTimeout(
        () => fail(new StoreUnavailable(`Redis did not answer within ${CALL_WITHIN / 1000} s`)),
        CALL_WITHIN,
      );
    });
    try {
      return await Promise.race([attempt(work), timeout]);
    } catch (error) {
      throw toStoreFailure(error);
    } finally {
      clearTimeout(late);
    }
  }

  /** The client may not know yet that its socket is on its way out: what was not sent then waits for the next one. */
  async function attempt<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await work(client);
    } catch (error) {
      if (closed || !(error instanceof Error) || !NOT_SENT.test(error.message)) throw error;
      await nextReady(READY_WITHIN);
      return work(client);
    }
  }

  return {
    call,
    run: (script, keys, parameters) => call((at) => runScript(at, script, keys, parameters)),
    ready,
    async close() {
      if (closed) return;
      closed = true;
      for (const resolve of waiting) resolve();
      waiting.clear();
      client.disconnect();
    },
  };
}
