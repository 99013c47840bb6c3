import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { secretsFrom } from '../src/access/secrets.ts';
import { BEGINNING, ChainCheck, chainKeys, type Flaw, follow, type Link, sealed } from '../src/audit/chain.ts';
import type { AuditEnds, StoredAuditEntry } from '../src/store/audit-store.ts';

const secrets = secretsFrom(Buffer.alloc(32, 7));
const keys = chainKeys(secrets, 'org');

function chain(length: number, { of = keys, text = 'entry' } = {}): { entries: StoredAuditEntry[]; ends: AuditEnds } {
  const entries: StoredAuditEntry[] = [];
  let last: Link = BEGINNING;
  for (let n = 1; n <= length; n++) {
    const entry = follow(of, last, { at: 1_000 + n, text: JSON.stringify({ [text]: n }) });
    entries.push(entry);
    last = entry;
  }
  return { entries, ends: { base: sealed(of, 'base', BEGINNING), head: sealed(of, 'head', last) } };
}

function flawOf(entries: readonly StoredAuditEntry[], ends: AuditEnds, of = keys): Flaw | undefined {
  const check = new ChainCheck(of, ends);
  const flaw = check.ends();
  if (flaw !== undefined) return flaw;
  for (const entry of entries) {
    const found = check.entry(entry);
    if (found !== undefined) return found;
  }
  return check.finish();
}

describe('the chain of an audit', () => {
  const { entries, ends } = chain(6);

  test('as it was written it has no flaw, however long it is', () => {
    assert.equal(flawOf(entries, ends), undefined);
    for (const length of [0, 1]) assert.equal(flawOf(chain(length).entries, chain(length).ends), undefined);
  });

  const changed = (index: number, change: Partial<StoredAuditEntry>) =>
    entries.map((entry, n) => (n === index ? { ...entry, ...change } : entry));
  const other = chain(6, { text: 'other' });
  const foreign = chain(6, { of: chainKeys(secrets, 'another organization') });

  const attacks: Record<string, { entries: StoredAuditEntry[]; ends?: AuditEnds; sequence: number }> = {
    'a letter is flipped': { entries: changed(2, { text: '{"entry":9}' }), sequence: 3 },
    'a time is changed': { entries: changed(2, { at: 1 }), sequence: 3 },
    'an entry is dropped': { entries: entries.filter((_, n) => n !== 2), sequence: 3 },
    'the first is dropped': { entries: entries.slice(1), sequence: 1 },
    'two change their places': { entries: entries.toSpliced(2, 2, ...entries.slice(2, 4).reverse()), sequence: 3 },
    'two change their places, and their numbers': {
      entries: changed(2, { ...entries[3], sequence: 3 }).map((e, n) =>
        n === 3 ? { ...e, ...entries[2], sequence: 4 } : e,
      ),
      sequence: 3,
    },
    'one stands twice': { entries: entries.toSpliced(2, 0, ...entries.slice(2, 3)), sequence: 4 },
    'the last are cut off': { entries: entries.slice(0, 4), sequence: 5 },
    'the last are cut off, and the head says so with the MAC of the entry': {
      entries: entries.slice(0, 4),
      ends: { ...ends, head: { sequence: 4, mac: entries[3]?.mac ?? '', seal: entries[3]?.mac ?? '' } },
      sequence: 4,
    },
    'all is cut off, and the base passed for the head': {
      entries: [],
      ends: { ...ends, head: ends.base },
      sequence: 0,
    },
    'the first are cut off, and an entry passed for the base': {
      entries: entries.slice(2),
      ends: { ...ends, base: { ...ends.head, sequence: 2, mac: entries[1]?.mac ?? '' } },
      sequence: 2,
    },
    'entries of another chain with the same key are spliced in': {
      entries: [...entries.slice(0, 3), ...other.entries.slice(3)],
      ends: other.ends,
      sequence: 4,
    },
    'the chain of another organization stands there': { entries: foreign.entries, ends: foreign.ends, sequence: 0 },
    'somebody goes on without the key': {
      entries: [
        ...entries,
        follow({ entry: Buffer.alloc(32), end: Buffer.alloc(32) }, entries[5] ?? BEGINNING, { at: 1, text: '{}' }),
      ],
      sequence: 7,
    },
  };
  for (const [attack, { entries: found, ends: told = ends, sequence }] of Object.entries(attacks)) {
    test(proves('audit:chain', `is found out where ${attack}`), () => {
      assert.equal(flawOf(found, told)?.sequence, sequence);
    });
  }

  test('the text of an entry cannot pass for a part of the next', () => {
    const one = follow(keys, BEGINNING, { at: 1, text: 'a\nb' });
    const moved = follow(keys, { sequence: 0, mac: 'a' }, { at: 1, text: 'b' });
    assert.notEqual(one.mac, moved.mac);
  });
});
