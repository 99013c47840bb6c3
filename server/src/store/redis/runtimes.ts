import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { AttachedRuntime, RuntimeDirectory } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, prefixOf } from './keys.ts';
import { fromJson, type Reply, toReplies, toReply } from './reply.ts';
import { ATTACH, DETACH, LAPSE, READ_DIRECTORY, RENEW } from './scripts/attachment.ts';
import { listSpace, overSpaces } from './spaces.ts';
import { LEASE, type TimesToLive } from './time-to-live.ts';

export interface RedisRuntimesOptions {
  readonly connection: RedisConnection;
  readonly timesToLive: TimesToLive;
  /** A name that no other call gives: says that the directory has changed. */
  readonly uniqueName: () => string;
}

/** Runtimes of one organization that lapse in one call: each costs a step for every live action that it has. */
const LAPSE_BATCH = 20;
/** Organizations whose directory is kept as it was read last; beyond, all are read anew. */
const MOST_KNOWN = 100;

/** The directory of all brokers. An attachment holds until it is detached, or until nobody has renewed it for `LEASE`. */
export function redisRuntimes({ connection, timesToLive, uniqueName }: RedisRuntimesOptions): RuntimeDirectory {
  const { call, run } = connection;
  const known = new Map<string, { name: string; runtimes: readonly AttachedRuntime[] }>();

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
      ];
      let epoch = Number(await run(ATTACH, [prefixOf(organization)], parameters));
      if (epoch === -1) {
        await listSpace(connection, organization);
        epoch = Number(await run(ATTACH, [prefixOf(organization)], parameters));
      }
      return epoch > 0 ? { runtime, replica, epoch, attachedAt: at } : undefined;
    },

    async renew(organization, runtime, epoch, at) {
      return (await run(RENEW, [prefixOf(organization)], [runtime, epoch, at + LEASE])) === 1;
    },

    async detach(organization, runtime, epoch, at) {
      const parameters = [runtime, epoch, at, timesToLive.ended, uniqueName()];
      return texts(toReply(await run(DETACH, [prefixOf(organization)], parameters)));
    },

    async lapse(at) {
      return overSpaces(connection, async (organization) => {
        // Most of the time there is none, and a look is cheaper than a step.
        const late = await call((redis) => redis.zcount(keyOf(organization, 'attached'), '-inf', at));
        if (late === 0) return [];
        const parameters = [at, LAPSE_BATCH, timesToLive.ended, uniqueName()];
        return toReplies(await run(LAPSE, [prefixOf(organization)], parameters)).flatMap((row) => {
          const [runtime, ...actionIds] = texts(row);
          return runtime === undefined ? [] : [{ organization, runtime, actionIds }];
        });
      });
    },

    async list(organization) {
      const before = known.get(organization);
      const rows = await run(READ_DIRECTORY, [prefixOf(organization)], [before?.name ?? '']);
      const [name, ...attached] = Array.isArray(rows) ? rows : [];
      if (before !== undefined && name === before.name && attached.length === 0) return [...before.runtimes];
      const runtimes = attached.flatMap((row) => toAttached(toReply(row)) ?? []);
      runtimes.sort((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
      if (known.size >= MOST_KNOWN) known.clear();
      // No name: nothing was ever attached, or Redis has lost its data.
      if (name === '') known.delete(organization);
      else known.set(organization, { name: String(name), runtimes });
      return [...runtimes];
    },

    async get(organization, runtime) {
      const row = await call((redis) =>
        redis.hmget(
          keyOf(organization, 'runtime', runtime),
          'description',
          'replica',
          'epoch',
          'attachedAt',
          'attached',
        ),
      );
      return row[4] === '1' ? toAttached(row) : undefined;
    },
  };
}

function toAttached([description, replica, epoch, attachedAt]: Reply): AttachedRuntime | undefined {
  if (typeof description !== 'string' || typeof replica !== 'string') return undefined;
  const runtime = fromJson<RuntimeDescription>(description);
  return { runtime, replica, epoch: Number(epoch), attachedAt: Number(attachedAt) };
}

function texts(reply: Reply): string[] {
  return reply.flatMap((text) => text ?? []);
}
