import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RedisConnection } from '../store/redis/connection.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import { KEEP_INBOX } from './keep-inbox.ts';

export interface InboxOptions {
  readonly key: string;
  /** For short commands. */
  readonly connection: RedisConnection;
  /** A client of its own, which waits in Redis. */
  readonly client: RedisClient;
  readonly clock: Clock;
  readonly log: Log;
  /** A text that was sent. What is returned is not waited for, up to a bound. */
  readonly receive: (text: string) => Promise<void>;
  /** The inbox was lost, and what was in it. */
  readonly missed: () => void;
}

/** A stream that only this broker reads. */
export interface Inbox {
  close(): Promise<void>;
}

/** Milliseconds that an inbox outlives its broker: longer than a lease, after which nobody sends to it. */
const LIVES_FOR = 60_000;
const KEEP_EVERY = 2_000;
/** Milliseconds that a read waits in Redis: far below the silence after which its connection is given up, and the longest that an inbox made anew is not looked at. */
const BLOCK = 1_000;
/** Messages of one read, and those that are dealt with at the same time. */
const BATCH = 100;
const UNDER_WAY = 256;
/** Messages that wait for a broker that stands still; the oldest are dropped, as messages may be. */
const MOST_WAITING = 10_000;
/** Milliseconds until a read that failed is tried again. */
const AGAIN = 250;

const kept = z.tuple([z.number(), z.string()]);
/** Streams, their entries, the fields of each in turn. */
const streams = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(z.string())]))])).nullable();

/** Leaves a text in an inbox; false where there is none. */
export async function leave(connection: RedisConnection, key: string, text: string): Promise<boolean> {
  const id = await connection.call((redis) =>
    redis.xadd(key, 'NOMKSTREAM', 'MAXLEN', '~', MOST_WAITING, '*', 'text', text),
  );
  return id !== null;
}

/** Rejects with `StoreUnavailable`. */
export async function openInbox({
  key,
  connection,
  client,
  clock,
  log,
  receive,
  missed,
}: InboxOptions): Promise<Inbox> {
  let last = '0-0';
  let closed = false;
  let cancelKeep = () => {};
  const underWay = new Set<Promise<void>>();

  async function keep(): Promise<boolean> {
    const [made, newest] = kept.parse(await connection.run(KEEP_INBOX, [key], [LIVES_FOR]));
    // A Redis that lost its newest data, or has another clock, may give ids that are older than what was read.
    if (made === 1 || isBefore(newest, last)) last = '0-0';
    return made === 1;
  }

  function keepOn(): void {
    if (closed) return;
    cancelKeep = clock.later(KEEP_EVERY, () => {
      keep()
        .then((made) => {
          if (made && !closed) missed();
        })
        .catch(() => undefined)
        .finally(keepOn);
    });
  }

  async function read(): Promise<void> {
    while (!closed) {
      try {
        const answer = await client.xread('COUNT', BATCH, 'BLOCK', BLOCK, 'STREAMS', key, last);
        for (const [, entries] of streams.parse(answer) ?? []) await take(entries);
      } catch (error) {
        if (closed) return;
        const reason = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
        log.debug({ reason }, 'the inbox of this broker could not be read; it is tried again');
        await new Promise<void>((resolve) => clock.later(AGAIN, resolve));
      }
    }
  }

  async function take(entries: readonly (readonly [id: string, fields: readonly string[]])[]): Promise<void> {
    for (const [id, [field, text]] of entries) {
      last = id;
      if (field !== 'text' || text === undefined || closed) continue;
      const work = receive(text)
        .catch((error: unknown) => log.warn({ err: error }, 'a message of another broker could not be dealt with'))
        .finally(() => underWay.delete(work));
      underWay.add(work);
      if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
    }
    // What is read need not be kept; where this fails, the bound of the stream holds.
    await connection.call((redis) => redis.xtrim(key, 'MINID', last)).catch(() => undefined);
  }

  await keep();
  keepOn();
  void read();
  return {
    async close() {
      closed = true;
      cancelKeep();
      // The read is not waited for: between two attempts to connect ioredis forgets what waits in it, and never settles it.
      client.disconnect();
      await connection.call((redis) => redis.del(key)).catch(() => undefined);
    },
  };
}

/** Ids of entries: milliseconds, `-`, a number within them. */
function isBefore(one: string, other: string): boolean {
  const [oneTime = 0, oneNumber = 0] = one.split('-').map(Number);
  const [otherTime = 0, otherNumber = 0] = other.split('-').map(Number);
  return oneTime === otherTime ? oneNumber < otherNumber : oneTime < otherTime;
}
