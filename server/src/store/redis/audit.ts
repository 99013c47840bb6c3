import { type AuditEnds, type AuditStore, requireEntries, type StoredAuditEntry } from '../audit-store.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, keysOf } from './keys.ts';
import { alsoWhenFull } from './script.ts';
import { APPEND_AUDIT, PRUNE_AUDIT } from './scripts/audit.ts';

const APPEND_ALSO_WHEN_FULL = alsoWhenFull(APPEND_AUDIT);

const ENDS = ['base', 'baseMac', 'baseSeal', 'head', 'headMac', 'headSeal'] as const;

export function redisAudit({ call, run }: RedisConnection): AuditStore {
  return {
    async ends(organization) {
      const found = await call((redis) => redis.hmget(keyOf(organization, 'audit'), ...ENDS));
      const [base, baseMac, baseSeal, head, headMac, headSeal] = found.map((text) => text ?? '');
      if (base === undefined || base === '') return undefined;
      return {
        base: { sequence: Number(base), mac: baseMac ?? '', seal: baseSeal ?? '' },
        head: { sequence: Number(head), mac: headMac ?? '', seal: headSeal ?? '' },
      };
    },

    async append(organization, expected, entries, ends, { whenFull = false } = {}) {
      requireEntries(expected, entries, ends);
      const { base, head } = ends;
      const parameters = [expected, head.sequence, head.mac, head.seal, base.sequence, base.mac, base.seal];
      const append = whenFull ? APPEND_ALSO_WHEN_FULL : APPEND_AUDIT;
      return (await run(append, keysOf(organization), [...parameters, ...entryParameters(entries)])) === 1;
    },

    async read(organization, after, limit) {
      const key = keyOf(organization, 'entries');
      const rows = await call((redis) => redis.xrange(key, `(${after}-0`, '+', 'COUNT', limit));
      return rows.map(toEntry);
    },

    async prune(organization, { sequence, mac, seal }) {
      return (await run(PRUNE_AUDIT, keysOf(organization), [sequence, mac, seal, sequence + 1])) === 1;
    },
  };
}

/** Sequence, time, text and mac by turns. */
export function entryParameters(entries: readonly StoredAuditEntry[]): (string | number)[] {
  return entries.flatMap(({ sequence, at, text, mac }) => [sequence, at, text, mac]);
}

/** Field and value by turns, of the hash that notes the ends. */
export function endsFields({ base, head }: AuditEnds): Record<(typeof ENDS)[number], string | number> {
  return {
    base: base.sequence,
    baseMac: base.mac,
    baseSeal: base.seal,
    head: head.sequence,
    headMac: head.mac,
    headSeal: head.seal,
  };
}

function toEntry([id, fields]: [id: string, fields: string[]]): StoredAuditEntry {
  const [, at, , text = '', , mac = ''] = fields;
  return { sequence: Number.parseInt(id, 10), at: Number(at), text, mac };
}
