import type { Log } from '../../log.ts';
import { SchemaTooNew, SchemaUnreadable, StoreUnavailable } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { hasSchema } from './schema.ts';

/** Milliseconds between two looks: so long a broker may write beside a newer one. */
const LOOK_EVERY = 5_000;

export interface SchemaGuardOptions {
  readonly connection: RedisConnection;
  readonly log: Log;
  /** Milliseconds; 5 s where not given. */
  readonly lookEveryMs?: number;
}

/** The same connection, which refuses all calls while the schema is another than this version knows. */
export interface SchemaGuard {
  readonly guarded: RedisConnection;
  stop(): void;
}

/** A newer broker, or a Redis that came back with other data, may change the schema under a broker that runs. */
export function guardSchema({ connection, log, lookEveryMs = LOOK_EVERY }: SchemaGuardOptions): SchemaGuard {
  let refusal: StoreUnavailable | undefined;

  async function look(): Promise<void> {
    try {
      await hasSchema(connection);
      if (refusal !== undefined) log.info({}, 'the schema of the store is known again: it is used again');
      refusal = undefined;
    } catch (error) {
      // Where Redis is away nothing is known.
      if (!(error instanceof SchemaTooNew || error instanceof SchemaUnreadable)) return;
      if (refusal === undefined) log.error({ err: error }, 'the store is used no more: stop this broker');
      refusal = new StoreUnavailable(error.message);
    }
  }

  const looking = setInterval(() => void look(), lookEveryMs);
  looking.unref();
  return {
    guarded: {
      ...connection,
      call: async (work) => {
        if (refusal !== undefined) throw refusal;
        return connection.call(work);
      },
      run: async (script, keys, parameters) => {
        if (refusal !== undefined) throw refusal;
        return connection.run(script, keys, parameters);
      },
    },
    stop: () => clearInterval(looking),
  };
}
