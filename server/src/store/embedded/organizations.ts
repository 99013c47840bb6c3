import type { Organization, OrganizationStore } from '../store.ts';
import type { Database } from './database.ts';

const COLUMNS = 'id, name, created_at AS createdAt';

export function embeddedOrganizations(database: Database): OrganizationStore {
  return {
    async create(organization) {
      const added = database
        .query('INSERT INTO organization (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run([organization.id, organization.name, organization.createdAt]);
      return added === 1 ? organization : undefined;
    },
    async byName(name) {
      const row = database.query<Organization>(`SELECT ${COLUMNS} FROM organization WHERE name = ?`).get([name]);
      return row && toOrganization(row);
    },
    async list() {
      const rows = database.query<Organization>(`SELECT ${COLUMNS} FROM organization ORDER BY name`).all([]);
      return rows.map(toOrganization);
    },
  };
}

/** Rows of libsql carry a `_metadata` of their own. */
export function toOrganization({ id, name, createdAt }: Organization): Organization {
  return { id, name, createdAt };
}
