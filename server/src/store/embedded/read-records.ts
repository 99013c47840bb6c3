import type { ActionRecord, StoreRecord } from '../moving/record.ts';
import type { Organization, StoredHit } from '../store.ts';
import { readAccessRecords } from './access-records.ts';
import { ACTION, type ActionRow, PLACEMENT, type PlacementRow, toAction, toPlacement } from './action-row.ts';
import type { Database } from './database.ts';
import { toOrganization } from './organizations.ts';
import { pages } from './pages.ts';
import { fromJson } from './row.ts';
import { COLUMNS as RUNTIME, type RuntimeRow, toAttached } from './runtimes.ts';
import { COLUMNS as TOKEN, type TokenRow, toToken } from './tokens.ts';

/** Everything that the database holds, a page at a time. */
export async function* readRecords(database: Database): AsyncGenerator<StoreRecord> {
  for (const row of database
    .query<Organization>('SELECT id, name, created_at AS createdAt FROM organization')
    .all([])) {
    yield { kind: 'organization', organization: toOrganization(row) };
  }
  for (const row of database.query<TokenRow>(`SELECT ${TOKEN} FROM token`).all([])) {
    yield { kind: 'token', token: toToken(row) };
  }
  const keys = database.query<{ organization: string; day: string; key: string }>(
    'SELECT organization, day, key FROM pseudonym_key',
  );
  for (const { organization, day, key } of keys.all([])) yield { kind: 'pseudonymKey', organization, day, key };
  const runtimes = pages<RuntimeRow & { organization: string; id: string }>(
    database,
    `SELECT organization, id, ${RUNTIME} FROM runtime WHERE (organization, id) > (?, ?) ORDER BY organization, id LIMIT ?`,
    ['', ''],
    ({ organization, id }) => [organization, id],
  );
  for await (const row of runtimes) {
    yield { kind: 'runtime', organization: row.organization, ...toAttached(row) };
  }
  const actions = pages<ActionRow>(
    database,
    `SELECT ${ACTION} FROM action a WHERE (organization, id) > (?, ?) ORDER BY organization, id LIMIT ?`,
    ['', ''],
    ({ organization, id }) => [organization, id],
  );
  for await (const row of actions) yield readAction(database, row);
  yield* readAccessRecords(database);
}

function readAction(database: Database, row: ActionRow): ActionRecord {
  const action = toAction(row);
  const of = [row.organization, row.id];
  const placements = database
    .query<PlacementRow>(`SELECT ${PLACEMENT} FROM placement p WHERE p.organization = ? AND p.action_id = ?`)
    .all(of)
    .map(toPlacement);
  const hits = database
    .query<Omit<StoredHit, 'hit'> & { hit: string }>(
      `SELECT number, runtime, sequence, received_at AS receivedAt, hit FROM hit
       WHERE organization = ? AND action_id = ? ORDER BY number`,
    )
    .all(of)
    .map(({ number, runtime, sequence, receivedAt, hit }) => ({
      number,
      runtime,
      sequence,
      receivedAt,
      hit: fromJson<StoredHit['hit']>(hit),
    }));
  return { kind: 'action', action, placements, hits };
}
