import type { RuntimeDirectory } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { Directories, toAttached } from './directories.ts';
import { keyOf, keysOf } from './keys.ts';
import { type Reply, toReplies, toReply } from './reply.ts';
import { ATTACH, DETACH, LAPSE, RENEW } from './scripts/attachment.ts';
import { listSpace, overSpaces } from './spaces.ts';
import { LEASE, type TimesToLive } from './time-to-live.ts';

export interface RedisRuntimesOptions {
  readonly connection: RedisConnection;
  readonly timesToLive: TimesToLive;
  /** A name that no other call gives: says that the directory has changed. */
  readonly uniqueName: () => string;
}

/** Runtimes of one organization that lapse in one call: each costs a step for every live action that it has, and others wait. */
const LAPSE_BATCH = 20;

/** The directory of all brokers. An attachment holds until it is detached, or until nobody has renewed it for `LEASE`. */
export function redisRuntimes({ connection, timesToLive, uniqueName }: RedisRuntimesOptions): RuntimeDirectory {
  const { call, run } = connection;
  const directories = new Directories(connection);

  return {
    async attach(organization, runtime, replica, at) {
      const parameters = [
        runtime.id,
        runtime.service,
        runtime.environment === undefined ? '' : `=${runtime.environment}`,
        JSON.stringify(runtime),
        replica,
        at,
        at + LEASE,
        uniqueName(),
        timesToLive.attached,
      ];
      let epoch = Number(await run(ATTACH, keysOf(organization), parameters));
      if (epoch === -1) {
        await listSpace(connection, organization);
        epoch = Number(await run(ATTACH, keysOf(organization), parameters));
      }
      return epoch > 0 ? { runtime, replica, epoch, attachedAt: at } : undefined;
    },

    async renew(organization, runtime, epoch, at) {
      const parameters = [runtime, epoch, at + LEASE, timesToLive.attached, timesToLive.prolonged];
      return (await run(RENEW, keysOf(organization), parameters)) === 1;
    },

    async detach(organization, runtime, epoch, at) {
      const parameters = [runtime, epoch, at, timesToLive.ended, uniqueName()];
      return texts(toReply(await run(DETACH, keysOf(organization), parameters)));
    },

    async lapse(at) {
      return overSpaces(connection, async (organization) => {
        // Most of the time there is none, and a look is cheaper than a step.
        const late = await call((redis) => redis.zcount(keyOf(organization, 'attached'), '-inf', at));
        if (late === 0) return [];
        const parameters = [at, LAPSE_BATCH, timesToLive.ended, uniqueName()];
        return toReplies(await run(LAPSE, keysOf(organization), parameters)).flatMap((row) => {
          const [runtime, ...actionIds] = texts(row);
          return runtime === undefined ? [] : [{ organization, runtime, actionIds }];
        });
      });
    },

    list: (organization) => directories.list(organization),

    async get(organization, runtime) {
      const key = keyOf(organization, 'runtime', runtime);
      return toAttached(
        await call((redis) => redis.hmget(key, 'description', 'replica', 'epoch', 'attachedAt', 'attached')),
      );
    },
  };
}

function texts(reply: Reply): string[] {
  return reply.flatMap((text) => text ?? []);
}
