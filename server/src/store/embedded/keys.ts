import type { KeyStore } from '../store.ts';
import type { Database } from './database.ts';

export function embeddedKeys(database: Database): KeyStore {
  return {
    async pseudonymKey(organization, day, fresh) {
      const select = database.query<{ key: string }>(
        'SELECT key FROM pseudonym_key WHERE organization = ? AND day = ?',
      );
      const known = select.get([organization, day]);
      if (known !== undefined) return known.key;
      return database.step(() => {
        database
          .query('INSERT INTO pseudonym_key (organization, day, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
          .run([organization, day, fresh]);
        database
          .query("DELETE FROM pseudonym_key WHERE organization = ? AND day < date(?, '-1 day')")
          .run([organization, day]);
        return select.get([organization, day])?.key ?? fresh;
      });
    },
  };
}
