import { Cluster, type CommonRedisOptions, Redis } from 'ioredis';
import type { RedisAddress } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  /**
   * `requests`: somebody waits for the answer, so a command fails at once while there is no connection, and is never sent
   * twice. `blocking`: a loop that waits in Redis (XREAD BLOCK, the workers of BullMQ), for which commands wait for the
   * connection, however long that takes. `listening`: the same for one that subscribes to channels.
   */
  readonly use: 'requests' | 'blocking' | 'listening';
  /** Shown in Redis's own list of clients: letters, digits, `-`. */
  readonly name: string;
  /** Of a failed connection; may come often. Without a listener ioredis would write to stderr. */
  readonly onError: (error: Error) => void;
}

/** Milliseconds for the TCP and TLS handshake. */
const CONNECT_WITHIN = 5_000;
/** Milliseconds for an answer: longer than any command of ours takes, shorter than a caller's patience. */
const ANSWER_WITHIN = 2_000;
/** Milliseconds without a byte, while an answer is due, after which a connection is dead. A half-open one stays so for ever without it. */
const SILENT_FOR = { requests: 5_000, blocking: 20_000, listening: 20_000 } as const;
/** Milliseconds between attempts to connect: doubled up to the last, a random share of up to a half taken off. */
const RECONNECT = { first: 50, last: 2_000 } as const;
/** Redirections that a command follows while a cluster moves its slots: with 100 ms between them half a second. */
const REDIRECTIONS = 5;

/**
 * A client that connects by itself, and again whenever the connection is lost. A blocking command must end within 15 s of
 * its own accord, so that its silence is not taken for death.
 */
export function createRedisClient(address: RedisAddress, { use, name, onError }: RedisClientOptions): RedisClient {
  const { hosts, kind, username, password, database, tls } = address;
  const isBlocking = use !== 'requests';
  const common = {
    connectionName: `borescope-${name}`,
    connectTimeout: CONNECT_WITHIN,
    socketTimeout: SILENT_FOR[use],
    // Null: BullMQ's workers refuse anything else. 0: what was on its way when the connection was lost fails at once.
    maxRetriesPerRequest: isBlocking ? null : 0,
    // What was sent may have been done already: nothing of ours is sent twice without being asked for twice.
    autoResendUnfulfilledCommands: isBlocking,
    // A replica that was a master until now, or is none yet: the next connection may reach the right one.
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
    ...(isBlocking ? {} : { commandTimeout: ANSWER_WITHIN }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  } satisfies CommonRedisOptions & { tls?: object };
  const client = kind !== 'cluster' ? single() : use === 'listening' ? anyNode() : cluster();
  client.on('error', onError);
  return client;

  function single(): Redis {
    const options = { ...common, db: database, retryStrategy: reconnectDelay, enableOfflineQueue: isBlocking };
    return new Redis(kind === 'standalone' ? { ...options, ...hosts[0] } : { ...options, ...sentinels() });
  }

  /**
   * Each node of a cluster hears what is published at any other, so one connection is enough, and one that is lost is made
   * again at the next of the hosts. ioredis's own subscriber for clusters tries a dead node without a pause, leaves listeners
   * and timers behind each time (its issue 2030), and sends no PING, so that a half-open connection stays.
   */
  function anyNode(): Redis {
    let turn = 0;
    const redis: Redis = new Redis({
      ...common,
      ...hosts[0],
      enableOfflineQueue: true,
      retryStrategy(times) {
        turn += 1;
        // The connector reads them anew for each attempt.
        Object.assign(redis.options, hosts[turn % hosts.length]);
        return reconnectDelay(times);
      },
    });
    return redis;
  }

  function sentinels() {
    const { master, sentinelUsername, sentinelPassword } = address;
    return {
      sentinels: [...hosts],
      sentinelRetryStrategy: reconnectDelay,
      // A subscription at each Sentinel: a fail-over is heard of at once, not only when the old master is gone.
      failoverDetector: true,
      ...(master !== undefined && { name: master }),
      ...(sentinelUsername !== undefined && { sentinelUsername }),
      ...(sentinelPassword !== undefined && { sentinelPassword }),
      ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    };
  }

  function cluster(): Cluster {
    return new Cluster([...hosts], {
      clusterRetryStrategy: reconnectDelay,
      enableOfflineQueue: isBlocking,
      maxRedirections: REDIRECTIONS,
      slotsRefreshTimeout: ANSWER_WITHIN,
      redisOptions: common,
    });
  }
}

function reconnectDelay(times: number): number {
  const longest = Math.min(RECONNECT.first * 2 ** Math.min(times - 1, 10), RECONNECT.last);
  return Math.round(longest * (1 - Math.random() / 2));
}
