import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { AttachedRuntime, RuntimeDirectory } from '../store.ts';
import type { Database } from './database.ts';
import type { Memory } from './memory.ts';
import { fromJson } from './row.ts';

export interface RuntimeRow {
  description: string;
  replica: string;
  epoch: number;
  attached_at: number;
}

export const COLUMNS = 'description, replica, epoch, attached_at';

/** Milliseconds after which a lease that is kept is also written: it only has to outlive the retention of actions. */
const SEEN_EVERY = 60_000;

/**
 * The directory of one broker: an attachment holds until it is detached, or until a broker starts on this store. A row
 * stays after that, because the epoch must go on rising.
 */
export function embeddedRuntimes(database: Database, memory: Memory | undefined): RuntimeDirectory {
  return {
    async attach(organization, runtime, replica, at) {
      memory?.commits.flush();
      const epoch = database.step(() => {
        const row = database
          .query<{ epoch: number }>(
            `INSERT INTO runtime (organization, id, service, environment, description, replica, epoch, attached, attached_at, seen_at)
             VALUES (?, ?, ?, ?, ?, ?, 1, 1, ?, ?)
             ON CONFLICT (organization, id) DO UPDATE SET description = excluded.description, replica = excluded.replica,
               epoch = epoch + 1, attached = 1, attached_at = excluded.attached_at, seen_at = excluded.seen_at
             WHERE service = excluded.service AND environment IS excluded.environment
             RETURNING epoch`,
          )
          .all([
            organization,
            runtime.id,
            runtime.service,
            runtime.environment ?? null,
            JSON.stringify(runtime),
            replica,
            at,
            at,
          ])[0];
        if (row === undefined) return undefined;
        database
          .query('UPDATE placement SET gone_since = NULL WHERE organization = ? AND runtime = ? AND live = 1')
          .run([organization, runtime.id]);
        return row.epoch;
      });
      if (epoch === undefined) return undefined;
      const attached = { runtime, replica, epoch, attachedAt: at };
      memory?.records.forgetRuntime(organization, runtime.id);
      memory?.directory.attach(organization, attached);
      return attached;
    },

    async renew(organization, runtime, epoch, at) {
      const row = database
        .query<{ seen_at: number }>(
          'SELECT seen_at FROM runtime WHERE organization = ? AND id = ? AND epoch = ? AND attached = 1',
        )
        .get([organization, runtime, epoch]);
      if (row === undefined) return false;
      if (at - row.seen_at >= SEEN_EVERY) {
        database
          .query('UPDATE runtime SET seen_at = ? WHERE organization = ? AND id = ? AND epoch = ?')
          .run([at, organization, runtime, epoch]);
      }
      return true;
    },

    async detach(organization, runtime, epoch, at) {
      memory?.commits.flush();
      const gone = database.step(() => {
        const left = database
          .query(
            'UPDATE runtime SET attached = 0, seen_at = ? WHERE organization = ? AND id = ? AND epoch = ? AND attached = 1',
          )
          .run([at, organization, runtime, epoch]);
        if (left === 0) return undefined;
        return database
          .query<{ action_id: string }>(
            'UPDATE placement SET gone_since = ? WHERE organization = ? AND runtime = ? AND live = 1 RETURNING action_id',
          )
          .all([at, organization, runtime])
          .map((row) => row.action_id);
      });
      if (gone === undefined) return [];
      memory?.records.forgetRuntime(organization, runtime);
      memory?.directory.detach(organization, runtime);
      return gone;
    },

    lapse: async () => [],

    async list(organization) {
      if (memory !== undefined) return memory.directory.list(organization);
      return database
        .query<RuntimeRow>(`SELECT ${COLUMNS} FROM runtime WHERE organization = ? AND attached = 1 ORDER BY id`)
        .all([organization])
        .map(toAttached);
    },

    async get(organization, runtime) {
      if (memory !== undefined) return memory.directory.get(organization, runtime);
      const row = database
        .query<RuntimeRow>(`SELECT ${COLUMNS} FROM runtime WHERE organization = ? AND id = ? AND attached = 1`)
        .get([organization, runtime]);
      return row && toAttached(row);
    },
  };
}

/** What a broker that starts knows: no runtime is attached to it, whatever the one before it left behind. */
export function detachAll(database: Database, at: number): void {
  database.step(() => {
    database.query('UPDATE runtime SET attached = 0, seen_at = ? WHERE attached = 1').run([at]);
    database.query('UPDATE placement SET gone_since = ? WHERE live = 1 AND gone_since IS NULL').run([at]);
  });
}

export function toAttached(row: RuntimeRow): AttachedRuntime {
  return {
    runtime: fromJson<RuntimeDescription>(row.description),
    attachedAt: row.attached_at,
    replica: row.replica,
    epoch: row.epoch,
  };
}
