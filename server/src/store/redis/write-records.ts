import { LIMITS } from '@borescope/agent-protocol';
import type { ActionRecord, RuntimeRecord, StoreRecord } from '../moving/record.ts';
import type { TokenRecord } from '../store.ts';
import { writeAccessRecord, writeEntries } from './access-records.ts';
import { recordFields } from './action-record.ts';
import type { RedisConnection } from './connection.ts';
import { GLOBAL, keyOf, keysOf, tokenByHash } from './keys.ts';
import { toText } from './listed-hit.ts';
import { toJson } from './organizations.ts';
import { KEYS_KEPT } from './pseudonyms.ts';
import { LOAD_ACTION } from './scripts/load-action.ts';
import { listSpace } from './spaces.ts';
import type { TimesToLive } from './time-to-live.ts';
import { ownerOf, tokenFields } from './tokens.ts';

/** Hits written in one step: of the largest size 1 MiB. */
const HITS = 16;

export interface WriteRecordsOptions {
  readonly connection: RedisConnection;
  readonly timesToLive: TimesToLive;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What writes records of another store over what there may be of them. */
export function recordWriter(options: WriteRecordsOptions): (records: readonly StoreRecord[]) => Promise<void> {
  const { connection, timesToLive, now } = options;
  const { call, run } = connection;
  const listed = new Set<string>();
  const longest = timesToLive.live(LIMITS.maxTimeoutSeconds * 1000);

  async function list(organization: string): Promise<void> {
    if (listed.has(organization)) return;
    await listSpace(connection, organization);
    listed.add(organization);
  }

  async function writeToken(token: TokenRecord): Promise<void> {
    const { organization, id, hash, createdAt } = token;
    await call((redis) => redis.set(tokenByHash(hash), ownerOf(organization, token)));
    await call((redis) => redis.hset(keyOf(organization, 'token', id), ...tokenFields(token)));
    await call((redis) => redis.zadd(keyOf(organization, 'tokens'), createdAt, id));
  }

  /** As one that left at the time of the move. */
  async function writeRuntime({ organization, runtime, replica, attachedAt, epoch }: RuntimeRecord): Promise<void> {
    const key = keyOf(organization, 'runtime', runtime.id);
    const environment = runtime.environment === undefined ? '' : `=${runtime.environment}`;
    const said = { service: runtime.service, environment, description: JSON.stringify(runtime) };
    await call((redis) => redis.hset(key, { ...said, replica, attachedAt, epoch, attached: 0 }));
    await call((redis) => redis.pexpire(key, timesToLive.ended));
  }

  async function writeAction({ action, placements, hits }: ActionRecord): Promise<void> {
    const { organization, id, state, expiresAt, endedAt } = action;
    const live = endedAt === undefined ? placements.filter(({ status }) => status !== 'failed') : [];
    const time = endedAt === undefined ? timesToLive.live(expiresAt - now()) : timesToLive.over(now() - endedAt);
    const parameters = [id, state, expiresAt, endedAt ?? '', time, longest, live.length];
    const runtimes = live.map(({ runtime }) => runtime.id);
    await run(LOAD_ACTION, keysOf(organization), [...parameters, ...runtimes, ...recordFields(action, placements)]);
    const key = keyOf(organization, 'hits', id);
    for (let n = 0; n < hits.length; n += HITS) {
      await call((redis) => redis.rpush(key, ...hits.slice(n, n + HITS).map(toText)));
    }
    if (hits.length > 0) await call((redis) => redis.pexpire(key, time));
  }

  async function write(record: StoreRecord): Promise<void> {
    switch (record.kind) {
      case 'organization':
        await call((redis) => redis.hset(GLOBAL.organizations, record.organization.name, toJson(record.organization)));
        return;
      case 'token':
        return writeToken(record.token);
      case 'pseudonymKey': {
        const key = keyOf(record.organization, 'pseudonyms');
        await call((redis) => redis.hset(key, record.day, record.key));
        await call((redis) => redis.pexpire(key, KEYS_KEPT));
        return;
      }
      case 'runtime':
        return writeRuntime(record);
      case 'action':
        return writeAction(record);
      case 'auditEntry':
        return;
      default:
        return writeAccessRecord(connection, record, now());
    }
  }

  return async (records) => {
    const organizations = records.flatMap((record) => {
      if (record.kind === 'action') return record.action.organization;
      const isSwept = record.kind === 'document' && record.document.expiresAt !== undefined;
      return record.kind === 'runtime' || isSwept ? record.organization : [];
    });
    for (const organization of new Set(organizations)) await list(organization);
    await Promise.all(records.map(write));
    // One behind the other: a chain has an order.
    await writeEntries(
      connection,
      records.flatMap((record) => (record.kind === 'auditEntry' ? [record] : [])),
    );
  };
}
