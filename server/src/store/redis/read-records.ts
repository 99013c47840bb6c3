import type { ActionRecord, StoreRecord } from '../moving/record.ts';
import type { StoredHit } from '../store.ts';
import { isOfAccess, readAccessRecords } from './access-records.ts';
import { toRecord } from './action-record.ts';
import type { RedisConnection } from './connection.ts';
import { idOf, keyOf, parseKey } from './keys.ts';
import { toHits } from './listed-hit.ts';
import { redisOrganizations } from './organizations.ts';
import { fromJson } from './reply.ts';
import { scanStore } from './scan.ts';
import { redisTokens } from './tokens.ts';

/** Ids of actions read in one step. */
const PAGE = 200;
/** Actions read at once: each may have 3 MB of hits. */
const AT_ONCE = 8;
/** Hits read in one step: of the largest size 1 MiB, which must come within the time of a call. */
const HITS = 16;

/** Everything that Redis holds, some at a time. */
export async function* readRecords(connection: RedisConnection): AsyncGenerator<StoreRecord> {
  for (const organization of await redisOrganizations(connection).list()) {
    yield { kind: 'organization', organization };
  }
  const found = new Set<string>();
  // Some are found only by their keys, such as a runtime that left; nothing more than those is kept here.
  const seen = new Set<string>();
  for await (const keys of scanStore(connection)) {
    const unread: RuntimeKey[] = [];
    for (const key of keys) {
      const { organization, rest } = parseKey(key) ?? {};
      if (organization === undefined || rest === undefined) continue;
      found.add(organization);
      const isRuntime = idOf(rest, 'runtime') !== undefined;
      if (!(isRuntime || isOfAccess(rest)) || seen.has(key)) continue;
      seen.add(key);
      if (isRuntime) unread.push({ organization, key });
      else yield* readAccessRecords(connection, organization, rest);
    }
    for (let n = 0; n < unread.length; n += PAGE) {
      const read = unread.slice(n, n + PAGE).map((runtime) => readRuntime(connection, runtime));
      yield* (await Promise.all(read)).flat();
    }
  }
  for (const organization of found) yield* readOrganization(connection, organization);
}

interface RuntimeKey {
  readonly organization: string;
  readonly key: string;
}

async function readRuntime({ call }: RedisConnection, { organization, key }: RuntimeKey): Promise<StoreRecord[]> {
  const fields = ['description', 'replica', 'attachedAt', 'epoch'] as const;
  const [description, replica, attachedAt, epoch] = await call((redis) => redis.hmget(key, ...fields));
  // It may have expired since its key was found.
  if (typeof description !== 'string' || typeof replica !== 'string') return [];
  const at = { replica, attachedAt: Number(attachedAt), epoch: Number(epoch) };
  return [{ kind: 'runtime', organization, runtime: fromJson(description), ...at }];
}

async function* readOrganization(connection: RedisConnection, organization: string): AsyncGenerator<StoreRecord> {
  const { call } = connection;
  for (const token of await redisTokens(connection).list(organization)) yield { kind: 'token', token };
  const keys = await call((redis) => redis.hgetall(keyOf(organization, 'pseudonyms')));
  for (const [day, key] of Object.entries(keys)) yield { kind: 'pseudonymKey', organization, day, key };
  let after: string | undefined;
  for (;;) {
    const from = after === undefined ? '-' : `(${after}`;
    const listed = keyOf(organization, 'actions');
    const ids = await call((redis) => redis.zrange(listed, from, '+', 'BYLEX', 'LIMIT', 0, PAGE));
    for (let n = 0; n < ids.length; n += AT_ONCE) {
      const read = ids.slice(n, n + AT_ONCE).map((id) => readAction(connection, organization, id));
      yield* (await Promise.all(read)).flat();
    }
    after = ids.at(-1);
    if (ids.length < PAGE || after === undefined) return;
  }
}

/** None where it is listed still and has expired. */
async function readAction({ call }: RedisConnection, organization: string, id: string): Promise<ActionRecord[]> {
  const record = toRecord(await call((redis) => redis.hgetall(keyOf(organization, 'action', id))));
  if (record === undefined) return [];
  const hits: StoredHit[] = [];
  for (;;) {
    const from = hits.length;
    const texts = await call((redis) => redis.lrange(keyOf(organization, 'hits', id), from, from + HITS - 1));
    hits.push(...toHits(texts, from));
    if (texts.length < HITS) return [{ kind: 'action', ...record, hits }];
  }
}
