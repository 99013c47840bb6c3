import type { AccessRecord, AuditEntryRecord } from '../moving/access-record.ts';
import { endsFields, entryParameters, redisAudit } from './audit.ts';
import type { RedisConnection } from './connection.ts';
import { putParameters, readDocuments } from './documents.ts';
import { idOf, keyOf, keysOf } from './keys.ts';
import { windowName } from './quotas.ts';
import { LOAD_AUDIT } from './scripts/audit.ts';
import { PUT_DOCUMENT } from './scripts/documents.ts';
import { COUNTER_MARGIN } from './time-to-live.ts';

/** Documents, and entries of a chain, that are read in one step. */
const PAGE = 200;

/** Whether a key, of which `rest` stands behind the prefix of its organization, is read by `readAccessRecords`. */
export function isOfAccess(rest: string): boolean {
  return rest === 'audit' || (['documents', 'window', 'lease'] as const).some((name) => idOf(rest, name) !== undefined);
}

/** What is found by one key. None where it has expired since it was found. */
export async function* readAccessRecords(
  connection: RedisConnection,
  organization: string,
  rest: string,
): AsyncGenerator<AccessRecord> {
  const { call } = connection;
  const [documents, window, lease] = [idOf(rest, 'documents'), idOf(rest, 'window'), idOf(rest, 'lease')];
  if (documents !== undefined) yield* readKind(connection, organization, decodeURIComponent(documents));
  else if (window !== undefined) {
    const [, windowMs, start, name] = /^(\d+):(-?\d+):(.*)$/s.exec(window) ?? [];
    const used = await call((redis) => redis.get(keyOf(organization, 'window', window)));
    // What was given back to the last leaves nothing to be told.
    if (name === undefined || used === null || used === '0') return;
    yield {
      kind: 'quotaWindow',
      organization,
      name,
      windowMs: Number(windowMs),
      start: Number(start),
      used: Number(used),
    };
  } else if (lease !== undefined) {
    const held = await call((redis) => redis.zrange(keyOf(organization, 'lease', lease), '0', '-1', 'WITHSCORES'));
    for (let n = 0; n + 1 < held.length; n += 2) {
      yield { kind: 'quotaLease', organization, name: lease, id: held[n] ?? '', until: Number(held[n + 1]) };
    }
  } else yield* readChain(connection, organization);
}

async function* readKind(connection: RedisConnection, organization: string, of: string): AsyncGenerator<AccessRecord> {
  let after: string | undefined;
  do {
    const { documents, last } = await readDocuments(connection, organization, of, after, PAGE);
    for (const document of documents) yield { kind: 'document', organization, of, document };
    after = last;
  } while (after !== undefined);
}

async function* readChain(connection: RedisConnection, organization: string): AsyncGenerator<AccessRecord> {
  const audit = redisAudit(connection);
  const ends = await audit.ends(organization);
  if (ends !== undefined) yield { kind: 'auditChain', organization, ends };
  let after = 0;
  for (;;) {
    const entries = await audit.read(organization, after, PAGE);
    for (const entry of entries) yield { kind: 'auditEntry', organization, entry };
    after = entries.at(-1)?.sequence ?? after;
    if (entries.length < PAGE) return;
  }
}

/** Over what there may be of it. `now`: milliseconds since the epoch. */
export async function writeAccessRecord(
  { call, run }: RedisConnection,
  record: Exclude<AccessRecord, AuditEntryRecord>,
  now: number,
): Promise<void> {
  const { organization } = record;
  switch (record.kind) {
    case 'document':
      await run(PUT_DOCUMENT, keysOf(organization), putParameters(record.of, record.document, ''));
      return;
    case 'auditChain':
      await call((redis) => redis.hset(keyOf(organization, 'audit'), endsFields(record.ends)));
      return;
    case 'quotaWindow': {
      const { start, windowMs, used } = record;
      const key = keyOf(organization, 'window', windowName(record, start));
      await call((redis) => redis.set(key, used, 'PX', Math.max(1, start + windowMs - now + COUNTER_MARGIN)));
      return;
    }
    case 'quotaLease': {
      const { name, id, until } = record;
      const key = keyOf(organization, 'lease', name);
      const left = Math.max(1, until - now + COUNTER_MARGIN);
      await call((redis) => redis.zadd(key, until, id));
      await call((redis) => redis.pexpire(key, left, 'NX'));
      await call((redis) => redis.pexpire(key, left, 'GT'));
    }
  }
}

/** Of any organizations, those of each in their order. */
export async function writeEntries({ run }: RedisConnection, records: readonly AuditEntryRecord[]): Promise<void> {
  for (const organization of new Set(records.map((record) => record.organization))) {
    const entries = records.flatMap((record) => (record.organization === organization ? [record.entry] : []));
    await run(LOAD_AUDIT, keysOf(organization), entryParameters(entries));
  }
}
