import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RedisConnection } from '../store/redis/connection.ts';
import { GLOBAL, inboxOf } from '../store/redis/keys.ts';
import { refuseMoving } from '../store/redis/moving.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import { StoreUnavailable } from '../store/store.ts';
import { type Inbox, leave, openInbox } from './inbox.ts';
import { type Messages, message, type Notice, notice, type Receiver } from './messages.ts';
import { createNotices } from './notices.ts';

export interface RedisMessagesOptions {
  readonly replica: string;
  /** For short commands. Stays open. */
  readonly connection: RedisConnection;
  /** A new client for one use, which waits for its connection; closed here. */
  readonly client: (use: 'blocking' | 'listening', name: string) => RedisClient;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two signs of life on the connection that only listens: else a dead one would stay so. */
const PING_EVERY = 5_000;
/** Milliseconds for the subscription at the start. */
const SUBSCRIBE_WITHIN = 5_000;

/** Of a broker of another version a notice may come that this one does not know. */
const publication = z.object({ from: z.string(), notices: z.array(z.unknown()) });

/** A stream for each broker, and one channel for all. */
export function createRedisMessages({ replica, connection, client, clock, log }: RedisMessagesOptions): Messages {
  let inbox: Inbox | undefined;
  let subscriber: RedisClient | undefined;
  let cancelPing = () => {};
  let closed = false;

  const publish = createNotices(async (notices: readonly Notice[]) => {
    if (closed) return;
    const text = JSON.stringify({ from: replica, notices });
    await connection.call((redis) => redis.publish(GLOBAL.notices, text));
  });

  async function subscribe(receiver: Receiver): Promise<void> {
    const redis = client('listening', 'notices');
    subscriber = redis;
    let reason = 'no answer';
    redis.on('error', ({ message }: Error) => {
      reason = message.slice(0, 300);
    });
    redis.on('message', (_channel: string, text: string) => {
      const { data } = publication.safeParse(parsed(text));
      if (data === undefined || data.from === replica) return;
      for (const each of data.notices) {
        const known = notice.safeParse(each);
        if (known.success) receiver.notice(known.data);
      }
    });
    const late = new Promise<never>((_, fail) => {
      cancelPing = clock.later(SUBSCRIBE_WITHIN, () =>
        fail(new StoreUnavailable(`Redis did not take a subscription: ${reason}`)),
      );
    });
    await Promise.race([redis.subscribe(GLOBAL.notices), late]);
    cancelPing();
    ping(redis);
  }

  function ping(redis: RedisClient): void {
    cancelPing = clock.later(PING_EVERY, () => {
      redis.ping().then(
        () => undefined,
        () => undefined,
      );
      ping(redis);
    });
  }

  return {
    replica,
    send: (to, sent) => leave(connection, inboxOf(to), JSON.stringify(sent)),
    tell: publish,
    async start(receiver) {
      await subscribe(receiver);
      inbox = await openInbox({
        key: inboxOf(replica),
        connection,
        client: client('blocking', 'inbox'),
        clock,
        log,
        missed: () => receiver.missed(),
        async receive(text) {
          const known = message.safeParse(parsed(text));
          if (known.success) await receiver.message(known.data);
          else log.warn({}, 'a message that this version does not know was dropped');
        },
      });
      // A move that has begun since the store was opened saw no inbox, and from here on any sees it.
      await refuseMoving(connection);
    },
    async close() {
      closed = true;
      cancelPing();
      subscriber?.disconnect();
      await inbox?.close();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
