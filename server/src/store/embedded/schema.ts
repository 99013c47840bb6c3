import { SchemaTooNew } from '../store.ts';
import type { Database } from './database.ts';

const SCHEMA_VERSION = 1;

/**
 * The organization leads every key, so that no statement can reach a row without naming whose it is. Times are
 * milliseconds since the epoch. `live` of a placement repeats what action and status say, for a small partial index.
 */
const SCHEMA = `
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

/** Makes the tables where there are none. Throws `SchemaTooNew`. */
export function prepareSchema(database: Database, now: number): void {
  database.step(() => {
    if (hasSchema(database)) return;
    database.exec(SCHEMA);
    database.query('INSERT INTO organization (id, name, created_at) VALUES (?, ?, ?)').run(['default', 'default', now]);
    database.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
  });
}

/** False where the file has no tables. Changes nothing. Throws `SchemaTooNew`. */
export function hasSchema(database: Database): boolean {
  const found = Number(database.pragma('user_version'));
  if (found > SCHEMA_VERSION) throw new SchemaTooNew(found, SCHEMA_VERSION);
  return found > 0;
}
