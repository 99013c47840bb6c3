import type { TokenRecord, TokenStore } from '../store.ts';
import type { Database } from './database.ts';
import { Known } from './known.ts';
import { fromJson, present, toJson } from './row.ts';

export interface TokenRow {
  organization: string;
  id: string;
  kind: TokenRecord['kind'];
  role: TokenRecord['role'];
  name: string;
  hash: string;
  services: string | null;
  environments: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  owner: string | null;
}

export const COLUMNS =
  'organization, id, kind, role, name, hash, services, environments, created_at, expires_at, revoked_at, last_used_at, owner';

/** Tokens that are kept: those of a broker's own assistants. */
const MOST_KNOWN = 1_000;

export function embeddedTokens(database: Database): TokenStore {
  const known = new Known<TokenRecord>(database, MOST_KNOWN);

  function write<T>(work: () => T): T {
    try {
      return work();
    } finally {
      known.forget();
    }
  }

  function get(organization: string, id: string): TokenRecord | undefined {
    const row = database
      .query<TokenRow>(`SELECT ${COLUMNS} FROM token WHERE organization = ? AND id = ?`)
      .get([organization, id]);
    return row && toToken(row);
  }

  return {
    async create(organization, token) {
      insertToken(database, organization, token);
    },
    async byHash(hash) {
      const held = known.get(hash);
      if (held !== undefined) return held;
      const row = database.query<TokenRow>(`SELECT ${COLUMNS} FROM token WHERE hash = ?`).get([hash]);
      if (row === undefined) return undefined;
      const token = toToken(row);
      known.set(hash, token);
      return token;
    },
    async get(organization, id) {
      return get(organization, id);
    },
    async list(organization) {
      const rows = database
        .query<TokenRow>(`SELECT ${COLUMNS} FROM token WHERE organization = ? ORDER BY created_at, id`)
        .all([organization]);
      return rows.map(toToken);
    },
    async revoke(organization, id, at) {
      return write(() =>
        database.step(() => {
          database
            .query('UPDATE token SET revoked_at = ? WHERE organization = ? AND id = ? AND revoked_at IS NULL')
            .run([at, organization, id]);
          return get(organization, id);
        }),
      );
    },
    async setExpiry(organization, id, expiresAt) {
      return write(() =>
        database.step(() => {
          database
            .query('UPDATE token SET expires_at = ? WHERE organization = ? AND id = ?')
            .run([expiresAt, organization, id]);
          return get(organization, id);
        }),
      );
    },
    async used(organization, id, at) {
      write(() =>
        database
          .query('UPDATE token SET last_used_at = ? WHERE organization = ? AND id = ?')
          .run([at, organization, id]),
      );
    },
  };
}

export function insertToken(database: Database, organization: string, token: TokenRecord): void {
  database
    .query(`INSERT INTO token (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run([
      organization,
      token.id,
      token.kind,
      token.role,
      token.name,
      token.hash,
      toJson(token.services),
      toJson(token.environments),
      token.createdAt,
      token.expiresAt ?? null,
      token.revokedAt ?? null,
      token.lastUsedAt ?? null,
      token.owner ?? null,
    ]);
}

export function toToken(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    organization: row.organization,
    kind: row.kind,
    role: row.role,
    name: row.name,
    hash: row.hash,
    createdAt: row.created_at,
    ...present<Pick<TokenRecord, 'services' | 'environments' | 'expiresAt' | 'revokedAt' | 'lastUsedAt' | 'owner'>>({
      services: row.services === null ? null : fromJson<string[]>(row.services),
      environments: row.environments === null ? null : fromJson<string[]>(row.environments),
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      lastUsedAt: row.last_used_at,
      owner: row.owner,
    }),
  };
}
