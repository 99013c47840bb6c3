import type { Log } from '../../log.ts';
import { StoreUnavailable } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { createRedisClient, type RedisClient, type RedisClientOptions } from './redis-client.ts';
import type { RedisAddress } from './redis-url.ts';

export interface RedisClientsOptions {
  readonly address: RedisAddress;
  readonly replica: string;
  readonly log: Log;
  /** Milliseconds without a connection after which one counts as missing; 15 s where not given: more than a restart of Redis takes. */
  readonly missingAfterMs?: number;
}

/**
 * The connections of one broker beside that of its store. Redis may take some and refuse others (`maxclients`): then the
 * broker seems to work, and takes no job or hears of no other broker.
 */
export interface RedisClients {
  connect(use: RedisClientOptions['use'], name: string): RedisClient;
  /** From now on the connection of the store tells of outages. */
  opened(): void;
  lastFailure(): Error | undefined;
  /** Throws `StoreUnavailable` where one has been missing for long. */
  check(): void;
  close(): void;
}

/**
 * Adds how many clients Redis has, where that is why it takes no further one: it says so and hangs up at once, which ioredis
 * mostly reads as a broken pipe.
 */
export async function withClientCount(error: unknown, { call }: RedisConnection): Promise<unknown> {
  if (!(error instanceof StoreUnavailable)) return error;
  const text = await call((redis) => redis.info('clients')).catch(() => '');
  const [, has = '', most = ''] = /^connected_clients:(\d+)[\s\S]*?^maxclients:(\d+)/m.exec(text) ?? [];
  if (most === '' || Number(has) < Number(most)) return error;
  return new StoreUnavailable(`${error.message}; it has ${has} of at most ${most} clients (maxclients)`);
}

const MISSING_AFTER = 15_000;

export function createRedisClients({
  address,
  replica,
  log,
  missingAfterMs = MISSING_AFTER,
}: RedisClientsOptions): RedisClients {
  const clients = new Set<RedisClient>();
  /** Those without a connection, and when each counts as missing. */
  const away = new Map<RedisClient, NodeJS.Timeout>();
  /** By name. */
  const missing = new Map<RedisClient, string>();
  let isOpened = false;
  let failure: Error | undefined;

  function watch(client: RedisClient, name: string): void {
    const leave = () => {
      if (away.has(client) || missing.has(client)) return;
      away.set(
        client,
        setTimeout(() => {
          away.delete(client);
          // Once for all that are missing at the same time.
          if (missing.size === 0) {
            const reason = failure?.message.slice(0, 300);
            log.warn({ redis: address.named, connection: name, reason }, 'a connection to Redis cannot be made');
          }
          missing.set(client, name);
        }, missingAfterMs),
      );
    };
    const back = () => {
      clearTimeout(away.get(client));
      away.delete(client);
      if (missing.delete(client) && missing.size === 0) {
        log.info({ redis: address.named }, 'all connections to Redis are there again');
      }
    };
    leave();
    client.on('close', leave);
    client.on('ready', back);
    client.once('end', () => {
      back();
      clients.delete(client);
    });
  }

  return {
    connect(use, name) {
      const client = createRedisClient(address, {
        use,
        name: `${name}-${replica}`,
        onError: (error) => {
          if (failure === undefined && !isOpened) {
            log.warn({ redis: address.named, reason: error.message }, 'Redis cannot be reached yet');
          }
          failure = error;
        },
      });
      clients.add(client);
      watch(client, name);
      return client;
    },
    opened() {
      isOpened = true;
    },
    lastFailure: () => failure,
    check() {
      if (missing.size === 0) return;
      const names = [...missing.values()].join(', ');
      throw new StoreUnavailable(
        `Redis takes some connections of this broker and not others (${names}): ${failure?.message.slice(0, 300)}`,
      );
    },
    close() {
      // A client that is disconnected between two attempts to connect tells nothing more: its timer would stay.
      for (const timer of away.values()) clearTimeout(timer);
      away.clear();
      for (const client of clients) client.disconnect();
    },
  };
}
