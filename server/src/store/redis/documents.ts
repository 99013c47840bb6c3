import type { DocumentStore, DocumentValue, StoredDocument } from '../document-store.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, keysOf } from './keys.ts';
import { fromJson, type Reply, toNumber, toReplies } from './reply.ts';
import { alsoWhenFull } from './script.ts';
import { EXPIRE_DOCUMENTS, PUT_DOCUMENT, READ_DOCUMENTS, REMOVE_DOCUMENT } from './scripts/documents.ts';
import { listSpace, overSpaces } from './spaces.ts';

const PUT_ALSO_WHEN_FULL = alsoWhenFull(PUT_DOCUMENT);
/** Documents read in one step: others wait for it. */
const READ_AT_ONCE = 200;
/** Documents forgotten in one step. */
const EXPIRE_BATCH = 200;
/** After how many over all organizations a call answers. */
const EXPIRE_ENOUGH = 1_000;

export function redisDocuments(connection: RedisConnection): DocumentStore {
  const { call, run } = connection;
  return {
    async get(organization, kind, id) {
      const key = documentKey(organization, kind, id);
      return toDocument([id, ...(await call((redis) => redis.hmget(key, 'value', 'version', 'expiresAt')))]);
    },

    async list(organization, kind, { after, limit }) {
      const found: StoredDocument[] = [];
      let last = after;
      for (;;) {
        const count = Math.min(READ_AT_ONCE, limit - found.length);
        if (count <= 0) return found;
        const rows = await readDocuments(connection, organization, kind, last, count);
        found.push(...rows.documents);
        if (rows.last === undefined) return found;
        last = rows.last;
      }
    },

    async put(organization, kind, { id, value, expiresAt }, expected, { whenFull = false } = {}) {
      const put = whenFull ? PUT_ALSO_WHEN_FULL : PUT_DOCUMENT;
      const version = expected + 1;
      const document = { id, value, version, ...(expiresAt !== undefined && { expiresAt }) };
      const parameters = putParameters(kind, document, expected);
      let answer = await run(put, keysOf(organization), parameters);
      if (answer === -1) {
        await listSpace(connection, organization);
        answer = await run(put, keysOf(organization), parameters);
      }
      return answer === 1 ? document : undefined;
    },

    async remove(organization, kind, id, expected) {
      return (await run(REMOVE_DOCUMENT, keysOf(organization), [kindName(kind), id, expected ?? ''])) === 1;
    },

    async expire(now) {
      const forgotten = await overSpaces(
        connection,
        async (organization) => {
          const over = await call((redis) => redis.zcount(keyOf(organization, 'expiring'), '-inf', `(${now}`));
          if (over === 0) return [];
          return [Number(await run(EXPIRE_DOCUMENTS, keysOf(organization), [now, EXPIRE_BATCH]))];
        },
        (counts) => sum(counts) >= EXPIRE_ENOUGH,
      );
      return sum(forgotten);
    },
  };
}

/** A page from behind `after`, and the id that the next one begins behind; no id where there is no next one. */
export async function readDocuments(
  { run }: RedisConnection,
  organization: string,
  kind: string,
  after: string | undefined,
  count: number,
): Promise<{ documents: StoredDocument[]; last: string | undefined }> {
  const parameters = [kindName(kind), after === undefined ? '-' : `(${after}`, count];
  const rows = toReplies(await run(READ_DOCUMENTS, keysOf(organization), parameters));
  return {
    // One that has expired is listed until its room is given back.
    documents: rows.flatMap((row) => toDocument(row) ?? []),
    last: rows.length < count ? undefined : (rows.at(-1)?.[0] ?? undefined),
  };
}

/** Of the script that writes a document; over any that is there where no version is expected. */
export function putParameters(kind: string, document: StoredDocument, expected: number | ''): (string | number)[] {
  const { id, value, version, expiresAt } = document;
  return [kindName(kind), id, JSON.stringify(value), expiresAt ?? '', expected, version];
}

/** As a part of a key, and of a name in a list: without a colon, which ends it there. */
function kindName(kind: string): string {
  return encodeURIComponent(kind);
}

function documentKey(organization: string, kind: string, id: string): string {
  return keyOf(organization, 'document', `${kindName(kind)}:${id}`);
}

function toDocument([id, value, version, end]: Reply): StoredDocument | undefined {
  if (typeof id !== 'string' || typeof value !== 'string' || typeof version !== 'string') return undefined;
  const expiresAt = toNumber(end);
  return {
    id,
    value: fromJson<DocumentValue>(value),
    version: Number(version),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
