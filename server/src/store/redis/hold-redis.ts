import { OF_BROKERS } from '../document-store.ts';
import { type HeldStore, type HeldTarget, MoveRefused } from '../moving/held-store.ts';
import { createRedisConnection, type RedisConnection } from './connection.ts';
import { GLOBAL, isInbox, parseKey } from './keys.ts';
import { readRecords } from './read-records.ts';
import { createRedisClient } from './redis-client.ts';
import { parseRedisUrl } from './redis-url.ts';
import { scanStore } from './scan.ts';
import { hasSchema, prepareSchema, readServer, requireDatabase } from './schema.ts';
import { END_MOVING, KEEP_MOVING } from './scripts/moving.ts';
import { timesToLive } from './time-to-live.ts';
import { recordWriter } from './write-records.ts';

export interface HoldRedisOptions {
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
  /** Names this run of the move; the same for both of its stores. */
  readonly run: string;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds to find Redis. */
const OPEN_WITHIN = 10_000;
/** Milliseconds that a store counts as being moved after the last word of the process that moves it. */
const HOLDS = 15_000;
const KEEP_EVERY = 3_000;

/** The schema, the default organization, a check whether it can be written. */
const FROM_THE_START: readonly string[] = [GLOBAL.schema, GLOBAL.organizations, GLOBAL.check];
const OF_THE_MOVE: readonly string[] = [GLOBAL.moving, GLOBAL.unfinished];

/**
 * The store in a Redis, which stays as it is but for the note that it is being moved. Rejects with `MoveRefused`,
 * `RedisUrlError`, `RedisTooOld`, `SchemaTooNew`, `SchemaUnreadable` or `StoreUnavailable`.
 */
export async function holdRedisSource(options: HoldRedisOptions): Promise<HeldStore> {
  const held = await hold(options);
  const { connection, named } = held;
  try {
    if (!(await hasSchema(connection))) throw new MoveRefused(`there is no store in ${named}`);
    if (await exists(connection, GLOBAL.unfinished)) {
      throw new MoveRefused(`the store in ${named} is unfinished: a move to there was broken off`);
    }
  } catch (error) {
    await held.close();
    throw error;
  }
  return { named, records: () => readRecords(connection), confirm: held.confirm, close: held.close };
}

/** A Redis without a store, or with one that a move has left unfinished, which is deleted. Rejects like `holdRedisSource`. */
export async function holdRedisTarget(options: HoldRedisOptions): Promise<HeldTarget> {
  const { retentionMs, now } = options;
  const held = await hold(options);
  const { connection, named } = held;
  const { call } = connection;
  try {
    await hasSchema(connection);
    if (!(await exists(connection, GLOBAL.unfinished)) && !(await isEmpty(connection))) {
      throw new MoveRefused(
        `the store in ${named} is not empty: name a Redis, or a database of it, that Borescope has not used yet`,
      );
    }
    await call((redis) => redis.set(GLOBAL.unfinished, options.run));
    await empty(connection);
    await prepareSchema(connection, now());
  } catch (error) {
    await held.close();
    throw error;
  }
  return {
    named,
    records: () => readRecords(connection),
    confirm: held.confirm,
    load: recordWriter({ connection, timesToLive: timesToLive(retentionMs), now }),
    async finish() {
      await call((redis) => redis.del(GLOBAL.unfinished));
    },
    close: held.close,
  };
}

/** Notes the move, so that no broker starts, and then looks whether one runs. */
async function hold({ url, run }: HoldRedisOptions) {
  const address = parseRedisUrl(url);
  const { named } = address;
  let failure: Error | undefined;
  const client = createRedisClient(address, {
    use: 'requests',
    name: 'migrate',
    onError: (error) => {
      failure = error;
    },
  });
  const connection = createRedisConnection({ client, lastFailure: () => failure, monotonic: () => performance.now() });

  /** False where the note has run out, which the brokers then no longer saw. */
  const keep = async () => (await connection.run(KEEP_MOVING, [GLOBAL.moving], [run, HOLDS])) === 1;
  let isNoted = false;
  let isLost = false;
  let keeping: NodeJS.Timeout | undefined;
  const close = async () => {
    clearInterval(keeping);
    // Where it cannot be taken away now, it runs out.
    if (isNoted) await connection.run(END_MOVING, [GLOBAL.moving], [run]).catch(() => undefined);
    await connection.close();
  };
  try {
    await connection.ready(OPEN_WITHIN);
    await requireDatabase(connection, address);
    await readServer(connection);
    const noted = await connection.call((redis) => redis.set(GLOBAL.moving, run, 'PX', HOLDS, 'NX'));
    if (noted === null) throw new MoveRefused(await whoMoves(connection, run, named));
    isNoted = true;
    keeping = setInterval(() => {
      keep().then(
        (held) => {
          isLost ||= !held;
        },
        // The next one may be in time, and the last one tells.
        () => undefined,
      );
    }, KEEP_EVERY);
    await refuseBrokers(connection, named);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    connection,
    named,
    close,
    async confirm() {
      if (isLost || !(await keep())) {
        throw new MoveRefused(`${named} could not be held: it was away for too long; run borescope migrate again`);
      }
      await refuseBrokers(connection, named);
    },
  };
}

async function whoMoves({ call }: RedisConnection, run: string, named: string): Promise<string> {
  if ((await call((redis) => redis.get(GLOBAL.moving))) === run) return 'both are the same store';
  const since = `it was killed within the last ${HOLDS / 1000} seconds`;
  return `another borescope migrate moves the store in ${named}, or ${since}`;
}

async function refuseBrokers(connection: RedisConnection, named: string): Promise<void> {
  for await (const keys of scanStore(connection)) {
    if (keys.some(isInbox)) {
      throw new MoveRefused(`a broker runs on ${named}, or was killed within the last minute: stop all brokers first`);
    }
  }
}

async function exists({ call }: RedisConnection, key: string): Promise<boolean> {
  return (await call((redis) => redis.exists(key))) === 1;
}

async function isEmpty(connection: RedisConnection): Promise<boolean> {
  for await (const keys of scanStore(connection)) {
    if (keys.some((key) => !isFromTheStart(key) && !OF_THE_MOVE.includes(key))) return false;
  }
  const organizations = await connection.call((redis) => redis.hkeys(GLOBAL.organizations));
  return organizations.every((name) => name === 'default');
}

/** There in a store that was only started. */
function isFromTheStart(key: string): boolean {
  return FROM_THE_START.includes(key) || parseKey(key)?.organization === OF_BROKERS;
}

async function empty(connection: RedisConnection): Promise<void> {
  for await (const keys of scanStore(connection)) {
    const old = keys.filter((key) => !OF_THE_MOVE.includes(key));
    // One by one: in a cluster they are of different nodes.
    await Promise.all(old.map((key) => connection.call((redis) => redis.unlink(key))));
  }
}
