import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SettingsError } from '../settings.ts';
import { type DocumentStore, OF_BROKERS } from '../store/document-store.ts';

/** The secret of one installation, from which every key that must not change is made: the same on all of its brokers. */
export interface Secrets {
  /** 32 bytes for one purpose; nothing of another purpose can be computed from them (HKDF, RFC 5869). */
  derive(purpose: string): Buffer;
}

/** Those that are open. */
export interface OpenSecrets extends Secrets {
  /** Puts the secret back where the store has lost it, so that the next broker does not make another. */
  keep(): Promise<void>;
}

export interface SecretsOptions {
  readonly documents: DocumentStore;
  /** Whose text is the secret; not given: it lies in the store. */
  readonly file?: string | undefined;
}

/** Bytes that a secret in a file has at least. */
const SHORTEST = 32;
const PLACE = { organization: OF_BROKERS, kind: 'secret', id: 'master' } as const;

/** `secret` is missing where a file holds it; `fingerprint` tells whether it is the same file. */
const stored = z.object({ fingerprint: z.string(), secret: z.string().optional() });

/**
 * Reads the secret, or makes one. Rejects with `SettingsError` where the file is none, or is not the one that this store was
 * written with: what is signed with another secret would all count as forged.
 */
export async function openSecrets({ documents, file }: SecretsOptions): Promise<OpenSecrets> {
  const given = file === undefined ? undefined : readSecret(file);
  const { organization, kind, id } = PLACE;
  const toStored = (secret: Buffer) => ({
    fingerprint: fingerprint(secret),
    ...(given === undefined && { secret: secret.toString('base64') }),
  });
  const opened = (secret: Buffer): OpenSecrets => ({
    ...secretsFrom(secret),
    async keep() {
      if ((await documents.get(organization, kind, id)) !== undefined) return;
      await documents.put(organization, kind, { id, value: toStored(secret) }, 0);
    },
  });
  for (;;) {
    const found = await documents.get(organization, kind, id);
    if (found === undefined) {
      const secret = given ?? randomBytes(SHORTEST);
      // Where another broker was faster, its secret holds.
      await documents.put(organization, kind, { id, value: toStored(secret) }, 0);
      continue;
    }
    const known = stored.parse(found.value);
    if (given === undefined) {
      if (known.secret !== undefined) return opened(Buffer.from(known.secret, 'base64'));
      throw new SettingsError(
        'BORESCOPE_SECRET_FILE: this store was written with a secret in a file, and none is named: name it',
      );
    }
    if (known.fingerprint !== fingerprint(given)) {
      throw new SettingsError(
        'BORESCOPE_SECRET_FILE: it is not the secret that this store was written with: name that one (borescope secret export writes a secret that lies in the store into a file)',
      );
    }
    if (known.secret === undefined) return opened(given);
    // It is in the file now, and need not lie beside what it protects.
    await documents.put(organization, kind, { id, value: { fingerprint: known.fingerprint } }, found.version);
  }
}

/** The secret that lies in the store, as a file holds it: undefined where a file holds it already, or there is none yet. */
export async function storedSecret(documents: DocumentStore): Promise<string | undefined> {
  const found = await documents.get(PLACE.organization, PLACE.kind, PLACE.id);
  return found === undefined ? undefined : stored.parse(found.value).secret;
}

export function secretsFrom(master: Buffer): Secrets {
  return { derive: (purpose) => Buffer.from(hkdfSync('sha256', master, 'borescope', purpose, 32)) };
}

/** The file holds base64, so that it can be made by `openssl rand -base64 32` and kept by any manager of secrets. */
function readSecret(file: string): Buffer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    throw new SettingsError('BORESCOPE_SECRET_FILE: the file cannot be read');
  }
  const secret = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (secret.length >= SHORTEST) return secret;
  throw new SettingsError(
    `BORESCOPE_SECRET_FILE: the file must hold at least ${SHORTEST} bytes as base64: openssl rand -base64 32 > FILE`,
  );
}

/** Says nothing of the secret, which has at least 256 random bits. */
function fingerprint(secret: Buffer): string {
  return secretsFrom(secret).derive('fingerprint').toString('hex');
}
