import { SchemaTooNew } from '../store.ts';
import type { Database } from './database.ts';

/**
 * The first version. The organization leads every key, so that no statement can reach a row without naming whose it is. Times are
 * milliseconds since the epoch. `live` of a placement repeats what action and status say, for a small partial index.
 */
const FIRST = `
CREATE TABLE organization (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  organization TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  services TEXT,
  environments TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE action (
  organization TEXT NOT NULL,
  id TEXT NOT NULL,
  created_by TEXT NOT NULL,
  spec TEXT NOT NULL,
  max_hits INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  ended_at INTEGER,
  hits INTEGER NOT NULL CHECK (hits BETWEEN 0 AND max_hits),
  PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_by_state ON action (organization, state, id);
CREATE INDEX action_live ON action (expires_at) WHERE ended_at IS NULL;
CREATE INDEX action_ended ON action (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE placement (
  organization TEXT NOT NULL,
  action_id TEXT NOT NULL,
  runtime TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT,
  description TEXT NOT NULL,
  status TEXT NOT NULL,
  bound TEXT,
  problem TEXT,
  observation TEXT,
  cost TEXT,
  last_sequence INTEGER NOT NULL,
  gone_since INTEGER,
  live INTEGER NOT NULL,
  PRIMARY KEY (organization, action_id, runtime)
) STRICT, WITHOUT ROWID;
CREATE INDEX placement_live ON placement (organization, runtime, action_id) WHERE live = 1;

CREATE TABLE hit (
  organization TEXT NOT NULL,
  action_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  runtime TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  hit TEXT NOT NULL,
  PRIMARY KEY (organization, action_id, number)
) STRICT;

CREATE TABLE runtime (
  organization TEXT NOT NULL,
  id TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT,
  description TEXT NOT NULL,
  replica TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  attached INTEGER NOT NULL,
  attached_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pseudonym_key (
  organization TEXT NOT NULL,
  day TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (organization, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What is kept for access: who may do what, how much of it was done, and a record of it. */
const ACCESS = `
ALTER TABLE token ADD COLUMN owner TEXT;

CREATE TABLE document (
  organization TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (organization, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_expiring ON document (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE audit_chain (
  organization TEXT NOT NULL PRIMARY KEY,
  base_sequence INTEGER NOT NULL,
  base_mac TEXT NOT NULL,
  base_seal TEXT NOT NULL,
  head_sequence INTEGER NOT NULL,
  head_mac TEXT NOT NULL,
  head_seal TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_entry (
  organization TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  mac TEXT NOT NULL,
  PRIMARY KEY (organization, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE quota_window (
  organization TEXT NOT NULL,
  name TEXT NOT NULL,
  window_ms INTEGER NOT NULL,
  start INTEGER NOT NULL,
  used INTEGER NOT NULL CHECK (used >= 0),
  ends INTEGER NOT NULL,
  PRIMARY KEY (organization, name, window_ms, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_window_ends ON quota_window (ends);

CREATE TABLE quota_lease (
  organization TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (organization, name, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_lease_until ON quota_lease (until);
`;

/** What makes each version from the one before it. */
const VERSIONS = [FIRST, ACCESS] as const;

/** Makes the tables where there are none, or those that are missing, in one step. Throws `SchemaTooNew`. */
export function prepareSchema(database: Database, now: number): void {
  database.step(() => {
    const isNew = !hasSchema(database);
    upgradeSchema(database);
    if (!isNew) return;
    database.query('INSERT INTO organization (id, name, created_at) VALUES (?, ?, ?)').run(['default', 'default', now]);
  });
}

/** To be called within a step. */
export function upgradeSchema(database: Database): void {
  const found = versionOf(database);
  if (found === VERSIONS.length) return;
  for (const next of VERSIONS.slice(found)) database.exec(next);
  database.exec(`PRAGMA user_version=${VERSIONS.length}`);
}

/** False where the file has no tables. Changes nothing. Throws `SchemaTooNew`. */
export function hasSchema(database: Database): boolean {
  const found = versionOf(database);
  if (found > VERSIONS.length) throw new SchemaTooNew(found, VERSIONS.length);
  return found > 0;
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version'));
}
